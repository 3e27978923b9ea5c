"""What kind of day it is for a school, told by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest

from logistics_portal.kit.dates import NationalCalendar, midnight
from logistics_portal.kit.errors import NotAllowed
from schools.terms.rules.calendar import Calendar, CalendarTooShort, Totals, calendars, difference, totals
from schools.terms.rules.rows import (
    Closure,
    Extra,
    Habits,
    Kind,
    Level,
    Rows,
    Term,
    Traits,
    Warn,
    Why,
    clashes,
)

NATIONAL = NationalCalendar.of(
    {day: chinese_calendar.Holiday(name).chinese for day, name in chinese_calendar.constants.holidays.items()},
    {day: chinese_calendar.Holiday(name).chinese for day, name in chinese_calendar.constants.workdays.items()},
)
AUTUMN = Term(2026, 1, "第一学期", date(2026, 9, 1), date(2027, 1, 15), source="term:1")
SPRING = Term(2026, 2, "第二学期", date(2027, 3, 1), date(2027, 7, 16), source="term:2")
BOARDING = Traits(date(2020, 1, 1), boarding=True, boarding_weekends=True, supplies_meals=True)
ROWS = Rows(NATIONAL, terms=(AUTUMN, SPRING), traits=(BOARDING,))
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, 6) + timedelta(days=n) for n in range(4))


def calendar(**changes: object) -> Calendar:
    return Calendar(replace(ROWS, **changes))


def test_a_weekday_of_the_term_has_lessons_meals_and_a_night():
    day = Calendar(ROWS).day(MONDAY)

    assert day.kinds == (True, True, True)
    assert day.why == Why.LESSONS
    assert day.sources == ("term:1",)
    assert day.warning is None


def test_a_make_up_saturday_has_lessons():
    day = Calendar(ROWS).day(date(2026, 10, 10))

    assert day.operating
    assert day.serving
    assert day.why == Why.MAKE_UP
    assert day.note == "国庆节"


def test_a_make_up_day_outside_the_term_has_none():
    early = replace(AUTUMN, last=date(2026, 10, 9))

    assert Calendar(replace(ROWS, terms=(early,))).day(date(2026, 10, 10)).why == Why.VACATION


def test_boarders_go_home_over_a_long_holiday_and_return_on_its_last_evening():
    nights = {day.date.day: day.boarding for day in Calendar(ROWS).days(date(2026, 9, 29), date(2026, 10, 8))}

    assert nights == {29: True, 30: False, 1: False, 2: False, 3: False, 4: False, 5: False, 6: False, 7: True, 8: True}


def test_boarders_go_home_from_three_free_days_on():
    mid_autumn = Calendar(ROWS).days(date(2026, 9, 24), date(2026, 9, 27))

    assert [day.operating for day in mid_autumn] == [True, False, False, False]
    assert [day.boarding for day in mid_autumn] == [False, False, False, True]


def test_boarders_go_home_even_for_one_closed_day():
    wednesday = MONDAY + timedelta(days=2)

    closed = calendar(extras=(Extra(wednesday, wednesday, Kind.CLOSED, Level.COUNTY),))

    assert not closed.day(wednesday - timedelta(days=1)).boarding
    assert closed.day(wednesday).boarding
    assert not closed.day(wednesday).serving


def test_boarders_who_keep_weekends_are_here_and_fed():
    days = Calendar(ROWS).days(FRIDAY, SUNDAY)

    assert [day.boarding for day in days] == [True, True, True]
    assert [day.serving for day in days] == [True, True, True]
    assert [day.operating for day in days] == [True, False, False]


def test_boarders_who_go_home_at_weekends_return_on_sunday_evening():
    home = calendar(traits=(replace(BOARDING, boarding_weekends=False),))

    days = home.days(FRIDAY, MONDAY)

    assert [day.boarding for day in days] == [False, False, True, True]
    assert [day.serving for day in days] == [True, False, False, True]


@pytest.mark.parametrize(
    ("changes", "evening", "told"),
    [
        ({"closures": (Closure(MONDAY, MONDAY + timedelta(days=4), "供暖检修"),)}, FRIDAY, "11月9日起停课（供暖检修）"),
        ({"closures": (Closure(SATURDAY, MONDAY, "供暖检修"),)}, FRIDAY, "次日起停课（供暖检修）"),
        ({"closures": (Closure(SATURDAY, MONDAY, "供暖检修"),)}, SUNDAY, "停课期间（供暖检修）"),
        (
            {"extras": (Extra(SATURDAY, SATURDAY, Kind.CLOSED, reason="运动会"),)},
            FRIDAY,
            "次日起按校历停课放假（运动会）",
        ),
        ({"extras": (Extra(FRIDAY, FRIDAY, Kind.OPEN, boarding=False),)}, FRIDAY, "校历安排不住宿"),
        ({"traits": (replace(BOARDING, boarding_weekends=False),)}, FRIDAY, "周末离校"),
        ({"traits": (replace(BOARDING, boarding=False),)}, FRIDAY, "未登记寄宿"),
        ({"ended": FRIDAY}, FRIDAY, "次日起停办"),
        ({}, date(2026, 9, 30), "次日起放假（国庆节）"),
        ({}, date(2027, 1, 15), "次日起不在学期内"),
        ({}, date(2027, 1, 20), "学期以外"),
        ({"habits": Habits(return_evening=False)}, date(2026, 8, 31), "次日才返校"),
    ],
)
def test_an_evening_without_boarders_says_why(changes, evening, told):
    here = calendar(**changes)

    night = here.no_night(evening)

    assert not here.day(evening).boarding
    assert night is not None
    assert night.words == f"当晚无寄宿：{told}"


def test_the_house_is_in_use_on_the_day_after_the_last_night_and_not_on_a_closed_one():
    closed = calendar(closures=(Closure(SATURDAY, MONDAY, "供暖检修"),))
    home = calendar(traits=(replace(BOARDING, boarding_weekends=False),))

    assert [day.lodged for day in closed.days(FRIDAY, MONDAY + timedelta(days=1))] == [True, False, False, False, True]
    assert [day.lodged for day in home.days(FRIDAY, MONDAY)] == [True, False, True, True]
    assert closed.days_of("lodged", FRIDAY, MONDAY) == [FRIDAY]


def test_boarders_sleep_here_before_the_first_day_and_leave_on_the_last():
    here = Calendar(ROWS)

    assert here.day(date(2026, 8, 31)).boarding
    assert not here.day(date(2026, 8, 30)).boarding
    assert here.day(date(2027, 1, 14)).boarding
    assert not here.day(date(2027, 1, 15)).boarding


def test_each_habit_can_be_set_otherwise():
    strict = Habits(
        school_weekdays=frozenset({1, 2, 3, 4, 5, 6}), return_evening=False, meals_for_stayers=False, home_from_days=9
    )

    here = calendar(habits=strict)

    assert here.day(SATURDAY).operating
    assert not here.day(date(2026, 8, 31)).boarding
    assert here.day(SUNDAY).boarding
    assert not here.day(SUNDAY).serving
    assert here.day(date(2026, 10, 3)).boarding


def test_meals_on_the_day_of_return_are_a_habit():
    home = (replace(BOARDING, boarding_weekends=False),)

    assert not calendar(traits=home).day(SUNDAY).serving
    assert calendar(traits=home, habits=Habits(meals_on_return=True)).day(SUNDAY).serving


def test_the_nearest_level_holds_for_added_days():
    closed = Extra(FRIDAY, FRIDAY, Kind.CLOSED, Level.CITY, "大雪")
    still_open = Extra(FRIDAY, FRIDAY, Kind.OPEN, Level.SCHOOL, "正常上课", serving=False)

    day = calendar(extras=(still_open, closed)).day(FRIDAY)

    assert day.operating
    assert not day.serving
    assert day.note == "正常上课"


def test_of_two_rows_of_one_level_the_shorter_holds():
    week = Extra(FRIDAY - timedelta(days=4), FRIDAY, Kind.CLOSED, Level.COUNTY)
    day = Extra(FRIDAY, FRIDAY, Kind.OPEN, Level.COUNTY)

    here = calendar(extras=(day, week))

    assert here.is_operating(FRIDAY)
    assert not here.is_operating(FRIDAY - timedelta(days=1))


def test_the_nearest_level_holds_for_terms():
    early = replace(AUTUMN, last=date(2026, 12, 31), level=Level.COUNTY, source="county")

    here = calendar(terms=(early, AUTUMN, SPRING))

    assert here.day(date(2027, 1, 4)).why == Why.VACATION
    assert here.day(date(2027, 3, 1)).operating


def test_an_approved_closure_beats_every_added_day():
    added = Extra(FRIDAY, FRIDAY, Kind.OPEN, Level.SCHOOL, serving=True, boarding=True)

    day = calendar(extras=(added,), closures=(Closure(FRIDAY, FRIDAY, "流感", source="closure:7"),)).day(FRIDAY)

    assert day.kinds == (False, False, False)
    assert (day.why, day.note, day.sources) == (Why.CLOSURE, "流感", ("closure:7",))


def test_boarders_go_home_before_a_closed_day_and_may_return_on_its_evening_by_habit():
    closure = (Closure(FRIDAY, FRIDAY),)
    thursday = FRIDAY - timedelta(days=1)

    kept = calendar(closures=closure, traits=(BOARDING,))
    lenient = calendar(closures=(Closure(MONDAY, MONDAY),), habits=Habits(return_during_closure=True))

    assert not kept.day(thursday).boarding
    assert not kept.day(FRIDAY).boarding
    assert lenient.day(MONDAY).boarding
    assert not lenient.day(SUNDAY).boarding


def test_boarders_entered_for_a_holiday_are_here_and_fed_from_the_night_before():
    stay = Extra(date(2026, 10, 1), date(2026, 10, 3), Kind.BOARDING, Level.SCHOOL, "留校")

    days = calendar(extras=(stay,)).days(date(2026, 9, 30), date(2026, 10, 4))

    assert [day.boarding for day in days] == [True, True, True, True, False]
    assert [day.serving for day in days] == [True, True, True, True, False]
    assert [day.operating for day in days] == [True, False, False, False, False]


def test_a_boarding_day_of_the_province_means_nothing_for_a_day_school():
    stay = Extra(date(2026, 10, 1), date(2026, 10, 3), Kind.BOARDING)

    day = calendar(extras=(stay,), traits=(replace(BOARDING, boarding=False),)).day(date(2026, 10, 2))

    assert day.kinds == (False, False, False)


def test_a_school_changes_from_day_to_boarding_school_on_its_date():
    traits = (replace(BOARDING, boarding=False, last=FRIDAY), replace(BOARDING, first=SATURDAY))

    here = calendar(traits=traits)

    assert not here.day(FRIDAY).boarding
    assert here.day(FRIDAY).serving
    assert here.day(SATURDAY).boarding


def test_a_school_has_no_days_before_it_opens_or_after_it_ends():
    here = calendar(opened=FRIDAY, ended=MONDAY)

    assert here.day(FRIDAY - timedelta(days=1)).why == Why.NOT_RUNNING
    assert here.operating_days(date(2026, 9, 1), date(2027, 7, 1)) == [FRIDAY, MONDAY]
    assert not here.day(MONDAY + timedelta(days=1)).boarding


def test_a_year_nobody_announced_falls_back_on_weekdays_with_a_warning():
    bare = Rows(NationalCalendar.of({}, {}), terms=(AUTUMN,), traits=(BOARDING,))

    here = Calendar(bare)

    assert here.day(date(2026, 10, 1)).operating
    assert here.day(date(2026, 10, 1)).warning == Warn.YEAR_NOT_ANNOUNCED
    assert here.warnings(date(2026, 9, 1), date(2027, 1, 1)) == dict.fromkeys((2026, 2027), Warn.YEAR_NOT_ANNOUNCED)
    assert here.day(date(2026, 8, 1)).warning is None


def test_a_closed_day_cannot_be_entered_with_meals():
    with pytest.raises(NotAllowed, match="不能供餐"):
        Extra(FRIDAY, FRIDAY, Kind.CLOSED, serving=True)


def test_rows_whose_end_lies_before_their_beginning_are_refused():
    with pytest.raises(NotAllowed, match="结束日期"):
        Closure(MONDAY, FRIDAY)


def test_two_rows_of_one_level_for_one_day_are_named_before_publishing():
    one = Extra(FRIDAY, MONDAY, Kind.CLOSED, Level.COUNTY)
    two = Extra(MONDAY, MONDAY, Kind.OPEN, Level.COUNTY)
    other = Extra(MONDAY, MONDAY, Kind.OPEN, Level.SCHOOL)

    assert len(clashes(replace(ROWS, extras=(one, two, other)))) == 1
    assert len(clashes(replace(ROWS, terms=(AUTUMN, AUTUMN, SPRING)))) == 1
    assert clashes(replace(ROWS, extras=(one, other))) == []


def test_a_deadline_inside_a_closure_moves_out():
    free = Calendar(ROWS)
    shut = calendar(closures=(Closure(MONDAY, MONDAY + timedelta(days=2)),))

    assert free.add_school_days(FRIDAY, 1) == MONDAY
    assert shut.add_school_days(FRIDAY, 1) == MONDAY + timedelta(days=3)
    assert shut.deadline(FRIDAY, 1).at == midnight(MONDAY + timedelta(days=4))


def test_a_deadline_crosses_the_winter_vacation():
    assert Calendar(ROWS).add_school_days(date(2027, 1, 15), 1) == date(2027, 3, 1)


def test_a_calendar_without_next_terms_says_so_but_still_gives_a_provisional_deadline():
    here = Calendar(ROWS)

    with pytest.raises(CalendarTooShort, match="2027-07-16"):
        here.add_school_days(date(2027, 7, 15), 3)
    found = here.deadline(date(2027, 7, 15), 3)

    assert found.provisional
    assert found.at == midnight(date(2027, 7, 21))


def test_the_school_day_before_skips_what_is_free():
    here = Calendar(ROWS)

    assert here.school_day_before(MONDAY) == FRIDAY
    assert here.school_day_before(date(2027, 3, 1)) == date(2027, 1, 15)
    assert Calendar(Rows(NATIONAL)).school_day_before(MONDAY) == SUNDAY


def test_schools_with_equal_rows_share_one_calendar():
    other = replace(ROWS, closures=(Closure(MONDAY, MONDAY),))

    found = calendars({1: ROWS, 2: replace(ROWS), 3: other})

    assert found[1] is found[2]
    assert found[3].rows == other


def test_a_new_version_shows_its_difference_before_it_counts():
    before = Calendar(ROWS)
    after = calendar(extras=(Extra(MONDAY, MONDAY, Kind.CLOSED, reason="冰雪日"),))

    changes = difference(before, after, date(2026, 9, 1), date(2027, 7, 31))

    assert [change.date for change in changes] == [FRIDAY, SATURDAY, SUNDAY, MONDAY]
    assert all(change.moves_duties for change in changes)
    assert changes[-1].after.note == "冰雪日"


def test_the_months_of_a_term_with_meals_are_counted():
    here = Calendar(ROWS)

    assert len(here.months_of("serving", AUTUMN.first, AUTUMN.last)) == 5
    assert here.term_on(MONDAY) == AUTUMN
    assert here.term_on(date(2027, 2, 1)) is None


def test_a_kind_of_day_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match="serving_lunch"):
        Calendar(ROWS).days_of("serving_lunch", MONDAY, MONDAY)


def test_a_school_year_has_about_two_hundred_school_days():
    year = Calendar(ROWS).totals(date(2026, 9, 1), date(2027, 8, 31))

    assert 185 <= year.operating <= 205
    assert totals([], MONDAY, MONDAY) == Totals()
