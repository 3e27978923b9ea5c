"""The lists behind a board's figures: who sees them, what they cost, and what they say when rows have changed."""

from __future__ import annotations

import time
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inspections.schedules.models import Exemption
from inspections.tallies.models import ItemDay
from inspections.tallies.services import fold_recent
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import ONE_DAY
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.dashboards.planting import land

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)
NOW = make.at(FRIDAY, "14:00")
MOST_QUERIES = 25
LISTS = ("board-slots", "board-days", "board-item")


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)
    return land()


@pytest.fixture
def browser(here):
    return ground.client_of(here.reader(here.county))


def address(here, name, **query):
    args = [here.county.code, "CMP-D-06"] if name == "board-item" else [here.county.code]
    return reverse(f"inspections:{name}", args=args) + f"?{urlencode(query)}"


def slots(browser, here, **query):
    return browser.get(address(here, "board-slots", **query))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_404_next_door_and_refused_without_the_right(here, name):
    neighbour = ground.client_of(here.reader(here.other))
    guard = ground.client_of(here.reader(here.county, Role.SECURITY_ADMIN))

    assert neighbour.get(address(here, name)).status_code == 404
    assert guard.get(address(here, name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_questions_for_one_school_as_for_many(here, browser, name):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address(here, name)).status_code == 200
        return len(queries)

    asked()
    one = asked()
    for _number in range(6):
        place = schools.campus(schools.school(here.county.path))
        make.check(place, here.author, FRIDAY - 4 * ONE_DAY, here.version)

    assert asked() == one <= MOST_QUERIES


def test_a_slot_freed_or_done_though_freed_counts_nowhere(here, browser):
    clerk = here.reader(here.county, Role.OFFICE_HEAD)
    day = FRIDAY - 7 * ONE_DAY
    approved = {"state": Exemption.State.APPROVED, "decided_by": clerk}
    make.exemption(here.campus, day, here.author, here.version, **approved)
    make.check(here.campus, here.author, day, here.version)
    fold_recent(at=NOW)

    page = slots(browser, here, since=day, until=day)

    assert len(page.context["table"].data.data) == 0
    assert page.context["head"].other == ""


def test_a_list_says_what_the_board_counted_where_rows_have_changed_since(here, browser):
    day = FRIDAY - ONE_DAY
    fold_recent(at=NOW)
    make.check(here.campus, here.author, day, here.version)

    page = slots(browser, here, since=day, until=day)

    assert "概况页汇总时是应检 1 次、已检 0 次、按时 0 次" in page.content.decode()
    assert page.context["head"].counts["done"] == 1


def test_a_list_of_checks_of_an_item_says_where_it_differs(here, browser):
    ItemDay.objects.create(county=here.county, date=FRIDAY - ONE_DAY, item_code="CMP-D-06", failures=2)

    page = browser.get(address(here, "board-item")).content.decode()

    assert "2 次检查中这一项异常" in page
    assert "下面的条数不同" in page


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-13-01"},
        {"since": "2026-11-20", "until": "2026-11-01"},
        {"since": "2009-01-01", "until": "2999-01-01"},
        {"on": "x", "show": "none", "subject": "ship", "school": "\0"},
    ],
)
def test_what_makes_no_sense_in_the_address_of_a_list_is_left_out(here, browser, query):
    assert slots(browser, here, **query).status_code == 200
    assert browser.get(address(here, "board-days", **query)).status_code == 200


def test_what_fell_due_is_judged_by_whole_days_and_told_in_time_late_and_withdrawn(here, browser):
    found, due = NOW - timedelta(days=9), NOW - timedelta(days=3)
    done = {"remedy": "已换锁", "remedied_by": here.author, "state": "remedied"}
    here.finding(found, due, item_code="A-1", remedied_at=due - ONE_DAY, **done)
    here.finding(found, due, item_code="A-2", remedied_at=due + ONE_DAY, **done)
    here.finding(found, due, item_code="A-3")
    here.finding(found, due, item_code="A-4", state="closed", outcome="withdrawn", closed_at=NOW)
    here.finding(found, NOW - timedelta(hours=1), item_code="A-5")
    here.finding(found - timedelta(days=40), NOW - timedelta(days=31), item_code="A-6")
    here.finding(found, make.at(FRIDAY, "00:00"), item_code="A-7")
    province = ground.client_of(here.reader(here.province))
    board = province.get(reverse("inspections:board", args=[here.province.code]))
    told = next(it for it in board.context["figures"] if it.label == "按期整改率")

    def codes(url):
        return sorted(row.item_code for row in province.get(url).context["table"].data.data)

    assert told.words == "近 30 天到期 4 项 · 按期 1 项"
    assert codes(told.url) == ["A-1", "A-2", "A-3", "A-7"]
    assert codes(told.parts[1].url) == ["A-1"]
    assert codes(told.url.replace("mended=counted", "mended=not_in_time")) == ["A-2", "A-3", "A-7"]


def test_the_findings_of_a_bureau_s_own_schools_leave_out_those_of_bureaus_below(here):
    own = schools.campus(schools.school(here.city.path))
    for place in (own, here.campus):
        here.finding(NOW - timedelta(days=9), NOW - ONE_DAY, place, severity="critical")
    browser = ground.client_of(here.reader(here.city))

    rows = browser.get(reverse("inspections:board", args=[here.city.code])).context["rows"]

    mine = next(row for row in rows if row.code == here.city.code)
    listed = browser.get(mine.overdue_url).context["table"].data.data
    assert [row.place_id for row in listed] == [own.pk]
    assert mine.cases.overdue_critical == 1
    assert len(browser.get(mine.schools_url).context["table"].data.data) == mine.schools == 1
