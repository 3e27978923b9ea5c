"""When a form opens, falls due, and until when a failure may be put right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
INSTANT = re.compile(r"(?:\+(\d{1,2})d |next (\d\d) )?([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
DUE = re.compile(r"(\d{1,3})([mhd])", re.ASCII)
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Due:
    """A span of minutes or hours by the clock, or of school days."""

    amount: int
    unit: str

    @property
    def by_clock(self) -> bool:
        """Whether the span runs on through nights and holidays."""
        return self.unit != "d"

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def parse_due(text: str) -> Due:
    """Return the span that `30m`, `4h` or `3d` means; anything else is a `ValueError`."""
    found = DUE.fullmatch(text)
    if not found:
        raise ValueError(f"not a due: {text!r}")
    return Due(int(found[1]), found[2])


def due_at(received_at: datetime, due: Due, add_school_days: Callable[[date, int], date]) -> datetime:
    """Return the instant at which a finding falls due.

    Minutes and hours run by the clock from receipt. School days end at 24:00 of the day that
    `add_school_days(day of receipt, amount)` gives, which also moves it out of a closure.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at has no time zone")
    local = received_at.astimezone(CHINA)
    if due.unit == "m":
        return local + timedelta(minutes=due.amount)
    if due.unit == "h":
        return local + timedelta(hours=due.amount)
    last = add_school_days(local.date(), due.amount)
    return datetime.combine(last + timedelta(days=1), time.min, CHINA)


def instant(text: str, day: date) -> datetime:
    """Return the instant that `HH:MM`, `+Nd HH:MM` or `next DD HH:MM` means for a slot of that day."""
    found = INSTANT.fullmatch(text)
    if not found:
        raise ValueError(f"not an instant: {text!r}")
    days, next_day, hour, minute = found.groups()
    if days:
        day += timedelta(days=int(days))
    if next_day:
        day = date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, int(next_day))
    return datetime.combine(day, time(int(hour), int(minute)), CHINA)
