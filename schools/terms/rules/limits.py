"""The figures of closures by the code of their parameter."""

from __future__ import annotations

from collections.abc import Mapping

from schools.terms.rules.closures import Limits

CODES = {
    "clerk_days": "CLOSURE_CLERK_DAYS",
    "slot_closes_hours": "SLOT_CLOSES_HOURS",
    "freeze_day": "DATA_FREEZE_DAY",
}


def limits(parameters: Mapping[str, str]) -> Limits:
    """Return the figures in force; one that nobody has set keeps its first value."""
    return Limits(**{name: int(parameters[code]) for name, code in CODES.items() if code in parameters})
