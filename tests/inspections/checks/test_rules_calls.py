"""When who owes a check is reminded: for any sheet and any last day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspections.checks.rules.calls import Call, is_called
from inspections.schedules.rules import ScheduleKind
from logistics_portal.kit.dates import SATURDAY, day_end, week_of

DAYS = st.dates(date(2009, 11, 6), date(2040, 1, 1))
KINDS = st.sampled_from([kind for kind in ScheduleKind if kind != ScheduleKind.NIGHTLY])
ONE = timedelta(days=1)


def called_on(kind: ScheduleKind, last: date, call: Call) -> list[int]:
    """Return how many days before its last day a sheet is called for in this round."""
    return [ahead for ahead in range(-1, 40) if is_called(kind, day_end(last), last - ahead * ONE, call)]


@given(KINDS, DAYS)
def test_at_eight_in_the_evening_everything_is_called_for_on_its_last_day(kind: ScheduleKind, last: date) -> None:
    assert called_on(kind, last, Call.SECOND) == [0]


@given(DAYS)
def test_at_four_daily_sheets_on_their_day_monthly_ones_three_days_before_too_weekly_ones_never(last: date) -> None:
    assert called_on(ScheduleKind.DAILY, last, Call.FIRST) == [0]
    assert called_on(ScheduleKind.PER_DELIVERY, last, Call.FIRST) == [0]
    assert called_on(ScheduleKind.MONTHLY, last, Call.FIRST) == [0, 3]
    assert called_on(ScheduleKind.WEEKLY, last, Call.FIRST) == []


@given(KINDS, DAYS)
def test_at_noon_weekly_sheets_alone_which_end_on_a_sunday(kind: ScheduleKind, last: date) -> None:
    sunday = week_of(last).last

    assert sunday.isoweekday() == SATURDAY + 1
    assert called_on(kind, sunday, Call.NOON) == ([0] if kind == ScheduleKind.WEEKLY else [])


@given(DAYS, st.sampled_from(list(Call)))
def test_nights_have_calls_of_their_own(last: date, call: Call) -> None:
    assert called_on(ScheduleKind.NIGHTLY, last, call) == []
