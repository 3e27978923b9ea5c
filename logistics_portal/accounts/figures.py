"""Decided figures of accounts (rights §5): what a dated parameter says, or what holds until somebody sets it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from logistics_portal.accounts.rules import DELEGATION_DAYS
from logistics_portal.kit.dates import local_date
from logistics_portal.records.selectors import parameters

BULK_ROWS, IMPORT_DAYS, UNUSED_DAYS, UNUSED_TOLD_DAYS = "BULK_ROWS", "IMPORT_DAYS", "UNUSED_DAYS", "UNUSED_TOLD_DAYS"
DELEGATION = "DELEGATION_DAYS"
DECIDED = {DELEGATION: DELEGATION_DAYS, BULK_ROWS: 50, IMPORT_DAYS: 7, UNUSED_DAYS: 90, UNUSED_TOLD_DAYS: 7}


def figure(code: str, on: date) -> int:
    """Return a figure in force on a day."""
    return int(parameters(on).get(code, DECIDED[code]))


def unused_since(at: datetime) -> tuple[datetime, datetime]:
    """Return before which moments an account must have been used last to be told of, and to be switched off."""
    on = local_date(at)
    off = at - timedelta(days=figure(UNUSED_DAYS, on))
    return off + timedelta(days=figure(UNUSED_TOLD_DAYS, on)), off


def import_figures(on: date) -> dict[str, int]:
    """Return from how many rows on an import takes a second person, and within how many days."""
    return {"limit": figure(BULK_ROWS, on), "days": figure(IMPORT_DAYS, on)}


def import_deadline(at: datetime) -> datetime:
    """Return the moment before which a sheet must have been handed in to be too old now."""
    return at - timedelta(days=figure(IMPORT_DAYS, local_date(at)))
