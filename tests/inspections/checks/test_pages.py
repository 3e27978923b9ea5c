"""The pages of checks, as a person meets them."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from inspections.checks.faults import Refused
from inspections.checks.history import corrected_by, corrections, lay_out
from inspections.checks.models import Check, CheckPhoto
from inspections.checks.services import hand_in
from inspections.findings.models import Finding
from logistics_portal.records.models import AuditRow
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, scene

pytestmark = pytest.mark.django_db

WHO_IS_ASKING, ONE_ROOM = 4, 1


@pytest.fixture(autouse=True)
def monday_morning(monkeypatch):
    """Let it be nine on Monday."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)


def photo() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return SimpleUploadedFile("门.jpg", out.getvalue(), "image/jpeg")


def address(here: Scene, on=MONDAY, seq: int = 1) -> str:
    return reverse("inspections:fill", args=[here.place.pk, here.version.checklist.code, on.isoformat(), seq])


def typed(here: Scene, **changed: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"client_id": str(uuid4()), "stage": ""}
    for code, entry in here.answers().items():
        answer = entry["a"]
        if isinstance(answer, dict):
            fields |= {f"a.{code}.{key}": one for key, one in answer.items()}
        else:
            fields[f"a.{code}"] = answer
    return fields | changed


def test_today_lists_what_is_due_and_leads_to_the_form():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    page = browser.get(reverse("inspections:today"))

    assert page.status_code == 200
    assert address(here) in page.content.decode()
    assert "待检" in page.content.decode()


def test_the_day_puts_a_persons_own_forms_first_and_links_no_form_of_somebody_else():
    here = scene("campus_daily")
    browser = ground.client_of(ground.user("food_safety_officer", here.unit))

    page = browser.get(reverse("inspections:today")).content.decode()
    desk = browser.get("/").content.decode()

    assert "由后勤管理员填报" in page
    assert address(here) not in page
    assert address(here) not in desk
    assert "今天没有要做的检查" in page


def test_only_what_is_handed_in_counts_as_done_and_what_is_to_come_is_told(monkeypatch):
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    today = reverse("inspections:today")

    open_now = browser.get(today).content.decode()
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    handed_in = browser.get(today).content.decode()
    monkeypatch.setattr(timezone, "now", lambda: make.at(MONDAY + timedelta(days=1), "00:30"))
    at_night = ground.client_of(here.officer).get(today).content.decode()

    assert "已办 0 / 1" in open_now
    assert "已办 1 / 1" in handed_in
    assert "还有 1 项未到时间" in at_night
    assert "已办" not in at_night
    assert "起可填报" in at_night


def test_a_form_whose_hours_have_not_begun_says_when_they_do_and_asks_nothing():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    tomorrow = MONDAY + timedelta(days=1)

    page = browser.get(address(here, tomorrow)).content.decode()

    assert "11月17日" in page
    assert "起可填报" in page
    assert "data-check" not in page


def test_the_receipt_leads_on_only_to_forms_of_this_person():
    here = scene("campus_daily")
    friday = MONDAY - timedelta(days=3)
    check = hand_in(paper=here.paper(friday), hand=here.hand(), at=make.at(friday, "10:00")).check
    url = reverse("inspections:receipt", args=[check.pk])
    other = ground.user("food_safety_officer", here.unit)

    assert address(here) in ground.client_of(here.officer).get(url).content.decode()
    assert address(here) not in ground.client_of(other).get(url).content.decode()


def test_the_menu_says_today_while_a_check_is_filled_in():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    page = browser.get(address(here)).content.decode()

    marked = {link.split('"')[0] for link in page.split('href="')[1:] if 'aria-current="page"' in link.split(">")[0]}
    assert marked == {reverse("inspections:today")}


def test_a_form_shows_its_items_with_the_section_button_after_the_critical_ones():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    page = browser.get(address(here)).content.decode()

    section = page[page.index('data-section="fire_power"') : page.index('data-section="buildings"')]
    assert section.index("item-CMP-D-06") < section.index('value="fire_power"') < section.index("item-CMP-D-07")
    assert section.index("item-CMP-D-08") < section.index('value="fire_power"')
    assert 'data-rest-of="fire_power"' in section


def test_a_check_is_handed_in_without_script_and_leads_to_the_receipt():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    answer = browser.post(address(here), typed(here), follow=True)

    check = Check.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("inspections:receipt", args=[check.pk])
    assert check.receipt_no in answer.content.decode()
    assert (check.by, check.post.role) == (here.officer, "logistics_officer")


def test_a_failure_with_photo_opens_a_finding_with_the_person_named():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    fields = typed(
        here,
        **{
            "a.CMP-D-06": "fail",
            "note.CMP-D-06": "东门堆物",
            "photo.CMP-D-06": photo(),
            "fixer.CMP-D-06": str(here.vice.pk),
        },
    )

    answer = browser.post(address(here), fields, follow=True)

    finding = Finding.objects.get()
    assert (finding.fixer, finding.detail) == (here.vice, "东门堆物")
    assert CheckPhoto.objects.get().item_code == "CMP-D-06"
    assert finding.photos.count() == 1
    assert finding.number in answer.content.decode()


def test_a_form_with_mistakes_comes_back_with_everything_typed():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    fields = typed(here, **{"a.CMP-D-06": "fail", "note.CMP-D-06": "东门堆物"})
    del fields["a.CMP-D-01"]

    answer = browser.post(address(here), fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "东门堆物" in page
    assert "照片" in page
    assert fields["client_id"] in page
    assert not Check.objects.exists()


def test_the_rest_of_a_section_is_set_without_script():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    page = browser.post(address(here), {"rest": "fire_power"}).content.decode()

    item = page[page.index('id="item-CMP-D-07"') :]
    assert 'value="pass" checked' in item[: item.index("</div>")]
    critical = page[page.index('id="item-CMP-D-06"') :]
    assert "checked" not in critical[: critical.index("</div>")]


def test_a_second_press_gives_the_same_receipt():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    fields = typed(here)
    first = browser.post(address(here), fields)

    second = browser.post(address(here), fields)

    assert first["Location"] == second["Location"]
    assert Check.objects.count() == 1


def test_other_content_under_the_same_number_is_a_conflict():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    fields = typed(here)
    browser.post(address(here), fields)

    answer = browser.post(address(here), {**fields, "a.CMP-D-02": "fail"})

    assert answer.status_code == 409
    assert "同一编号" in answer.content.decode()


def test_the_time_of_receipt_is_the_servers_whatever_is_sent():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    sent = {"received_at": "2020-01-01T00:00", "handed_in_at": "2020-01-01", "at": "2026-11-13T08:00:00+08:00"}

    browser.post(address(here), typed(here, **sent))

    check = Check.objects.get()
    assert check.received_at == MORNING
    assert check.handed_in_at == MORNING
    assert check.at.date().isoformat() == "2026-11-13"


def test_a_person_of_another_county_meets_no_form():
    here = scene("campus_daily")
    other = schools.school("220000/220200/220202/")
    browser = ground.client_of(ground.user("logistics_officer", other.unit))

    assert browser.get(address(here)).status_code == 404
    assert browser.post(address(here), {}).status_code == 404


def test_the_bureau_sees_the_place_but_may_not_fill_in():
    here = scene("campus_daily")
    browser = ground.client_of(ground.user("office_clerk", here.unit.parent))

    assert browser.get(address(here)).status_code == 403


def test_a_keeper_cannot_fill_in_the_campus_form():
    here = scene("campus_daily")
    browser = ground.client_of(ground.user("dorm_keeper", here.unit))

    assert browser.get(address(here)).status_code == 403


@pytest.mark.parametrize("path", ["2026-13-01", "x", "0001-01-01"])
def test_an_address_that_names_no_day_is_no_page(path):
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    url = address(here).replace(MONDAY.isoformat(), path)

    assert browser.get(url).status_code in {200, 404}
    assert browser.post(url, {}).status_code in {404, 409}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"a.CMP-D-01": "pass\x00"},
        {"a.CMP-D-01": "9" * 10_000},
        {"note.CMP-D-01": "长" * 400_000, "a.CMP-D-01": "fail"},
        {"a.CMP-D-01": "pass", "fixer.CMP-D-01": "9" * 40},
        {"client_id": "x" * 500},
        {"stage": "nothing"},
        {"ticket": "forged:ticket"},
        {"rest": "nowhere"},
        {"reason": "x" * 1000},
        {"at": "99999-99-99T99:99"},
    ],
)
def test_hostile_bodies_get_a_sentence_and_write_nothing(fields):
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)

    answer = browser.post(address(here), fields)

    assert answer.status_code in {200, 400, 409, 422}
    assert not Check.objects.exists()
    assert not Finding.objects.exists()


def test_a_photo_that_is_none_is_refused_and_nothing_is_half_written():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    bad = SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")

    answer = browser.post(address(here), typed(here, **{"a.CMP-D-06": "fail", "photo.CMP-D-06": bad}))

    assert answer.status_code == 422
    assert not Check.objects.exists()
    assert not Finding.objects.exists()


def test_a_file_that_is_no_picture_is_named_at_its_item_together_with_everything_else():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    bad = SimpleUploadedFile("清单.pdf", b"%PDF-1.7", "application/pdf")
    fields = typed(here, **{"a.CMP-D-06": "fail", "photo.CMP-D-06": [photo(), bad]})
    del fields["a.CMP-D-01"]

    page = browser.post(address(here), fields).content.decode()

    item = page[page.index('id="item-CMP-D-06"') : page.index('id="item-CMP-D-07"')]
    assert "“清单.pdf”不是照片" in item
    assert "原来选的 2 张照片没有保留" in item
    assert "还没有填写" in page
    assert not Check.objects.exists()


def test_a_broken_photo_is_named_at_its_item():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    broken = SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff" + b"x" * 40, "image/jpeg")

    page = browser.post(address(here), typed(here, **{"a.CMP-D-06": "fail", "photo.CMP-D-06": broken}))

    assert page.status_code == 422
    item = page.content.decode().split('id="item-CMP-D-06"')[1].split('id="item-CMP-D-07"')[0]
    assert "照片“坏.jpg”" in item
    assert not Check.objects.exists()


def test_a_stop_that_lies_ahead_comes_back_with_the_photo_and_the_reason_at_once(monkeypatch):
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    asks = next(it for it in here.ticket().spec.items if it.fail.stop_service and it.answer.kind == "bool")
    late = make.at(MONDAY + timedelta(days=1), "23:00")
    answers = here.answers(**{asks.code: {"a": "fail", "stop_service": {"stopped": True, "since": "23:30"}}})

    def refused(at, **stop):
        answers[asks.code] = {"a": "fail", "stop_service": stop}
        with pytest.raises(Refused) as caught:
            hand_in(paper=here.paper(answers=answers), hand=here.hand(), at=at)
        return [it.sentence for it in caught.value.refusals]

    ahead = refused(MORNING, stopped=True, since="23:30")
    unsaid = refused(late)

    assert any("停用时间还没有到" in it for it in ahead)
    assert any("从何时起" in it for it in unsaid)
    assert any("请写明理由" in it for it in unsaid)
    assert any("照片" in it for it in unsaid) == asks.fail.photo


def test_a_check_is_shown_with_its_items_and_corrected_beside_the_old_one():
    here = scene("campus_daily")
    receipt = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    browser = ground.client_of(here.officer)
    fields = typed(here, **{"a.CMP-D-02": "fail", "reason": "看错了"})

    answer = browser.post(reverse("inspections:correct", args=[receipt.check.pk]), fields)

    assert answer.status_code == 302
    newest = Check.objects.get(revision=2)
    page = browser.get(reverse("inspections:check", args=[newest.pk])).content.decode()
    assert "第 1 次" in page
    assert "第 2 次" in page
    top = page.split("第 2 次改了什么")[1].split("</section>")[0]
    assert re.findall(r'href="#item-([^"]+)"', top) == ["CMP-D-02"]
    assert top.index("正常") < top.index("→") < top.index("异常")
    assert "看错了" in top


def test_the_receipt_of_a_correction_says_what_it_corrects():
    here = scene("campus_daily")
    first = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    browser = ground.client_of(here.officer)
    before = browser.get(reverse("inspections:receipt", args=[first.pk])).content.decode()
    fields = typed(here, **{"a.CMP-D-02": "fail", "reason": "看错了"})

    page = browser.post(reverse("inspections:correct", args=[first.pk]), fields, follow=True).content.decode()

    second = Check.objects.get(revision=2)
    assert "更正" not in before.split("<main")[1]
    assert "更正已收到" in page
    assert f"{first.receipt_no}</a> · 这是第 2 次填报" in page
    assert second.receipt_no in page


def test_the_next_stage_of_a_form_is_no_correction(monkeypatch):
    here = scene("dormitory_nightly", is_boarding=True)
    evening = make.at(MONDAY, "22:30")
    for stage, hour in zip([it.code for it in here.ticket().spec.template.stages], (0, 3), strict=False):
        hand_in(paper=here.paper(stage=stage), hand=here.hand(), at=evening + timedelta(hours=hour))

    sheet = lay_out(Check.objects.order_by("-revision").first())

    assert len(sheet.revisions) == 2
    assert corrections(sheet) == []
    assert corrected_by(sheet.revisions[1]) is None


def test_the_list_of_checks_can_be_narrowed_and_taken_along():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    browser = ground.client_of(ground.user("office_clerk", here.unit.parent))

    page = browser.get(reverse("inspections:checks"), {"failed": "no"})
    sheet = browser.get(reverse("inspections:checks"), {"export": "csv"})

    assert here.place.name in page.content.decode()
    assert here.place.name in b"".join(sheet).decode("utf-8-sig")


def test_nobody_signs_their_own_check():
    here = scene("campus_monthly")
    first = MONDAY.replace(day=1)
    hand_in(paper=here.paper(first), hand=here.hand(here.vice), at=make.at(first, "10:00"))
    check = Check.objects.get()

    own = ground.client_of(here.vice).post(reverse("inspections:countersign", args=[check.pk]))
    head = ground.client_of(here.principal).post(reverse("inspections:countersign", args=[check.pk]))

    check.refresh_from_db()
    assert own.status_code == 403
    assert head.status_code == 302
    assert check.countersigned_by == here.principal


def test_signing_asks_for_the_password_again_and_then_signs():
    here = scene("campus_monthly")
    first = MONDAY.replace(day=1)
    hand_in(paper=here.paper(first), hand=here.hand(here.vice), at=make.at(first, "10:00"))
    check = Check.objects.get()
    here.principal.set_password("三更灯火五更鸡2026")
    here.principal.save()
    late = ground.client_of(here.principal, fresh=False)

    asked = late.post(reverse("inspections:countersign", args=[check.pk]))
    check.refresh_from_db()
    before = check.countersigned_by
    late.post(asked.url, {"password": "三更灯火五更鸡2026"})

    check.refresh_from_db()
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert (before, check.countersigned_by) == (None, here.principal)


def test_the_school_asks_and_the_county_declares_void():
    here = scene("campus_daily")
    check = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    clerk = ground.client_of(ground.user("office_clerk", here.unit.parent))
    void = reverse("inspections:void", args=[check.pk])
    early = clerk.post(void, {"reason": "填错场所了"})
    own = ground.client_of(here.vice).post(void, {"reason": "填错场所了"})

    ground.client_of(here.vice).post(reverse("inspections:void-ask", args=[check.pk]), {"reason": "填错场所了"})
    done = clerk.post(void, {"reason": "同意作废"})

    check.refresh_from_db()
    assert "申请作废" in early.content.decode()
    assert own.status_code == 403
    assert done.status_code == 302
    assert check.state == "voided"


@pytest.mark.parametrize("item", ["CAN-D-02", "CAN-D-05"], ids=["due by the clock", "due in school days"])
def test_a_hand_in_through_its_page_stays_within_its_queries(monkeypatch, item):
    """Nine and one for the facts asked; besides, who is asking (session, person, posts, place) takes four."""
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    browser = ground.client_of(here.officer)
    sealed = re.search(r'name="ticket" value="([^"]+)"', browser.get(address(here)).content.decode())[1]
    fields = typed(here, **{"ticket": sealed, f"a.{item}": "fail"})

    with CaptureQueriesContext(connection) as asked:
        answer = browser.post(address(here), fields)

    own = [it["sql"] for it in asked if not it["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert answer.status_code == 302
    assert Check.objects.get().n_fail == 1
    assert len(own) <= WHO_IS_ASKING + 9 + ONE_ROOM, own


def test_pages_ask_the_database_a_bounded_number_of_times(monkeypatch, django_assert_max_num_queries):
    make.plug_supply(monkeypatch)
    here = scene("campus_daily")
    receipt = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    browser = ground.client_of(here.officer)
    pages = [
        "/",
        reverse("inspections:today"),
        reverse("inspections:receipt", args=[receipt.check.pk]),
        reverse("inspections:check", args=[receipt.check.pk]),
        reverse("inspections:checks"),
    ]

    for page in pages:
        with django_assert_max_num_queries(25):
            assert browser.get(page).status_code == 200
    tomorrow = MONDAY + timedelta(days=1)
    with django_assert_max_num_queries(25):
        browser.get(address(here, tomorrow))


def test_a_refused_hand_in_is_kept_once_and_tells_what_where_and_which_items():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    auditor = ground.user("auditor", ground.province())
    [first, *_others] = [it for it in here.ticket().spec.items if it.code in here.answers()]

    answer = browser.post(address(here), {"client_id": str(uuid4()), "stage": ""})
    page = ground.client_of(auditor).get(reverse("accounts:acts"), {"outcome": "refused"}).content.decode()

    assert answer.status_code == 422
    row = AuditRow.objects.get(outcome="refused")
    number = len(here.answers())
    assert row.reason == f"“{first.zh}”等 {number} 项：还没有填写"
    assert row.on_label == f"{here.place.school.name}{here.place.name} 校园日巡查表 2026-11-16"
    assert row.post == here.hand().post
    assert "提交检查" in page
    assert "打开页面" not in page
    assert row.on_label in page
    assert "后勤管理员" in page
    assert f"（{address(here)}）" in page
    assert f">{address(here)}<" not in page


def test_one_missing_answer_is_named():
    here = scene("campus_daily")
    fields = typed(here)
    code = next(iter(here.answers()))
    fields.pop(f"a.{code}")
    [item] = [it for it in here.ticket().spec.items if it.code == code]

    ground.client_of(here.officer).post(address(here), fields)

    assert AuditRow.objects.get(outcome="refused").reason == f"“{item.zh}”：还没有填写"


def test_a_reason_for_departing_from_the_portals_data_is_asked_only_where_there_is_such_data(monkeypatch):
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")

    page = ground.client_of(here.officer).get(address(here)).content.decode()

    items = page.split(' data-item="')[1:]
    asks = ["与系统数据不同" in item for item in items]
    held = ["data-known=" in item or "data-prefill=" in item for item in items]
    assert asks == held
    assert not all(held)


def test_the_units_of_figures_are_said_in_the_readers_language(monkeypatch):
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    browser = ground.client_of(here.officer)
    chinese = browser.get(address(here)).content.decode()
    browser.cookies["django_language"] = "en"

    with translation.override("zh-hans"):  # what the page switches on ends here
        english = browser.get(address(here)).content.decode()

    units = re.compile(r'class="figure__unit">([^<]*)<')
    assert "人" in units.findall(chinese)
    assert not [unit for unit in units.findall(english) if not unit.isascii() and unit != "℃"]
