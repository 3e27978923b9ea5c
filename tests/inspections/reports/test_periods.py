"""The periods reports are written for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.reports.rules import Period, PeriodKind, Timetable, due_periods, latest_ready, parse, period_of
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

KINDS = st.sampled_from(PeriodKind)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_week_is_ready_on_wednesday_and_a_month_on_the_eighth():
    week, month = parse("2026-W53"), parse("2026-12")

    assert (week.first, week.last) == (date(2026, 12, 28), date(2027, 1, 3))
    assert week.ready_at() == datetime(2027, 1, 6, 9, 30, tzinfo=SHANGHAI)
    assert (month.first, month.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert month.ready_at() == datetime(2027, 1, 8, 2, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-W54",
        "2026-w01",
        "上周",
        "2026-W01 ",
        "../etc",
        "9999-12",
        "0001-01",
        "2008-12",
        "2101-01",
    ],
)
def test_nonsense_is_refused_with_a_sentence(text: str):
    with pytest.raises(NotAllowed, match="报告期"):
        parse(text)


@given(KINDS, st.dates(date(2009, 1, 1), date(2040, 1, 1)))
def test_a_key_reads_back_and_periods_follow_without_gaps(kind: PeriodKind, day: date):
    period = period_of(kind, day)

    assert parse(period.key) == period
    assert day in period.span
    assert period.following().first == period.last + timedelta(days=1)
    assert period.following().previous() == period


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (datetime(2026, 11, 4, 9, 29, 59, tzinfo=SHANGHAI), "2026-W43"),
        (datetime(2026, 11, 4, 9, 30, tzinfo=SHANGHAI), "2026-W44"),
    ],
)
def test_the_newest_week_appears_at_its_minute(now: datetime, key: str):
    assert latest_ready(PeriodKind.WEEKLY, now).key == key


def test_after_a_downtime_all_missed_periods_are_due_oldest_first():
    now = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)

    weeks = due_periods(PeriodKind.WEEKLY, parse("2026-W43"), now)
    months = due_periods(PeriodKind.MONTHLY, parse("2026-07"), now)

    assert [period.key for period in weeks] == ["2026-W44", "2026-W45", "2026-W46"]
    assert [period.key for period in months] == ["2026-08", "2026-09", "2026-10"]
    assert due_periods(PeriodKind.WEEKLY, parse("2026-W46"), now) == []


def test_with_nothing_done_yet_only_the_newest_is_due():
    now = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)

    assert [period.key for period in due_periods(PeriodKind.MONTHLY, None, now)] == ["2026-10"]


def test_a_very_long_downtime_is_caught_up_with_the_newest_periods():
    now = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)

    found = due_periods(PeriodKind.WEEKLY, parse("2020-W01"), now, Timetable(catch_up=2))

    assert [period.key for period in found] == ["2026-W45", "2026-W46"]


def test_a_month_is_no_predecessor_of_a_week():
    with pytest.raises(ValueError, match="monthly"):
        due_periods(PeriodKind.WEEKLY, parse("2026-10"), datetime(2026, 11, 22, tzinfo=SHANGHAI))


@given(KINDS, MOMENTS, st.integers(0, 30))
def test_each_period_is_due_exactly_once(kind: PeriodKind, start: datetime, steps: int):
    done: Period = latest_ready(kind, start)
    seen = [done]

    for step in range(1, steps + 1):
        now = start + timedelta(hours=61 * step)
        fresh = due_periods(kind, done, now)
        seen += fresh
        done = seen[-1]
        assert all(period.ready_at() <= now for period in fresh)
        assert due_periods(kind, done, now) == []

    assert all(one.following() == two for one, two in pairwise(seen))


@given(KINDS, MOMENTS)
def test_the_newest_ready_period_is_ready_and_the_next_is_not(kind: PeriodKind, now: datetime):
    newest = latest_ready(kind, now)

    assert newest.ready_at() <= now < newest.following().ready_at()
