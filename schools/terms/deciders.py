"""Who must answer a closure now: its days, and those of the same school's closures near it, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from logistics_portal.kit.errors import NotAllowed
from schools.terms.figures import limits_at
from schools.terms.models import Closure
from schools.terms.rules import closures as rules
from schools.terms.rules.closures import Decider, Limits

LIVING = (Closure.State.REQUESTED, Closure.State.APPROVED)


@dataclass(frozen=True)
class Turn:
    """Whose answer a closure waits for, nobody's once its year is frozen; and how many days its closures make."""

    who: Decider | None
    days: int


def turns(closures: Sequence[Closure], at: datetime) -> dict[int, Turn]:
    """Return by id whose answer closures wait for; two queries, however many they are."""
    limits, beside = limits_at(at), _stretches(closures)
    return {row.pk: _turn(row, beside[row.unit_id], at, limits) for row in closures}


def turn_of(closure: Closure, at: datetime) -> Turn:
    """Return whose answer one closure waits for."""
    return turns([closure], at)[closure.pk]


def _turn(row: Closure, beside: Mapping[int, rules.Stretch], at: datetime, limits: Limits) -> Turn:
    others = [stretch for pk, stretch in beside.items() if pk != row.pk]
    days = rules.days_together((row.first_date, row.last_date), others, limits.near_days)
    try:
        return Turn(rules.decider(row.first_date, row.last_date, at, limits, days=days), days)
    except NotAllowed:
        return Turn(None, days)


def _stretches(closures: Sequence[Closure]) -> Mapping[int, dict[int, rules.Stretch]]:
    found: dict[int, dict[int, rules.Stretch]] = defaultdict(dict)
    units = {row.unit_id for row in closures}
    rows = Closure.objects.filter(unit__in=units, state__in=LIVING) if units else Closure.objects.none()
    for pk, unit, first, last in rows.values_list("pk", "unit", "first_date", "last_date"):
        found[unit][pk] = (first, last)
    return found
