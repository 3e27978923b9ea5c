"""When who owes a check is reminded of it (rights and states §5: reminders to the doer)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspections.schedules.rules import ScheduleKind
from logistics_portal.kit.dates import last_day_before


class Call(StrEnum):
    """A round of reminders; the timetable says at what hour each is made."""

    NOON = "noon"  # Sundays at 12:00, weekly sheets: the doer and the logistics officer
    FIRST = "first"  # every day at 16:00: the doer and the logistics officer
    SECOND = "second"  # every day at 20:00: the vice principal


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How long before its last day a monthly sheet is called for."""

    monthly_ahead: timedelta = timedelta(days=3)


DEFAULTS = CallFigures()


def is_called(kind: ScheduleKind, due_at: datetime, today: date, call: Call, figures: CallFigures = DEFAULTS) -> bool:
    """Say whether a round of reminders of that day names a sheet not handed in yet.

    On its last day every sheet is called for; a weekly one at noon instead of 16:00, a monthly one three days before
    as well. Nights have calls of their own.
    """
    if kind == ScheduleKind.NIGHTLY:
        return False
    last = last_day_before(due_at)
    if call == Call.NOON:
        return kind == ScheduleKind.WEEKLY and last == today
    if call == Call.SECOND:
        return last == today
    ahead = kind == ScheduleKind.MONTHLY and last - figures.monthly_ahead == today
    return ahead or (last == today and kind != ScheduleKind.WEEKLY)
