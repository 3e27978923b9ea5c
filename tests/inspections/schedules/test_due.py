"""What is due for real places: calendar, facts, versions and the days a place is under checks."""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canteens.premises.models import Supply
from inspections.schedules.selectors import DutyKey, due, slot_of
from schools.register.models import Place
from tests.factories import ground, schools
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
SUNDAY = MONDAY + timedelta(days=6)


def fresh(place: Place) -> Place:
    return Place.objects.select_related("school__unit").get(pk=place.pk)


@pytest.fixture(autouse=True)
def supply(monkeypatch):
    """Let the canteens say how they are supplied."""
    make.plug_supply(monkeypatch)


def test_a_cooking_canteen_has_a_daily_slot_on_each_day_with_meals():
    schools.calendar()
    of = make.version("canteen_daily")
    place = fresh(schools.canteen().place)

    found = due([place], MONDAY, SUNDAY)

    slots = found[DutyKey(place.pk, of.checklist_id)]
    assert [it.date for it in slots] == [MONDAY + timedelta(days=n) for n in range(5)]
    assert slots[0].due_at == make.at(MONDAY + timedelta(days=1), "00:00")
    assert slots[0].closes_at == make.at(MONDAY + timedelta(days=3), "00:00")


def test_a_canteen_supplied_from_outside_has_the_other_form_from_the_day_of_the_change():
    schools.calendar()
    cooked, brought = make.version("canteen_daily"), make.version("canteen_delivered_daily")
    canteen = schools.canteen()
    canteen.supplies.update(until_date=MONDAY + timedelta(days=1))
    Supply.objects.create(canteen=canteen, mode="delivered", from_date=MONDAY + timedelta(days=2))

    found = due([fresh(canteen.place)], MONDAY, SUNDAY)

    assert [it.date.day for it in found[DutyKey(canteen.place_id, cooked.checklist_id)]] == [16, 17]
    assert [it.date.day for it in found[DutyKey(canteen.place_id, brought.checklist_id)]] == [18, 19, 20]


def test_a_canteen_that_never_said_how_it_is_supplied_has_no_daily_slot():
    schools.calendar()
    make.version("canteen_daily")
    place = fresh(schools.canteen(mode="").place)

    assert due([place], MONDAY, SUNDAY) == {}


def test_a_place_is_due_from_the_day_it_came_under_checks_until_its_last_day():
    schools.calendar()
    of = make.version("campus_daily")
    place = schools.campus(checked_from=MONDAY + timedelta(days=1), until_date=MONDAY + timedelta(days=3))

    found = due([fresh(place)], MONDAY, SUNDAY)

    assert [it.date.day for it in found[DutyKey(place.pk, of.checklist_id)]] == [17, 18, 19]


def test_a_dormitory_is_checked_on_the_eve_of_a_closure_though_nobody_sleeps_there_that_night():
    schools.calendar()
    by_day, by_night = make.version("dormitory_daily"), make.version("dormitory_nightly")
    school = schools.school(is_boarding=True)
    house = schools.building(place=schools.place(school, "dormitory")).place
    thursday = MONDAY + timedelta(days=3)
    decided = {"state": "approved", "decided_by": ground.user(), "decided_at": make.at(MONDAY, "09:00")}
    schools.closure(school.unit, thursday, thursday + timedelta(days=1), asked_by=ground.user(), **decided)

    found = due([fresh(house)], MONDAY, SUNDAY)

    assert [it.date.day for it in found[DutyKey(house.pk, by_day.checklist_id)]] == [16, 17, 18, 22]
    assert [it.date.day for it in found[DutyKey(house.pk, by_night.checklist_id)]] == [16, 17, 22]


def test_a_dormitory_is_checked_on_the_day_boarders_leave_for_the_weekend():
    schools.calendar()
    by_day, by_night = make.version("dormitory_daily"), make.version("dormitory_nightly")
    house = schools.building(place=schools.place(schools.school(is_boarding=True), "dormitory")).place

    found = due([fresh(house)], MONDAY, SUNDAY)

    assert [it.date.day for it in found[DutyKey(house.pk, by_day.checklist_id)]] == [16, 17, 18, 19, 20, 22]
    assert [it.date.day for it in found[DutyKey(house.pk, by_night.checklist_id)]] == [16, 17, 18, 19, 22]


def test_the_county_wording_rules_from_its_first_day():
    schools.calendar()
    place = fresh(schools.campus())
    make.version("campus_daily")
    spec = make.spec_of("campus_daily")
    later = {**spec, "schedule": {**spec["schedule"], "opens": "09:00"}}
    make.version("campus_daily", place.school.unit.parent, spec=later, valid_from=MONDAY + timedelta(days=2))

    found = next(iter(due([place], MONDAY, SUNDAY).values()))

    assert [it.opens_at.astimezone(make.SHANGHAI).hour for it in found] == [6, 6, 9, 9, 9]


def test_the_clock_of_late_checks_is_a_figure_of_the_day():
    schools.calendar()
    make.version("campus_daily")
    place = fresh(schools.campus())
    make.Parameter.objects.create(code="CHECK_LATE_HOURS", value="24", name="x", valid_from=MONDAY + timedelta(days=1))

    found = next(iter(due([place], MONDAY, SUNDAY).values()))

    assert [(it.closes_at - it.due_at).days for it in found] == [2, 1, 1, 1, 1]


def test_one_slot_is_found_by_its_date_and_number():
    schools.calendar()
    of = make.version("campus_daily")
    place = fresh(schools.campus())

    slot = slot_of(place, of.checklist_id, MONDAY, 1)

    assert slot is not None
    assert slot.date == MONDAY
    assert slot_of(place, of.checklist_id, MONDAY, 2) is None
    assert slot_of(place, of.checklist_id, SUNDAY, 1) is None


def test_thousands_of_places_ask_no_more_than_one(django_assert_max_num_queries):
    schools.calendar()
    make.version("campus_daily")
    make.version("campus_monthly")
    one = [fresh(schools.campus())]
    many = [fresh(schools.campus()) for _turn in range(12)]
    due(one, MONDAY, SUNDAY)

    with django_assert_max_num_queries(12):
        found = due(many, MONDAY, SUNDAY)

    assert len(found) == 12


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.dates(date(2026, 8, 20), date(2027, 1, 25)),
    length=st.integers(0, 40),
    from_days=st.lists(st.integers(-30, 60), min_size=2, max_size=4),
)
def test_many_places_at_once_get_what_each_gets_alone(one_province, start, length, from_days):
    places, end = [], start + timedelta(days=length)
    for number, offset in enumerate(from_days):
        place = one_province[number % len(one_province)]
        places.append(_moved(place, start + timedelta(days=offset)))

    together = due(places, start, end)

    alone: dict = {}
    for place in places:
        alone |= due([place], start, end)
    assert together == alone


def _moved(place: Place, checked_from: date) -> Place:
    moved = copy(place)
    moved.checked_from = checked_from
    return moved


@pytest.fixture
def one_province():
    schools.calendar()
    for code in ("canteen_daily", "canteen_weekly", "canteen_monthly", "campus_monthly", "dormitory_nightly"):
        make.version(code)
    boarding = schools.school(is_boarding=True)
    other = schools.school("220000/220200/220202/")
    own = schools.calendar(other.unit.parent.parent)
    own.extras.create(kind="closed", first_date=date(2026, 10, 12), last_date=date(2026, 10, 14), reason="校运会")
    rows = [
        schools.canteen(boarding).place,
        schools.building(boarding).place,
        schools.campus(other),
        schools.canteen(other, mode="delivered").place,
    ]
    return [fresh(it) for it in rows]
