"""Every slot of the planted days, what was known on it, and how its school deals with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspections.checklists.rules.context import Context
from inspections.checks.rules.plans import Compiled
from inspections.checks.selectors import compiled_of
from inspections.schedules import facts
from inspections.schedules.rules import Slot
from inspections.schedules.selectors import due
from inspections.schedules.versions import Wording, wordings
from logistics_portal.desk.plot import Plot
from schools.register.models import Place, School


@dataclass(frozen=True)
class Duty:
    """One slot to fill: where, by which wording, and what is known that day."""

    place: Place
    wording: Wording
    form: Compiled
    slot: Slot
    context: Context


@dataclass(frozen=True)
class Temper:
    """How a school deals with its checks: the share missed, late, and of items failing."""

    missed: float
    late: float
    failing: float


def tempers(plot: Plot) -> dict[int, Temper]:
    """Return a temper for each school: most are careful, a few are not."""
    found = {}
    for school in plot.grown["schools"]:
        care = plot.rng.lognormvariate(0, 0.5)
        found[school.pk] = Temper(min(0.25, 0.02 * care), min(0.2, 0.025 * care), min(0.05, 0.008 * care))
    shown: School = plot.grown["shown"]
    found[shown.pk] = Temper(0.02, 0.03, 0.012)
    return found


def duties(plot: Plot) -> Iterator[Duty]:
    """Yield every slot that has opened by now, day by day."""
    places = list(
        Place.objects.filter(pk__in=[place.pk for place in plot.grown["places"]]).select_related("school__unit__parent")
    )
    by_id = {place.pk: place for place in places}
    held = wordings(plot.first, plot.until)
    found = due(places, plot.first, plot.until)
    by_day: dict[object, list[tuple[Place, Wording, Slot]]] = {}
    for key, slots in found.items():
        place = by_id[key.place_id]
        for slot in slots:
            if slot.opens_at <= plot.now:
                wording = held.on(place.kind, place.school.unit.path, key.checklist_id, slot.date)
                by_day.setdefault(slot.date, []).append((place, wording, slot))
    for day in sorted(by_day, key=str):
        yield from _of_day(by_day[day])


def _of_day(rows: list[tuple[Place, Wording, Slot]]) -> Iterator[Duty]:
    day = rows[0][2].date
    keys = dict.fromkeys(key for _place, wording, _slot in rows for key in wording.spec.fact_keys)
    known = facts.ask(keys, {place.pk: place for place, _wording, _slot in rows}.values(), day)
    figures = facts.figures(day)
    order = sorted(rows, key=lambda row: (row[0].pk, row[1].code, row[2].seq))
    for place, wording, slot in order:
        yield Duty(place, wording, compiled_of(wording.spec), slot, Context(day, figures, known[place.pk]))


def moment(plot: Plot, slot: Slot, *, late: bool) -> datetime | None:
    """Return when a check comes in: in time or within the late hours; nothing when that is still to come."""
    if late:
        at = slot.due_at + timedelta(minutes=plot.rng.randint(20, 2400))
    else:
        span = int((slot.due_at - slot.opens_at).total_seconds() // 60)
        at = slot.opens_at + timedelta(minutes=plot.rng.randint(min(30, span - 1), max(31, span * 2 // 3)))
    return at if at <= plot.now else None
