"""The month of a school's checks: a sign and a word for every slot, a reason for every day without one."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.checks import month as months
from inspections.checks import quiet
from inspections.checks.services import hand_in
from logistics_portal.kit.dates import month_of
from schools.register.models import Place
from schools.terms.selectors import calendar_for
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, at, scene

pytestmark = pytest.mark.django_db
TODAY = MONDAY + timedelta(days=4)
NOW = at(TODAY, "09:00")
NOVEMBER = month_of(MONDAY)


@pytest.fixture(autouse=True)
def friday_morning(monkeypatch):
    """Let it be nine on Friday."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)


def drawn(here: Scene, viewer=None, now=NOW) -> dict[date, months.Cell]:
    """Return the cells of the scene's place, by day."""
    viewer = viewer or here.officer
    places = months.places_of(viewer, here.place.school_id)
    [one] = months.month(places, NOVEMBER, viewer, now).places
    return {cell.day: cell for week in one.weeks for cell in week if cell}


def words(cell: months.Cell) -> list[str]:
    return [str(mark.sign.word) for mark in cell.marks]


def test_each_standing_has_its_word_and_the_way_to_its_record():
    here = scene("campus_daily")
    done = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    tuesday = MONDAY + timedelta(days=1)
    late = make.check(here.place, here.officer, tuesday, here.version, timeliness="late")
    make.missed(here.place, MONDAY - timedelta(days=3), here.version)
    void = {"state": "voided", "voided_by": here.vice, "voided_at": NOW}
    voided = make.check(here.place, here.officer, MONDAY - timedelta(days=4), here.version, **void)

    cells = drawn(here)

    record = {row: reverse("inspections:check", args=[row.pk]) for row in (done, late, voided)}
    assert [(words(cells[it.date]), cells[it.date].marks[0].url) for it in (done, late, voided)] == [
        (["按时"], record[done]),
        (["补录"], record[late]),
        (["作废"], record[voided]),
    ]
    missed = cells[MONDAY - timedelta(days=3)]
    assert (words(missed), missed.marks[0].url) == (["漏检"], "")
    assert words(cells[TODAY]) == ["待检"]
    assert words(cells[TODAY + timedelta(days=3)]) == ["未到"]


def test_an_exempt_slot_says_so():
    here = scene("campus_daily")
    make.exemption(here.place, MONDAY, here.officer, here.version, state="approved", decided_by=here.vice)

    assert words(drawn(here)[MONDAY]) == ["免检"]


def test_a_day_without_a_slot_says_why():
    here = scene("campus_daily")
    closed = MONDAY + timedelta(days=2)
    decided = {"state": "approved", "decided_by": here.principal, "decided_at": MORNING}
    schools.closure(here.unit, closed, asked_by=here.vice, reason="暴雪停课", **decided)

    cells = drawn(here)

    assert (cells[MONDAY - timedelta(days=1)].why, cells[closed].why) == ("周末", "停课")
    assert cells[closed].note == "暴雪停课"
    assert not cells[closed].marks


def test_only_who_works_there_is_led_to_the_form():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)

    assert "/today/" in drawn(here)[TODAY].marks[0].url
    assert drawn(here, clerk)[TODAY].marks[0].url == ""


def test_every_week_has_seven_days_and_every_day_of_the_month_stands_once():
    here = scene("campus_daily")
    [one] = months.month(months.places_of(here.officer, here.place.school_id), NOVEMBER, here.officer, NOW).places

    assert {len(week) for week in one.weeks} == {7}
    days = [(cell.day, place) for week in one.weeks for place, cell in enumerate(week) if cell]
    assert days == [(day, day.weekday()) for day in NOVEMBER]


def test_the_sum_counts_what_the_cells_show():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    [one] = months.month(months.places_of(here.officer, here.place.school_id), NOVEMBER, here.officer, NOW).places

    shown = [word for week in one.weeks for cell in week if cell for word in words(cell)]

    assert one.counts
    assert all(shown.count(str(sign.word)) == number for sign, number in one.counts)


def test_the_page_stands_beside_the_list_and_turns_its_leaves(django_assert_max_num_queries):
    here = scene("campus_daily")
    check = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    browser = ground.client_of(here.officer)
    url = reverse("inspections:check-month", args=[here.place.school_id])

    listed = browser.get(reverse("inspections:checks")).content.decode()
    with django_assert_max_num_queries(25):
        page = browser.get(url).content.decode()

    assert url in listed
    assert reverse("inspections:check", args=[check.pk]) in page
    assert re.search(r'href="\?month=2026-10"', page)
    assert re.search(r'href="\?month=2026-12"', page)
    assert "按时提交" in page
    assert "2026年11月" in page


@pytest.mark.parametrize("asked", ["", "2026-13", "x", "1999-01", "2199-01", "２０２６-10"])
def test_a_month_that_is_none_of_ours_is_the_present_one(asked):
    assert months.read(asked, TODAY) == NOVEMBER


def test_one_place_is_shown_alone():
    here = scene("campus_daily")
    other = schools.canteen(here.place.school).place
    browser = ground.client_of(here.officer)
    url = reverse("inspections:check-month", args=[here.place.school_id])

    both = browser.get(url).content.decode()
    one = browser.get(url, {"place": here.place.pk}).content.decode()

    assert both.count('class="cal"') == 2
    assert one.count('class="cal"') == 1
    assert other.name in one


def test_a_bureau_reads_it_and_the_neighbour_finds_nothing():
    here = scene("campus_daily")
    url = reverse("inspections:check-month", args=[here.place.school_id])

    above = ground.client_of(ground.user("office_clerk", here.unit.parent)).get(url)
    next_door = ground.client_of(ground.user("office_clerk", ground.neighbour())).get(url)

    assert (above.status_code, next_door.status_code) == (200, 404)


def test_the_list_of_one_school_leads_to_its_month():
    here = scene("campus_daily")
    clerk = ground.client_of(ground.user("office_clerk", here.unit.parent))
    url = reverse("inspections:check-month", args=[here.place.school_id])

    whole = clerk.get(reverse("inspections:checks")).content.decode()
    narrowed = clerk.get(reverse("inspections:checks"), {"school": here.place.school.code}).content.decode()

    assert url not in whole
    assert url in narrowed


def test_many_slots_alike_are_told_by_one_mark():
    here = scene("campus_daily")
    rows = [row for row in months.rows_between([here.place], MONDAY, MONDAY, NOW) for _turn in range(4)]
    desk = months._Desk({(here.place.pk, MONDAY): rows}, {}, NOVEMBER, TODAY, frozenset())

    [mark] = desk.marks(rows)

    assert mark.times == 4


def test_a_closed_day_says_so_beside_a_check_of_the_week_that_is_dated_on_it():
    here = scene("canteen_weekly")
    dated = max(day for day, cell in drawn(here).items() if cell.marks and day < TODAY + timedelta(days=9))
    decided = {"state": "approved", "decided_by": here.principal, "decided_at": MORNING}
    schools.closure(here.unit, dated, asked_by=here.vice, reason="暴雪停课", **decided)

    cell = drawn(here)[dated]

    assert cell.marks
    assert (cell.why, cell.note) == ("停课", "暴雪停课")
    page = ground.client_of(here.officer).get(months.day_address(here.place.school_id, here.place.pk, dated))
    drawn_cell = page.content.decode().split(f'id="{months.anchor(here.place.pk, dated)}"')[1].split("</td>")[0]
    assert "停课" in drawn_cell
    assert "未到" in drawn_cell


def test_a_dormitory_tells_why_an_evening_has_no_roll_call():
    here = scene("dormitory_daily", is_boarding=True)
    tuesday = MONDAY + timedelta(days=1)
    decided = {"state": "approved", "decided_by": here.principal, "decided_at": MORNING}
    schools.closure(here.unit, tuesday + timedelta(days=1), asked_by=here.vice, reason="供暖检修", **decided)

    cells = drawn(here)

    assert words(cells[tuesday]) == ["漏检"]
    assert (cells[tuesday].why, cells[tuesday].note) == (
        "当晚无寄宿：次日起停课",
        "当晚无寄宿：次日起停课（供暖检修）",
    )
    assert (cells[MONDAY].why, cells[MONDAY].note) == ("", "")
    assert cells[MONDAY + timedelta(days=2)].why == "停课"


def test_a_day_with_lessons_and_nothing_due_says_what_there_is_not():
    here = scene("campus_daily", serves_meals=False)
    canteen = schools.canteen(here.place.school).place

    places = months.places_of(here.officer, here.place.school_id)
    drawn_now = months.month(places, NOVEMBER, here.officer, NOW).places
    [cells] = [[cell for week in one.weeks for cell in week if cell] for one in drawn_now if one.place == canteen]

    assert {cell.why for cell in cells if cell.day.weekday() < 5} == {"不供餐"}
    assert "无" not in {cell.why for cell in cells}


def test_today_tells_what_is_not_due_and_why():
    here = scene("dormitory_daily", is_boarding=True)
    saturday = TODAY + timedelta(days=1)
    browser = ground.client_of(here.officer)

    friday_page = browser.get(reverse("inspections:today")).content.decode()
    school_page = ground.client_of(here.vice).get(reverse("inspections:board-school", args=[here.place.school_id]))
    places = list(Place.objects.filter(pk=here.place.pk))
    calendars = calendar_for([here.place.school_id], MONDAY, saturday)

    assert "宿舍楼 · 当晚无寄宿：周末离校" in friday_page
    assert "宿舍楼 · 当晚无寄宿：周末离校" in school_page.content.decode()
    assert quiet.told(places, calendars, saturday) == ["宿舍楼 · 无寄宿（周末）"]
    assert quiet.told(places, calendars, MONDAY) == []
