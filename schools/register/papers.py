"""How near the end of a paper is, by the warnings the province has set for that day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import GRANTS, SCHOOL_ROLES, Permission, Role
from logistics_portal.records.selectors import book
from schools.register.rules import papers as rules
from schools.register.rules.papers import Expiry

__all__ = ["Expiry", "expiry", "horizon", "renewable_by"]

RENEWING = frozenset(GRANTS[Permission.PLACE_ADD])
CODES = ("PAPER_LAST_DAYS", "PAPER_SECOND_DAYS", "PAPER_FIRST_DAYS")


def expiry(until: date, on: date) -> Expiry:
    """Return how near the last day of a paper is."""
    return rules.expiry(until, on, _steps(on))


def horizon(on: date) -> date:
    """Return the last day that is within the first warning."""
    return rules.horizon(on, _steps(on))


def renewable_by(user: User) -> Q:
    """Keep the papers of places that a person may see renewed: at the own school, or as its first reviewer's office."""
    able = [post for post in user.live_posts if Role(post.role) in RENEWING]
    own = [post.unit_id for post in able if Role(post.role) in SCHOOL_ROLES]
    offices = [post.unit_id for post in able if Role(post.role) not in SCHOOL_ROLES]
    unit = "place__school__unit__parent"
    area = Q(**{f"{unit}__parent__in": offices}) & ~Q(**{f"{unit}__kind__in": Unit.BUREAUS})
    return Q(place__school__unit__in=own) | Q(**{f"{unit}__in": offices}) | area


def _steps(on: date) -> tuple[int, ...]:
    held, (last_day, *usual) = book(), rules.STEPS
    return (last_day, *(held.number(code, on, days) for code, days in zip(CODES, usual, strict=True)))
