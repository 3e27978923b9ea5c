"""Decided figures of accounts (rights §5): what a dated parameter says, or what holds until somebody sets it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from logistics_portal.kit.dates import local_date
from logistics_portal.records.selectors import parameters

BULK_ROWS, IMPORT_DAYS = "BULK_ROWS", "IMPORT_DAYS"
DECIDED = {BULK_ROWS: 50, IMPORT_DAYS: 7}


def figure(code: str, on: date) -> int:
    """Return a figure in force on a day."""
    return int(parameters(on).get(code, DECIDED[code]))


def import_deadline(at: datetime) -> datetime:
    """Return the moment before which a sheet must have been handed in to be too old now."""
    return at - timedelta(days=figure(IMPORT_DAYS, local_date(at)))
