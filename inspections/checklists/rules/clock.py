"""When a form opens, falls due, and until when a failure may be put right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from logistics_portal.kit.dates import SHANGHAI, next_month

INSTANT = re.compile(r"(?:\+(\d{1,2})d |next (0[1-9]|[12]\d|3[01]) )?([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
DUE = re.compile(r"(\d{1,3})([mhd])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment told from a slot's date: `HH:MM`, `+Nd HH:MM` or `next DD HH:MM` (day DD of the next month)."""

    clock: time
    plus_days: int = 0
    next_month_day: int = 0

    @classmethod
    def read(cls, text: str) -> Instant:
        """Return the instant written in a check-list; raises `ValueError` for anything else."""
        found = INSTANT.fullmatch(text)
        if not found:
            raise ValueError(f"not an instant: {text!r}")
        days, next_day, hour, minute = found.groups()
        return cls(time(int(hour), int(minute), tzinfo=SHANGHAI), int(days or 0), int(next_day or 0))

    def on(self, day: date) -> datetime:
        """Return the moment for a slot of that date."""
        if self.next_month_day:
            day = next_month(day).replace(day=self.next_month_day)
        return datetime.combine(day + timedelta(days=self.plus_days), self.clock)


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
    local = received_at.astimezone(SHANGHAI)
    if due.unit == "m":
        return local + timedelta(minutes=due.amount)
    if due.unit == "h":
        return local + timedelta(hours=due.amount)
    last = add_school_days(local.date(), due.amount)
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)
