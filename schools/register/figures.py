"""How long checks stay open, as far as changes of schools must keep to it."""

from __future__ import annotations

from datetime import datetime

from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.records.selectors import book
from schools.register.rules.changes import SLOT_CLOSES_HOURS

LATE_HOURS = "CHECK_LATE_HOURS"
LOOKED_BACK = 4  # days: what is older has closed, whatever the figure


def closes_after(at: datetime) -> int:
    """Return how many hours after a day its slots close: the longest figure of the last days."""
    held, today = book(), local_date(at)
    return max(held.number(LATE_HOURS, today - ONE_DAY * days, SLOT_CLOSES_HOURS) for days in range(LOOKED_BACK))
