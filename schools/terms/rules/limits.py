"""The figures of closures by the code of their parameter."""

from __future__ import annotations

from collections.abc import Mapping

from schools.terms.rules.closures import Limits

CODES = {
    "clerk_days": "CLOSURE_CLERK_DAYS",
    "freeze_day": "DATA_FREEZE_DAY",
}


def limits(parameters: Mapping[str, str], slot_closes_hours: int) -> Limits:
    """Return the figures in force; one that nobody has set keeps its first value."""
    held = {name: int(parameters[code]) for name, code in CODES.items() if code in parameters}
    return Limits(slot_closes_hours=slot_closes_hours, **held)
