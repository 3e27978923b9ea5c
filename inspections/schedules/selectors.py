"""Which checks are due where, worked out for one place or for thousands at once; nothing of it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from inspections.checklists.rules.context import Context, all_hold
from inspections.schedules import facts, rules
from inspections.schedules.models import Exemption, Missed
from inspections.schedules.rules import Clocks, Duty, Exempt, Schedule, Slot, days_needed
from inspections.schedules.versions import Stretch, Wording, Wordings, stretches, wordings
from logistics_portal.kit.dates import ONE_DAY
from logistics_portal.kit.prepared import prepared
from logistics_portal.kit.registry import FactValue
from logistics_portal.records.selectors import book, figures_read_once
from schools.register.models import Place
from schools.terms.rules.calendar import Calendar
from schools.terms.selectors import calendar_for

LATE_HOURS, OFFLINE_DAYS = "CHECK_LATE_HOURS", "CHECK_OFFLINE_DAYS"
TERM_AHEAD = timedelta(days=62)
ONE_HOUR = timedelta(hours=1)


class DutyKey(NamedTuple):
    """One place under one check-list."""

    place_id: int
    checklist_id: int


class SlotId(NamedTuple):
    """What tells one slot from all others."""

    place_id: int
    checklist_id: int
    date: date
    seq: int


class Due(NamedTuple):
    """A slot that is due, the wording that rules it, and its school's calendar."""

    slot: Slot
    wording: Wording
    calendar: Calendar


Slots = dict[DutyKey, list[Slot]]


@dataclass
class _Board:
    """What was worked out so far, by calendar and schedule: a province costs little more than a school."""

    first: date
    last: date
    calendars: Mapping[int, Calendar]
    clocks: list[tuple[date, Clocks]]
    known: dict[tuple[object, ...], list[Slot]] = field(default_factory=dict)

    def slots(self, place: Place, stretch: Stretch) -> list[Slot]:
        """Return a place's slots under one wording, before facts are asked; shared, so never changed in place."""
        schedule, calendar = stretch.wording.schedule, self.calendars[place.school_id]
        need = days_needed(schedule, stretch.first, stretch.last)
        first, last = max(place.from_date, place.checked_from), place.until_date or date.max
        first = date.min if first <= need.first else first
        last = date.max if last - TERM_AHEAD >= need.last else last
        key = (id(calendar), schedule, stretch.first, stretch.last, first, last)
        if key not in self.known:
            duty = Duty(
                days=calendar.days_of(schedule.day_kind, need.first, need.last),
                valid_from=first,
                valid_to=last,
                term_starts=[term.first for term in calendar.terms],
            )
            self.known[key] = self._timed(schedule, duty, stretch)
        return self.known[key]

    def _timed(self, schedule: Schedule, duty: Duty, stretch: Stretch) -> list[Slot]:
        found: list[Slot] = []
        starts = [start for start, _clocks in self.clocks[1:]]
        ends = [start - timedelta(days=1) for start in starts] + [date.max]
        for (start, clocks), end in zip(self.clocks, ends, strict=True):
            first, last = max(start, stretch.first), min(end, stretch.last)
            if first <= last:
                found += rules.slots(schedule, duty, first, last, clocks)
        return found


@figures_read_once()
def due(
    places: Iterable[Place],
    first: date,
    last: date,
    *,
    checklists: Sequence[int] | None = None,
    calendars: Mapping[int, Calendar] | None = None,
) -> Slots:
    """Return the slots of each place under each check-list dated from `first` to `last`, in order (R106).

    Give places with `school__unit` at hand. About ten queries for thousands of places, and one more per fact that a
    check-list hangs on; one per day where the fact is not dated. A place whose conditions are unknown has no slots:
    its register must be filled first. Exempt slots are among them; `exemptions` tells which. Give `calendars` where
    the schools' calendars of these days are at hand already.
    """
    places = list(places)
    calendars = calendars or calendar_for({place.school_id for place in places}, first, last)
    return _slots(
        places, _Board(first, last, calendars, clocks_between(last)), wordings(first, last, checklists=checklists)
    )


def _slots(places: Sequence[Place], board: _Board, found: Wordings) -> Slots:
    first, last = board.first, board.last
    slots: Slots = {}
    hanging: dict[date, list[tuple[Place, Wording, Slot]]] = defaultdict(list)
    ruling: dict[tuple[int, ...], list[Stretch]] = {}
    for place in places:
        for checklist, rows in found.of(place.kind, place.school.unit.path).items():
            slots[DutyKey(place.pk, checklist)] = []
            for stretch in _ruling(ruling, rows, first, last):
                these = board.slots(place, stretch)
                if stretch.wording.fact_keys or stretch.wording.seasonal:
                    for slot in these:
                        hanging[slot.date].append((place, stretch.wording, slot))
                else:
                    slots[DutyKey(place.pk, checklist)] += these
    ahead = _ahead(hanging, first, last)
    for day in sorted(hanging):
        for place, wording, slot in _standing(day, hanging[day], ahead):
            slots[DutyKey(place.pk, wording.checklist_id)].append(slot)
    return {key: these for key, these in slots.items() if these}


def slot_of(place: Place, checklist_id: int, on: date, seq: int) -> Slot | None:
    """Return one slot of a place, or nothing when none is due there then."""
    found = duty_of(place, checklist_id, on, seq)
    return found.slot if found else None


@figures_read_once()
def duty_of(place: Place, checklist_id: int, on: date, seq: int) -> Due | None:
    """Return one slot of a place with the wording that rules it, or nothing when none is due there then."""
    found = wordings(on, on, checklists=[checklist_id])
    calendars = calendar_for([place.school_id], on, on)
    slots = _slots([place], _Board(on, on, calendars, clocks_between(on)), found)
    slot = next((it for it in slots.get(DutyKey(place.pk, checklist_id), []) if it.seq == seq), None)
    if slot is None:
        return None
    return Due(slot, found.on(place.kind, place.school.unit.path, checklist_id, on), calendars[place.school_id])


def exemptions(place_ids: Collection[int], first: date, last: date) -> dict[DutyKey, list[Exempt]]:
    """Return the approved exemptions that touch these days, by place and check-list; ask `overlaps_exemption`."""
    found: dict[DutyKey, list[Exempt]] = defaultdict(list)
    for place, checklist, start, end, seq in _exempt(list(place_ids), first, last):
        found[DutyKey(place, checklist)].append(Exempt(start, end, seq))
    return found


@prepared
def _exempt(places: Sequence[int], first: date, last: date) -> QuerySet[Exemption, tuple[int, int, date, date, int]]:
    rows = Exemption.objects.filter(
        state=Exemption.State.APPROVED, place__in=places, first_date__lte=last, last_date__gte=first
    )
    return rows.values_list("place_id", "checklist_id", "first_date", "last_date", "seq")


def missed_slots(place_ids: Collection[int], first: date, last: date) -> dict[SlotId, Missed]:
    """Return what was written down as missed on these days, superseded rows included."""
    rows = Missed.objects.filter(place__in=place_ids, date__gte=first, date__lte=last)
    return {SlotId(it.place_id, it.checklist_id, it.date, it.seq): it for it in rows}


def clocks_between(last: date) -> list[tuple[date, Clocks]]:
    """Return the figures of hand-in up to a day, each with the day from which it holds."""
    held, usual = book(), Clocks()
    starts = {it.first for code in (LATE_HOURS, OFFLINE_DAYS) for it in held.held(code) if it.first <= last}
    late, offline = usual.late // ONE_HOUR, usual.offline.days
    return [(date.min, usual)] + [
        (day, Clocks(ONE_HOUR * held.number(LATE_HOURS, day, late), ONE_DAY * held.number(OFFLINE_DAYS, day, offline)))
        for day in sorted(starts)
    ]


def clocks_on(day: date) -> Clocks:
    """Return the figures of hand-in for a slot of that date."""
    return next(clocks for start, clocks in reversed(clocks_between(day)) if start <= day)


def longest_offline(day: date) -> timedelta:
    """Return how long a phone may still hand in checks of the last weeks, whatever was in force on their dates."""
    clocks = clocks_between(day)
    ends = [start for start, _clocks in clocks[1:]] + [date.max]
    return max(it.offline for (_start, it), end in zip(clocks, ends, strict=True) if end > day - it.offline - ONE_DAY)


def _ruling(
    known: dict[tuple[int, ...], list[Stretch]], rows: Sequence[Wording], first: date, last: date
) -> list[Stretch]:
    key = tuple(it.version_id for it in rows)
    if key not in known:
        known[key] = list(stretches(rows, first, last))
    return known[key]


def _ahead(hanging: Mapping[date, Sequence[tuple[Place, Wording, Slot]]], first: date, last: date) -> facts.Ahead:
    """Return the dated facts that the slots hang on, asked once for all days."""
    rows = [row for day in hanging.values() for row in day]
    keys = dict.fromkeys(
        key for wording in {row[1].version_id: row[1] for row in rows}.values() for key in wording.fact_keys
    )
    return facts.Ahead(keys, {place.pk: place for place, _wording, _slot in rows}.values(), first, last)


def _standing(
    day: date, hanging: Sequence[tuple[Place, Wording, Slot]], ahead: facts.Ahead
) -> list[tuple[Place, Wording, Slot]]:
    """Return the slots of one day whose conditions hold, as often as the list fact says."""
    keys = {key for _place, wording, _slot in hanging for key in wording.fact_keys} - ahead.keys
    places = {place.pk: place for place, _wording, _slot in hanging}
    asked = facts.ask(sorted(keys), list(places.values()), day)
    known = {pk: asked[pk] | ahead.on(place, day) for pk, place in places.items()}
    figures = facts.figures(day) if any(wording.seasonal for _place, wording, _slot in hanging) else {}
    judged: dict[tuple[object, ...], bool] = {}
    found = []
    for place, wording, slot in hanging:
        told = known[place.pk]
        key = (wording.version_id, *(told.get(name) for name in wording.fact_keys if name != wording.seq))
        if key not in judged:
            judged[key] = _holds(wording, Context(day, figures, told))
        if judged[key]:
            found += [(place, wording, slot._replace(seq=seq)) for seq in range(1, 1 + _times(wording, told))]
    return found


def _holds(wording: Wording, context: Context) -> bool:
    """Return whether a place has the check-list; where a fact is unknown, what its own word says."""
    answer = all_hold(wording.when, wording.spec, context)
    if answer is not None:
        return answer
    lenient = [
        name
        for name in wording.when
        if not (fact := wording.spec.conditions[name].fact) or wording.spec.facts[fact].unknown == "holds"
    ]
    return len(lenient) == len(wording.when)


def _times(wording: Wording, told: Mapping[str, FactValue]) -> int:
    """Return how many slots a day has: one for each entry of the list fact, at least one."""
    entries = told.get(wording.seq) if wording.seq else None
    return max(1, len(entries)) if isinstance(entries, tuple) else 1
