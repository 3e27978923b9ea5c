"""Findings in a browser: mended on a phone in few taps, verified at a desk by keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from inspections.findings.models import Finding
from tests.factories import inspections as make
from tests.inspections.findings.story import photo, scene

pytestmark = pytest.mark.django_db(transaction=True)


def recent(held, **fields):
    return make.finding(held.place, held.officer, timezone.now() - timedelta(hours=3), **fields)


def snapshot(tmp_path: Path, name: str = "after.jpg") -> Path:
    path = tmp_path / name
    path.write_bytes(photo().read())
    return path


def test_an_officer_hands_in_a_remedy_with_a_photo_on_a_phone(open_page, picture, tmp_path):
    held = scene()
    finding = recent(held, severity="critical", title="冷藏柜温度过高，食材已变质")
    page = open_page(held.officer, phone=True)
    page.goto("/")

    page.locator("nav.dock a", has_text="整改").click()
    picture(page, "list")
    page.locator("table").get_by_role("link", name=finding.title).click()
    picture(page, "finding")
    page.get_by_role("link", name="提交整改").first.click()
    page.get_by_label("整改措施").fill("停用冷藏柜并销毁食材")
    page.get_by_label("整改后照片").set_input_files(snapshot(tmp_path))
    picture(page, "remedy")
    page.get_by_role("button", name="提交复查").click()
    page.wait_for_url("**" + reverse("inspections:finding", args=[finding.pk]))

    finding.refresh_from_db()
    assert finding.state == "remedied"


def test_a_clerk_settles_the_queue_by_keyboard_alone(open_page, picture):
    held = scene()
    rows = [recent(held, state="remedied", title=f"待复查的问题{number}") for number in range(3)]
    page = open_page(held.clerk)
    page.goto(reverse("inspections:finding-queue"))
    picture(page, "queue")

    page.keyboard.press("j")
    page.keyboard.press("a")
    page.locator(f"#finding-{rows[0].pk} [data-done]").wait_for()
    page.keyboard.press("r")
    page.keyboard.type("照片看不清楚")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(f"#finding-{rows[1].pk} [data-done]").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("k")
    picture(page, "done")

    states = list(Finding.objects.order_by("pk").values_list("state", "returns"))
    assert states == [("closed", 0), ("open", 1), ("remedied", 0)]


def test_the_desk_sees_lists_and_check_lists_whole(open_page, picture):
    held = scene()
    make.parameters()
    version = make.version("canteen_daily")
    finding = recent(held, state="remedied")
    recent(held, title="早该改的", due_at=timezone.now() - timedelta(hours=1))

    page = open_page(held.clerk)
    for name, path in {
        "findings": reverse("inspections:findings"),
        "finding": reverse("inspections:finding", args=[finding.pk]),
        "checklists": reverse("inspections:checklists"),
        "checklist": reverse("inspections:checklist-version", args=[version.pk]),
        "checklist-add": reverse("inspections:checklist-add", args=["canteen_daily"]),
    }.items():
        page.goto(path)
        picture(page, name)
        assert page.locator("h1").count() == 1


def test_a_chosen_photo_of_a_remedy_can_be_taken_out_and_no_paper_gets_in(open_page, picture, tmp_path):
    held = scene()
    finding = recent(held)
    paper = tmp_path / "清单.pdf"
    paper.write_bytes(b"%PDF-1.7")
    page = open_page(held.officer, phone=True)
    page.goto(reverse("inspections:finding-remedy", args=[finding.pk]))
    page.get_by_label("整改措施").fill("停用冷藏柜并销毁食材")

    page.get_by_label("整改后照片").set_input_files([snapshot(tmp_path), paper])
    expect(page.get_by_text("“清单.pdf”不是照片")).to_be_visible()
    page.get_by_label("整改后照片").set_input_files(snapshot(tmp_path, "again.jpg"))
    expect(page.locator(".shot__photo img")).to_have_count(2)
    expect(page.locator(".too-long:visible")).to_have_count(0)
    picture(page, "chosen")
    page.get_by_role("button", name="去掉照片 after.jpg").click()
    page.get_by_role("button", name="提交复查").click()
    page.wait_for_url("**" + reverse("inspections:finding", args=[finding.pk]))

    assert finding.photos.filter(phase="after").count() == 1


def test_a_remedy_typed_in_an_expired_session_is_there_after_signing_in(open_page):
    held = scene()
    finding = recent(held)
    address = reverse("inspections:finding-remedy", args=[finding.pk])
    page = open_page(held.officer, phone=True)
    page.goto(address)
    page.get_by_label("整改措施").fill("停用冷藏柜并销毁食材")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="提交复查").click()
    page.wait_for_url("**/login/**")

    page.context.add_cookies(cookies)
    page.goto(address)

    expect(page.get_by_label("整改措施")).to_have_value("停用冷藏柜并销毁食材")
    expect(page.locator("[data-found]")).to_be_visible()
    page.get_by_role("button", name="提交复查").click()
    page.wait_for_url("**" + reverse("inspections:finding", args=[finding.pk]))
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('remedy/'))") == []
