"""The figures of closures and of the data freeze as the province has set them."""

from __future__ import annotations

from datetime import datetime

from logistics_portal.kit.dates import local_date
from logistics_portal.records.selectors import book, figures_read_once
from schools.register.figures import closes_after, freeze_day_at
from schools.terms.rules.closures import Limits

CLERK_DAYS, NEAR_DAYS = "CLOSURE_CLERK_DAYS", "CLOSURE_NEAR_DAYS"
MOST_DAYS, DAYS_AHEAD = "CLOSURE_MOST_DAYS", "CLOSURE_DAYS_AHEAD"


@figures_read_once()
def limits_at(at: datetime) -> Limits:
    """Return the figures in force at a moment."""
    held, usual, today = book(), Limits(), local_date(at)
    return Limits(
        clerk_days=held.number(CLERK_DAYS, today, usual.clerk_days),
        near_days=held.number(NEAR_DAYS, today, usual.near_days),
        slot_closes_hours=closes_after(at),
        freeze_day=freeze_day_at(at),
        most_days=held.number(MOST_DAYS, today, usual.most_days),
        days_ahead=held.number(DAYS_AHEAD, today, usual.days_ahead),
    )
