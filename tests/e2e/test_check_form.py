"""The check form in a real browser, at the width of a phone: kept on the device, sent once, harmless to retry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from inspections.checks.models import Check, CheckPhoto
from inspections.findings.models import Finding
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(monkeypatch) -> Iterator[Scene]:
    """Return a school on Monday morning whose campus is to be checked."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)
    make.plug_supply(monkeypatch)
    return scene("campus_daily")


def address(here: Scene) -> str:
    return f"/inspections/today/{here.place.pk}/{here.version.checklist.code}/{MONDAY}/1/"


def press(page: Page, code: str, tone: str = "good") -> None:
    page.locator(f"#item-{code} > fieldset .a--{tone}").first.click()


def finish(page: Page) -> int:
    """Answer everything as normal and return how many taps that took."""
    taps = 0
    for button in page.locator("[data-rest]").all():
        button.click()
        taps += 1
    for item in page.locator("[data-item]").all():
        if item.locator("input:checked").count() == 0:
            item.locator(".a--good").first.click()
            taps += 1
    return taps


def test_a_day_without_trouble_takes_few_taps_and_ends_in_a_receipt(here, open_page):
    page = open_page(here.officer, phone=True)
    page.goto("/inspections/today/")
    page.locator(".duty").first.click()
    expect(page.locator("[data-done]")).to_have_text("0")

    taps = finish(page) + 2
    page.locator(".foot__send").click()

    page.wait_for_url("**/receipt/")
    assert taps <= 12
    assert Check.objects.get().receipt_no in page.locator("main").inner_text()


def test_the_section_button_never_covers_a_critical_item(here, open_page):
    page = open_page(here.officer, phone=True)
    page.goto(address(here))

    for button in page.locator("[data-rest]").all():
        button.click()

    for critical in ("CMP-D-06", "CMP-D-08", "CMP-D-05"):
        assert page.locator(f"#item-{critical} input:checked").count() == 0
    assert page.locator("#item-CMP-D-07 input:checked").count() == 1


def test_what_was_typed_is_there_again_after_the_page_was_left(here, open_page):
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    press(page, "CMP-D-06", "bad")
    page.locator("[name='note.CMP-D-06']").fill("东门堆物")
    expect(page.locator("[data-saved-at]")).to_contain_text("已保存在本机")
    number = page.locator("[name=client_id]").input_value()

    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/inspections/today/")
    page.goto(address(here))

    expect(page.locator("[name='note.CMP-D-06']")).to_have_value("东门堆物")
    expect(page.locator("#item-CMP-D-06 .a--bad input").first).to_be_checked()
    assert page.locator("[name=client_id]").input_value() == number


def test_without_a_network_everything_stays_and_a_later_press_sends_it_once(here, open_page):
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    finish(page)
    page.context.set_offline(True)
    page.locator(".foot__send").click()
    expect(page.locator("[data-saved-at]")).to_contain_text("没有网络")

    page.context.set_offline(False)
    page.locator(".foot__send").click()

    page.wait_for_url("**/receipt/")
    assert Check.objects.count() == 1


def test_a_failure_asks_for_a_photo_and_keeps_it_while_something_else_is_put_right(here, open_page, tmp_path):
    picture = tmp_path / "门.jpg"
    Image.new("RGB", (2400, 1200), "green").save(picture)
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    finish(page)
    press(page, "CMP-D-06", "bad")
    press(page, "CMP-D-05", "bad")
    _shoot(page, "CMP-D-06", picture)
    page.locator(".foot__send").click()
    expect(page.locator("[data-error-sum]")).to_contain_text("照片")

    _shoot(page, "CMP-D-05", picture)
    page.wait_for_timeout(300)
    page.locator(".foot__send").click()

    page.wait_for_url("**/receipt/")
    assert sorted(CheckPhoto.objects.values_list("item_code", flat=True)) == ["CMP-D-05", "CMP-D-06"]
    assert Finding.objects.count() == 2
    assert all(photo.attachment.width <= 1600 for photo in CheckPhoto.objects.all())


def _shoot(page: Page, code: str, picture: Path) -> None:
    page.locator(f"[name='photo.{code}']").set_input_files(picture)
    expect(page.locator(f"#item-{code} [data-photos] img")).to_have_count(1)


def test_a_photo_can_be_taken_out_again_and_what_is_no_picture_is_not_taken_in(here, open_page, tmp_path, picture):
    good, paper = tmp_path / "门.png", tmp_path / "清单.pdf"
    Image.new("RGB", (240, 120), "green").save(good)
    paper.write_bytes(b"%PDF-1.7")
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    finish(page)
    press(page, "CMP-D-06", "bad")
    item, field = page.locator("#item-CMP-D-06"), page.locator("[name='photo.CMP-D-06']")
    must = item.locator("[data-photo-must]")
    red = must.evaluate("it => getComputedStyle(it).color")
    expect(must).to_have_text("必拍")
    _shoot(page, "CMP-D-06", good)
    expect(must).to_have_text("已选 1 张")
    assert must.evaluate("it => getComputedStyle(it).color") != red
    field.set_input_files([good, paper])
    expect(item.locator("[data-photos] img")).to_have_count(2)
    expect(item.locator("[data-photo-trouble]")).to_contain_text("“清单.pdf”不是照片")
    picture(page, "photos")

    item.get_by_role("button", name="去掉照片 门.png").first.focus()
    page.keyboard.press("Enter")
    expect(item.locator("[data-photos] img")).to_have_count(1)
    item.get_by_role("button", name="去掉照片 门.png").click()
    expect(must).to_have_text("必拍")
    assert must.evaluate("it => getComputedStyle(it).color") == red
    _shoot(page, "CMP-D-06", good)
    page.locator(".foot__send").click()

    page.wait_for_url("**/receipt/")
    assert CheckPhoto.objects.count() == 1


def test_what_cannot_be_taken_is_said_while_it_is_typed(monkeypatch, open_page, picture):
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    item = page.locator("#item-CAN-D-13")
    box, line, done = item.locator("[data-figure]").first, item.locator("[data-turn]"), page.locator("[data-done]")
    before = done.inner_text()

    box.fill("abc")
    expect(line).to_have_text("应填写数字")
    expect(done).to_have_text(before)
    box.fill("9" * 20)
    expect(line).to_have_text("应在 -60 到 150 之间")
    picture(page, "typed")
    box.fill("75.0")
    expect(line).to_be_hidden()
    note = page.locator("[name='note.CAN-D-02']")
    press(page, "CAN-D-02", "bad")
    note.fill("长" * 510)

    expect(page.locator("#item-CAN-D-02 .too-long")).to_have_text("多了 10 字，请缩短")
    assert len(note.input_value()) == 510


def test_a_mistake_is_no_longer_said_once_it_is_put_right(here, open_page):
    page = open_page(here.officer, phone=True)
    page.goto(address(here))
    page.locator(".foot__send").click()
    item, other = page.locator("#item-CMP-D-06"), page.locator("#item-CMP-D-07")
    expect(item.locator(".item__error")).to_be_visible()
    line = page.locator("[data-error-sum] li").filter(has=page.locator("a[href='#item-CMP-D-06']"))
    expect(line).to_be_visible()

    press(page, "CMP-D-06")

    expect(item.locator(".item__error")).to_be_hidden()
    expect(item).not_to_have_class("item--error")
    expect(line).to_be_hidden()
    expect(other.locator(".item__error")).to_be_visible()
    finish(page)
    expect(page.locator("[data-error-sum]")).to_be_hidden()
