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
ENDS: Final = 10  # school days; a longer allowance asks the calendar


@dataclass(frozen=True, slots=True)
class Ticket:
    """A duty that is really due: place, check-list, the wording that holds, and the slot with its hours.

    `ends` are the instants at which 1, 2, 3 … school days end, counted from `ends_from`, the day it was written: by
    them a finding opened on that day gets its deadline.
    """

    place_id: int
    checklist_id: int
    version_id: int
    version_hash: str
    slot: Slot
    ends_from: date | None = None
    ends: tuple[datetime, ...] = ()

    @property
    def spec(self) -> Spec:
        """Return what is asked."""
        return specs_of({self.version_id: self.version_hash})[self.version_id]

    def sealed(self) -> str:
        """Return the ticket as a text that only this portal can write."""
        hours = [int(it.timestamp()) for it in (self.slot.opens_at, self.slot.due_at, self.slot.closes_at)]
        slot = [self.slot.date.isoformat(), self.slot.seq, *hours]
        known = [self.ends_from.isoformat() if self.ends_from else "", *(int(it.timestamp()) for it in self.ends)]
        whole = [self.place_id, self.checklist_id, self.version_id, self.version_hash, slot, known]
        return signing.dumps(whole, salt=SALT)

    def school_days(self, day: date, number: int) -> datetime | None:
        """Return the end of the `number`-th school day after `day`, where it was written down."""
        known = day == self.ends_from and 1 <= number <= len(self.ends)
        return self.ends[number - 1] if known else None


def ticket_for(place: Place, checklist_id: int, on: date, seq: int, *, today: date | None = None) -> Ticket:
    """Return the ticket of a slot, with the ends of the school days after `today`; refuse when no such check is due."""
    found = duty_of(place, checklist_id, on, seq)
    if found is None:
        raise NotAllowed(gettext("这一天这个场所没有这项检查，请从“今日”重新打开。"))
    numbers = range(1, 1 + ENDS) if today else ()
    ends = tuple(found.calendar.deadline_at(today, number) for number in numbers if today)
    wording = found.wording
    return Ticket(place.pk, checklist_id, wording.version_id, wording.spec_hash, found.slot, today, ends)


def opened(text: str) -> Ticket | None:
    """Return the ticket that `sealed` wrote, or nothing when it was not this portal's hand."""
    try:
        place, checklist, version, key, (day, seq, *hours), (since, *ends) = signing.loads(text, salt=SALT)
        slot = Slot(date.fromisoformat(day), seq, *(_moment(it) for it in hours))
        known = date.fromisoformat(since) if since else None
        return Ticket(place, checklist, version, key, slot, known, tuple(_moment(it) for it in ends))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=SHANGHAI)
