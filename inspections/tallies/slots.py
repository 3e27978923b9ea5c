"""Which slots of some places were counted into their months: the same slots as `counting` adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inspections.schedules import selectors as schedules
from inspections.schedules.rules import overlaps_exemption
from inspections.schedules.selectors import SlotId
from schools.register.models import Place


@dataclass(frozen=True, slots=True)
class ClosedSlot:
    """A slot whose time had run out, and whether it needed no check."""

    key: SlotId
    due_at: datetime
    exempt: bool


def closed_slots(places: Sequence[Place], first: date, last: date, at: datetime) -> list[ClosedSlot]:
    """Return every slot dated from `first` to `last` that had closed by `at`, earliest first."""
    free = schedules.exemptions([place.pk for place in places], first, last)
    found = [
        ClosedSlot(
            key=SlotId(key.place_id, key.checklist_id, slot.date, slot.seq),
            due_at=slot.due_at,
            exempt=overlaps_exemption(slot, free.get(key, ())),
        )
        for key, slots in schedules.due(places, first, last).items()
        for slot in slots
        if slot.closes_at <= at
    ]
    return sorted(found, key=lambda slot: (slot.due_at, slot.key))
