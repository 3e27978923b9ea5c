"""How near the end of a paper is, by the warnings the province has set for that day."""

from __future__ import annotations

from datetime import date

from logistics_portal.records.selectors import book
from schools.register.rules import papers as rules
from schools.register.rules.papers import Expiry

__all__ = ["Expiry", "expiry", "horizon"]

CODES = ("PAPER_LAST_DAYS", "PAPER_SECOND_DAYS", "PAPER_FIRST_DAYS")


def expiry(until: date, on: date) -> Expiry:
    """Return how near the last day of a paper is."""
    return rules.expiry(until, on, _steps(on))


def horizon(on: date) -> date:
    """Return the last day that is within the first warning."""
    return rules.horizon(on, _steps(on))


def _steps(on: date) -> tuple[int, ...]:
    held, (last_day, *usual) = book(), rules.STEPS
    return (last_day, *(held.number(code, on, days) for code, days in zip(CODES, usual, strict=True)))
