"""Rows that hold from a day on, until a day or for good."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def held(on: date, *, since: str = "from_date", until: str = "until_date") -> Q:
    """Return the condition that a row holds on a day: begun, and without an end or not yet over."""
    return Q(**{f"{since}__lte": on}) & (Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": on}))
