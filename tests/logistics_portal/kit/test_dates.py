"""School years, weeks, months and working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics_portal.kit import dates
from logistics_portal.kit.errors import NotAllowed

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DAYS = st.dates(date(2009, 1, 1), date(2040, 12, 31))
NATIONAL = dates.NationalCalendar.of(
    {date(2026, 10, 1) + timedelta(days=n): "国庆节" for n in range(7)},
    {date(2026, 10, 10): "国庆节"},
)


def test_the_day_in_shanghai_begins_eight_hours_before_that_in_greenwich():
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)

    assert dates.local_date(new_year) == date(2027, 1, 1)
    assert dates.local_date(new_year - timedelta(microseconds=1)) == date(2026, 12, 31)
    assert dates.midnight(date(2027, 1, 1)) == new_year


@given(DAYS)
def test_every_day_has_twenty_four_hours(day: date):
    start, end = dates.midnight(day), dates.day_end(day)

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert dates.last_day_before(end) == day


@given(DAYS)
def test_a_day_lies_in_the_week_month_and_school_year_it_names(day: date):
    assert day in dates.read_week(dates.week_key(day))
    assert day in dates.read_month(dates.month_key(day))
    assert day in dates.school_year_span(dates.school_year(day))
    assert dates.read_school_year(dates.school_year_key(dates.school_year(day))) == dates.school_year(day)


def test_weeks_around_new_year_follow_iso():
    assert dates.week_key(date(2027, 1, 1)) == "2026-W53"
    assert dates.read_week("2026-W53") == dates.Span(date(2026, 12, 28), date(2027, 1, 3))
    assert dates.week_key(date(2024, 12, 30)) == "2025-W01"


@pytest.mark.parametrize(
    "text", ["", "2026-W54", "2025-W53", "2026-W00", "2026-w43", "2026W43", "0000-W01", "２０２６-W43", "2026-W43\n"]
)
def test_a_nonsense_week_is_refused_with_a_sentence(text: str):
    with pytest.raises(NotAllowed, match="周次"):
        dates.read_week(text)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "2026-1", "0000-10", "2026-10-01"])
def test_a_nonsense_month_is_refused_with_a_sentence(text: str):
    with pytest.raises(NotAllowed, match="月份"):
        dates.read_month(text)


@pytest.mark.parametrize("text", ["", "2026", "2026-2028", "2027-2026", "0000-0001"])
def test_a_nonsense_school_year_is_refused_with_a_sentence(text: str):
    with pytest.raises(NotAllowed, match="学年"):
        dates.read_school_year(text)


@given(DAYS, st.integers(0, 500))
def test_weeks_and_months_of_a_stretch_cover_it_once(first: date, length: int):
    last = first + timedelta(days=length)

    for spans in (list(dates.each_week(first, last)), list(dates.each_month(first, last))):
        days = [day for span in spans for day in span]
        assert days == list(dates.each_day(spans[0].first, spans[-1].last))
        assert first in spans[0]
        assert last in spans[-1]


def test_a_stretch_that_ends_before_it_begins_has_nothing():
    first, last = date(2026, 5, 2), date(2026, 5, 1)

    assert list(dates.each_day(first, last)) == []
    assert list(dates.each_week(first, last)) == []
    assert list(dates.each_month(first, last)) == []
    assert len(dates.Span(first, last)) == 0


def test_a_weekend_day_worked_in_exchange_counts_as_a_working_day():
    assert NATIONAL.is_working(date(2026, 10, 10))
    assert not NATIONAL.is_working(date(2026, 10, 1))
    assert not NATIONAL.is_working(date(2026, 10, 11))
    assert NATIONAL.add(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert NATIONAL.count(date(2026, 9, 28), date(2026, 10, 11)) == 6


def test_a_year_nobody_announced_falls_back_on_weekdays():
    assert NATIONAL.knows(date(2026, 1, 1))
    assert not NATIONAL.knows(date(2027, 10, 1))
    assert NATIONAL.is_working(date(2027, 10, 1))


@given(DAYS, st.integers(0, 40))
def test_a_working_day_deadline_ends_a_working_day(start: date, number: int):
    found = NATIONAL.add(start, number)

    assert NATIONAL.is_working(found)
    assert NATIONAL.count(start + timedelta(days=1) if number else start, found) == max(number, 1)
    assert NATIONAL.deadline(start, number) == dates.midnight(found + timedelta(days=1))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (dates.midnight(date(2026, 12, 21)), "2026-12-20 24:00"),
        (datetime(2026, 12, 20, 18, tzinfo=dates.SHANGHAI), "2026-12-20 18:00"),
        (datetime(2026, 12, 20, 16, tzinfo=UTC), "2026-12-20 24:00"),
        (datetime(2026, 12, 21, 0, 1, tzinfo=dates.SHANGHAI), "2026-12-21 00:01"),
    ],
)
def test_a_deadline_at_midnight_is_told_as_the_end_of_its_day(at: datetime, told: str):
    assert dates.until_text(at) == told


@given(DAYS, st.integers(0, 400))
def test_a_grid_draws_every_day_of_a_span_once_under_its_weekday_and_nothing_around_it(first, more):
    span = dates.Span(first, first + timedelta(days=more))

    grid = dates.week_grid(span, lambda day: day)

    assert [day for week in grid for day in week if day] == list(span)
    assert all(day.weekday() == place for week in grid for place, day in enumerate(week) if day)
    assert {len(week) for week in grid} == {7}
