"""A slot as the portal itself wrote it down, so that handing in need not work the calendar out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core import signing
from django.utils.translation import gettext

from inspections.checklists.rules.spec import Spec
from inspections.schedules.rules import Slot
from inspections.schedules.selectors import duty_of
from inspections.schedules.versions import specs_of
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from schools.register.models import Place

SALT: Final = "inspections.checks.slot"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A duty that is really due: place, check-list, the wording that holds, and the slot with its hours."""

    place_id: int
    checklist_id: int
    version_id: int
    version_hash: str
    slot: Slot

    @property
    def spec(self) -> Spec:
        """Return what is asked."""
        return specs_of({self.version_id: self.version_hash})[self.version_id]

    def sealed(self) -> str:
        """Return the ticket as a text that only this portal can write."""
        hours = [int(it.timestamp()) for it in (self.slot.opens_at, self.slot.due_at, self.slot.closes_at)]
        day = self.slot.date.isoformat()
        whole = [self.place_id, self.checklist_id, self.version_id, self.version_hash, day, self.slot.seq, *hours]
        return signing.dumps(whole, salt=SALT)


def ticket_for(place: Place, checklist_id: int, on: date, seq: int) -> Ticket:
    """Return the ticket of a slot, or refuse when no such check is due."""
    found = duty_of(place, checklist_id, on, seq)
    if found is None:
        raise NotAllowed(gettext("这一天这个场所没有这项检查，请从“今日”重新打开。"))
    slot, wording = found
    return Ticket(place.pk, checklist_id, wording.version_id, wording.spec_hash, slot)


def opened(text: str) -> Ticket | None:
    """Return the ticket that `sealed` wrote, or nothing when it was not this portal's hand."""
    try:
        place, checklist, version, key, day, seq, *hours = signing.loads(text, salt=SALT)
        opens_at, due_at, closes_at = (datetime.fromtimestamp(it, tz=SHANGHAI) for it in hours)
        slot = Slot(date.fromisoformat(day), seq, opens_at, due_at, closes_at)
        return Ticket(place, checklist, version, key, slot)
    except (signing.BadSignature, ValueError, TypeError):
        return None
