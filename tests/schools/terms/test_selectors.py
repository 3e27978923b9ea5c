"""The calendars of many schools at once."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from logistics_portal.kit.dates import SHANGHAI
from schools.register.models import Trait
from schools.terms.models import Closure, Extra
from schools.terms.rules.rows import Why
from schools.terms.selectors import calendar_for, day_of, term_months
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)


def approved(unit, first, last=None, **fields):
    asked, decided = ground.user(), ground.user()
    return make.closure(
        unit, first, last, asked_by=asked, state=Closure.State.APPROVED, decided_by=decided, decided_at=NOW, **fields
    )


def test_a_school_follows_the_provincial_calendar():
    school = make.school()
    make.calendar()

    assert day_of(school, MONDAY).kinds == (True, True, False)
    assert day_of(school, SATURDAY).why == Why.WEEKEND
    assert day_of(school, date(2027, 2, 1)).why == Why.VACATION


def test_the_county_replaces_a_term_and_adds_days():
    school = make.school()
    next_door = make.school("220000/220100/220103/")
    make.calendar()
    own = make.calendar(make.bureau(), terms=((date(2026, 9, 1), date(2026, 12, 31)),))
    make.added_days(own, SATURDAY, kind=Extra.Kind.OPEN)

    assert day_of(school, date(2027, 1, 4)).why == Why.VACATION
    assert day_of(school, SATURDAY).operating
    assert day_of(next_door, date(2027, 1, 4)).operating
    assert not day_of(next_door, SATURDAY).operating


def test_only_an_approved_closure_closes_and_only_below_its_unit():
    school = make.school()
    next_door = make.school("220000/220100/220103/")
    make.calendar()
    approved(school.unit.parent, MONDAY)
    make.closure(next_door.unit, MONDAY, asked_by=ground.user())

    assert day_of(school, MONDAY).why == Why.CLOSURE
    assert day_of(next_door, MONDAY).operating


def test_a_closure_that_keeps_the_boarders_keeps_meals_and_nights():
    school = make.school(is_boarding=True)
    edition = make.calendar(school.unit, terms=())
    make.added_days(edition, MONDAY, kind=Extra.Kind.OPEN)
    make.calendar()
    approved(school.unit, MONDAY, keeps_boarders=True)

    day = day_of(school, MONDAY)

    assert day.kinds == (False, True, True)
    assert day.why == Why.BOARDERS


def test_a_flag_counts_from_its_day():
    school = make.school()
    make.calendar()
    school.traits.filter(flag=Trait.Flag.MEALS).update(until_date=MONDAY)
    Trait.objects.create(school=school, flag=Trait.Flag.MEALS, value=False, from_date=date(2026, 11, 24))

    assert day_of(school, MONDAY).serving
    assert not day_of(school, date(2026, 11, 24)).serving


def test_a_school_without_dated_flags_is_what_its_columns_say():
    school = make.school(is_boarding=True)
    school.traits.all().delete()
    make.calendar()

    assert day_of(school, MONDAY).kinds == (True, True, True)


def test_a_closed_school_has_no_days():
    school = make.school(closed_date=date(2026, 10, 31))
    make.calendar()

    assert day_of(school, MONDAY).why == Why.NOT_RUNNING
    assert day_of(school, date(2026, 10, 30)).operating


def test_a_national_holiday_and_its_make_up_day_are_known():
    school = make.school()
    make.calendar()
    make.national_year()
    make.national_year(2027, published_at=None)

    assert day_of(school, date(2026, 10, 1)).why == Why.HOLIDAY
    assert day_of(school, date(2026, 10, 10)).operating
    assert day_of(school, date(2027, 5, 5)).warning is not None


def test_many_schools_cost_as_many_queries_as_one(django_assert_num_queries):
    schools = [make.school() for _ in range(12)]
    make.calendar()

    with django_assert_num_queries(6):
        found = calendar_for(schools, MONDAY, MONDAY)

    assert len(found) == 12
    assert len({id(it) for it in found.values()}) == 1


def test_the_months_of_the_term_with_meals_are_counted():
    school, dry = make.school(), make.school(serves_meals=False)
    make.calendar()

    assert term_months([school.pk, dry.pk], MONDAY) == {school.pk: 5, dry.pk: 0}
    assert term_months([school.pk], date(2027, 2, 1)) == {}
