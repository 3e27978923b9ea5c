"""Instants of a slot and dues of a finding."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspections.checklists.rules.clock import Due, Instant, due_at, parse_due
from logistics_portal.kit.dates import SHANGHAI


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("05:30", date(2026, 9, 1), "2026-09-01T05:30:00+08:00"),
        ("+1d 00:00", date(2026, 9, 30), "2026-10-01T00:00:00+08:00"),
        ("+3d 00:00", date(2026, 12, 30), "2027-01-02T00:00:00+08:00"),
        ("next 06 00:00", date(2026, 9, 25), "2026-10-06T00:00:00+08:00"),
        ("next 01 00:00", date(2026, 12, 1), "2027-01-01T00:00:00+08:00"),
        ("next 28 23:59", date(2027, 1, 31), "2027-02-28T23:59:00+08:00"),
    ],
)
def test_an_instant_is_read_from_the_slots_date(text, day, expected):
    answer = Instant.read(text).on(day)

    assert answer.isoformat() == expected


WRONG = (
    *("", "24:00", "5:30", "+1d", "+0 05:00", "next 6 00:00", "05:30 ", "０5:30"),
    *("next 32 00:00", "next 00 00:00", "+1d 12:60", "-1d 00:00"),
)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_instant_is_an_error(text):
    with pytest.raises(ValueError, match="not an instant"):
        Instant.read(text)


@pytest.mark.parametrize(
    ("text", "expected", "by_clock"),
    [("30m", Due(30, "m"), True), ("4h", Due(4, "h"), True), ("3d", Due(3, "d"), False)],
)
def test_a_due_runs_by_the_clock_or_by_school_days(text, expected, by_clock):
    due = parse_due(text)

    assert (due, due.by_clock, str(due)) == (expected, by_clock, text)


@pytest.mark.parametrize("text", ["", "4", "h", "4w", "-1d", "1.5h", "４h"])
def test_what_is_no_due_is_an_error(text):
    with pytest.raises(ValueError, match="not a due"):
        parse_due(text)


def weekdays(day: date, amount: int) -> date:
    """Count school days as Monday to Friday."""
    while amount:
        day += timedelta(days=1)
        amount -= day.weekday() < 5
    return day


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("30m", "2026-09-05T00:10:00+08:00"),
        ("4h", "2026-09-05T03:40:00+08:00"),
        ("24h", "2026-09-05T23:40:00+08:00"),
        ("1d", "2026-09-08T00:00:00+08:00"),
        ("3d", "2026-09-10T00:00:00+08:00"),
    ],
)
def test_a_finding_falls_due_from_receipt(due, expected):
    friday_night = datetime(2026, 9, 4, 15, 40, tzinfo=UTC)

    answer = due_at(friday_night, parse_due(due), weekdays)

    assert answer.isoformat() == expected


def test_school_days_are_counted_from_the_day_in_china():
    just_after_midnight = datetime(2026, 9, 7, 0, 5, tzinfo=SHANGHAI).astimezone(UTC)

    answer = due_at(just_after_midnight, Due(1, "d"), weekdays)

    assert answer == datetime(2026, 9, 9, tzinfo=SHANGHAI)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 9, 7), Due(1, "d"), weekdays)  # noqa: DTZ001
