"""The figures of the register as the province has set them: how long checks stay open, the freeze, imports."""

from __future__ import annotations

from datetime import date, datetime

from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.records.selectors import book
from schools.register.rules.changes import FREEZE_DAY, SLOT_CLOSES_HOURS
from schools.register.rules.handing_in import Limits

LATE_HOURS = "CHECK_LATE_HOURS"
FREEZE = "DATA_FREEZE_DAY"
HEAD_ABOVE, WAITS, KEPT = "IMPORT_HEAD_ABOVE_ROWS", "IMPORT_WAITS_DAYS", "IMPORT_KEPT_DAYS"
LOOKED_BACK = 4  # days: what is older has closed, whatever the figure


def closes_after(at: datetime) -> int:
    """Return how many hours after a day its slots close: the longest figure of the last days."""
    held, today = book(), local_date(at)
    return max(held.number(LATE_HOURS, today - ONE_DAY * days, SLOT_CLOSES_HOURS) for days in range(LOOKED_BACK))


def freeze_day_at(at: datetime) -> int:
    """Return on which day of January the data of the year before are frozen.

    The freeze of the last year is that of New Year's Day: what is changed later in January thaws nothing.
    """
    return book().number(FREEZE, date(local_date(at).year, 1, 1), FREEZE_DAY)


def import_limits_at(at: datetime) -> Limits:
    """Return the figures of imports in force at a moment."""
    held, usual, today = book(), Limits(), local_date(at)
    return Limits(
        head_above_rows=held.number(HEAD_ABOVE, today, usual.head_above_rows),
        waits_days=held.number(WAITS, today, usual.waits_days),
        kept_days=held.number(KEPT, today, usual.kept_days),
    )
