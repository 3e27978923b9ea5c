"""How near the end of a paper is, by the warnings the province has set for that day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.records.selectors import book
from schools.register.rules import papers as rules
from schools.register.rules.papers import Expiry

__all__ = ["Expiry", "expiry", "horizon", "renewable_by"]

CODES = ("PAPER_LAST_DAYS", "PAPER_SECOND_DAYS", "PAPER_FIRST_DAYS")


def expiry(until: date, on: date) -> Expiry:
    """Return how near the last day of a paper is."""
    return rules.expiry(until, on, _steps(on))


def horizon(on: date) -> date:
    """Return the last day that is within the first warning."""
    return rules.horizon(on, _steps(on))


def renewable_by(user: User) -> Q:
    """Keep the papers of places that a person may see renewed: at the own school, or as its first reviewer's office."""
    return user.where(Permission.PLACE_ADD, "place__school__unit")


def _steps(on: date) -> tuple[int, ...]:
    held, (last_day, *usual) = book(), rules.STEPS
    return (last_day, *(held.number(code, on, days) for code, days in zip(CODES, usual, strict=True)))
