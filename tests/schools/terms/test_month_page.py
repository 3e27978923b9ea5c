"""A school's month and term: what kind of day each day is, by what, and what can be asked for from here."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit import registry
from logistics_portal.kit.dates import SHANGHAI, read_month
from schools.terms.models import Closure
from schools.terms.monthbook import month_book, term_book
from schools.terms.selectors import calendar_for, reading_of
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 8, 8, tzinfo=SHANGHAI)
OCTOBER = read_month("2026-10")


@pytest.fixture
def school():
    return make.school(ground.county(), name="东方红小学", is_boarding=True)


@pytest.fixture
def year(school):
    """Return the province's calendar, with a county's sports day, a closure by the city and one by the school."""
    whole = make.calendar(ground.province())
    make.national_year()
    own = make.calendar(ground.county(), terms=())
    make.added_days(own, date(2026, 10, 16), reason="秋季运动会")
    decided = {"state": "approved", "decided_by": ground.user(), "decided_at": NOW}
    make.closure(ground.city(), date(2026, 10, 20), asked_by=ground.user(), reason="极寒", **decided)
    make.closure(school.unit, date(2026, 10, 21), asked_by=ground.user(), reason="停水", **decided)
    make.closure(school.unit, date(2026, 10, 29), date(2026, 10, 30), asked_by=ground.user(), reason="换锅炉")
    return whole


@pytest.fixture
def vice(school):
    return ground.user("vice_principal_logistics", school.unit)


def book(school, month=OCTOBER, make_book=month_book):
    return make_book(school, reading_of(school, month.first, month.last), month)


@pytest.mark.usefixtures("year")
def test_every_stretch_of_days_says_what_why_and_by_what(school):
    told = [(run.days, run.what, run.why, [it.label for it in run.grounds]) for run in book(school).runs]

    assert told[0] == (
        "10-01 周四 – 10-02 周五",
        "放假",
        "法定节假日：国庆节",
        ["2026 年国家放假安排", "吉林省 2026 学年校历第 1 版"],
    )
    assert ("10-10 周六", "上课、供餐", "调休上课：国庆节；当晚无寄宿：周末离校", told[0][3]) in told
    assert ("10-16 周五", "休息", "校历安排停课放假：秋季运动会", ["南关区 2026 学年校历第 1 版"]) in told
    assert ("10-20 周二", "停课", "已批准停课：极寒", [f"{ground.city().name}停课"]) in told
    assert ("10-12 周一 – 10-14 周三", "上课、供餐、住宿") in [row[:2] for row in told]


@pytest.mark.usefixtures("year")
def test_the_stretches_cover_the_month_day_by_day(school):
    days = [day for week in book(school).months[0].weeks for day in week if day]
    calendar = calendar_for([school.pk], OCTOBER.first, OCTOBER.last)[school.pk]

    assert [cell.day for cell in days] == list(OCTOBER)
    assert [("课" in cell.word, "餐" in cell.word, "宿" in cell.word) for cell in days] == [
        calendar.day(day).kinds for day in OCTOBER
    ]
    assert len(book(school).runs) < len(days)


@pytest.mark.usefixtures("year")
def test_the_closure_of_a_bureau_is_told_and_the_schools_own_is_a_link(school):
    grounds = {it.label: it.url for run in book(school).runs for it in run.grounds}
    own = Closure.objects.get(reason="停水")

    assert grounds[f"{ground.city().name}停课"] == ""
    assert grounds["东方红小学停课"] == reverse("schools:closure", args=[own.pk])


@pytest.mark.usefixtures("year")
def test_what_is_only_asked_for_is_shown_and_changes_no_day(school):
    leaf = book(school)

    assert [it.reason for it in leaf.closures] == ["极寒", "停水", "换锅炉"]
    assert [run.what for run in leaf.runs if run.days.startswith("10-29")] == []
    assert leaf.totals.operating == 18  # 22 weekdays, 5 of them free, and a Saturday made up


@pytest.mark.usefixtures("year")
def test_a_term_tells_its_days_out_of_the_ordinary(school):
    leaf = book(school, make_book=term_book)

    assert leaf.label == "2026 学年 第一学期"
    assert [month.label for month in leaf.months] == ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]
    assert {run.why for run in leaf.runs} == {
        "法定节假日：国庆节",
        "调休上课：国庆节；当晚无寄宿：周末离校",
        "校历安排停课放假：秋季运动会",
        "已批准停课：极寒",
        "已批准停课：停水",
    }
    assert (leaf.before, leaf.after.label) == (None, "2026 学年 第二学期")
    assert "month=2027-03" in leaf.after.url


@pytest.mark.usefixtures("year")
def test_the_holidays_lead_to_the_next_term_and_the_end_to_the_last(school):
    assert book(school, read_month("2027-02"), term_book).label == "2026 学年 第二学期"
    assert book(school, read_month("2028-05"), term_book).label == "2026 学年 第二学期"


def test_without_terms_there_is_no_term_to_show(school):
    assert book(school, make_book=term_book) is None


@pytest.mark.usefixtures("year")
def test_the_page_costs_at_most_ten_queries(vice, school, django_assert_max_num_queries):
    browser = ground.client_of(vice)

    for view in ("month", "term"):
        with django_assert_max_num_queries(10):
            answer = browser.get(reverse("schools:month", args=[school.pk]), {"month": "2026-10", "view": view})
        assert answer.status_code == 200


@pytest.mark.usefixtures("year")
def test_the_page_turns_tells_and_leads_to_a_closure(vice, school):
    browser = ground.client_of(vice)
    address = reverse("schools:month", args=[school.pk])

    text = browser.get(address, {"month": "2026-10"}).content.decode()
    term = browser.get(address, {"month": "2026-10", "view": "term"}).content.decode()

    assert all(month in text for month in ("month=2026-09", "month=2026-11", "2026年9月", "2026年11月"))
    assert all(word in text for word in ("逐日说明", "国庆节", "秋季运动会", "换锅炉", "待批", "法定节假日"))
    assert reverse("schools:ask-closure", args=[school.pk]) in text
    assert "特别的日子" in term
    assert text.count('class="year__day ') == 31


@pytest.mark.parametrize(
    "month", ["", "2026-13", "0001-01", "9999-12", "１２", "\x00", "x" * 10_000, "2008-12", "2101-01"]
)
@pytest.mark.parametrize("view", ["month", "term", "\x00"])
def test_a_month_of_nonsense_is_this_month(month, view, vice, school, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)

    answer = ground.client_of(vice).get(reverse("schools:month", args=[school.pk]), {"month": month, "view": view})

    assert answer.status_code == 200
    assert 'value="2026-10"' in answer.content.decode()


@pytest.mark.parametrize("month", ["2009-01", "2100-12"])
def test_the_first_and_the_last_month_open(month, vice, school):
    for view in ("month", "term"):
        address = reverse("schools:month", args=[school.pk])
        assert ground.client_of(vice).get(address, {"month": month, "view": view}).status_code == 200


def test_the_neighbour_finds_no_calendar_and_asks_for_no_closure(school):
    for role, unit in (("office_head", ground.neighbour()), ("vice_principal_logistics", make.school().unit)):
        browser = ground.client_of(ground.user(role, unit))
        for name in ("month", "year", "ask-closure"):
            assert browser.get(reverse(f"schools:{name}", args=[school.pk])).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("vice_principal_logistics", 200), ("principal", 200), ("logistics_officer", 403), ("dorm_keeper", 403)],
)
def test_who_may_ask_for_a_closure_from_the_calendar(role, status, school):
    browser = ground.client_of(ground.user(role, school.unit))
    address = reverse("schools:ask-closure", args=[school.pk])

    assert browser.get(address).status_code == status
    shown = browser.get(reverse("schools:month", args=[school.pk])).content.decode()
    assert (address in shown) is (status == 200)


def test_a_closure_is_asked_for_the_school_of_the_calendar(school):
    second = make.school(ground.county(), name="第二小学")
    both = ground.user("principal", school.unit)
    ground.post(both, "principal", second.unit)
    today = timezone.localdate().isoformat()

    ground.client_of(both).post(
        reverse("schools:ask-closure", args=[second.pk]), {"first_date": today, "last_date": today, "reason": "停水"}
    )

    assert Closure.objects.get().unit == second.unit


def test_a_school_that_ended_asks_for_nothing(school, vice):
    school.closed_date = date(2025, 7, 10)
    school.save(update_fields=["closed_date"])
    browser = ground.client_of(vice)

    assert browser.get(reverse("schools:ask-closure", args=[school.pk])).status_code == 403
    assert "申请停课" not in browser.get(reverse("schools:month", args=[school.pk])).content.decode()


def test_the_menu_of_a_school_leads_to_its_own_calendar(school):
    [entry] = [it for it in registry.menu if it.key == "schools.own"]
    officer = ground.client_of(ground.user("logistics_officer", school.unit))
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))

    answer = officer.get(reverse("schools:own-month"))

    assert entry.roles == {role.value for role in SCHOOL_ROLES}
    assert answer.url == reverse("schools:month", args=[school.pk])
    assert clerk.get(reverse("schools:own-month")).status_code == 404
    assert reverse("schools:own-month") in officer.get("/").content.decode()


def test_the_school_page_leads_to_the_calendar_and_the_calendar_back(school, vice):
    browser = ground.client_of(vice)
    there, back = reverse("schools:month", args=[school.pk]), reverse("schools:school", args=[school.pk])

    assert f'href="{there}"' in browser.get(back).content.decode()
    assert re.search(f'href="{back}"', browser.get(there).content.decode())


def test_the_legend_uses_each_sign_once():
    page = get_template("schools/terms/legend.html").render()

    signs = re.findall(r"legend__mark[^>]*>([^<]+)<", page)

    assert len(signs) == len(set(signs)) == 7


@pytest.mark.usefixtures("year")
def test_a_public_holiday_has_a_sign_of_its_own(school):
    words = {cell.day: cell.word for week in book(school).months[0].weeks for cell in week if cell}

    assert words[date(2026, 10, 1)] == "节"
    assert words[date(2026, 10, 17)] == "休"
