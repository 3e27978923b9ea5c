"""The slots of a day as one person meets them: theirs to fill in, or somebody else's, and how far the day is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext

from inspections.checks.people import doer, filled_by
from inspections.checks.selectors import Row
from inspections.schedules.rules import Standing
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import SHANGHAI, local_date

HANDLED = frozenset({Standing.DONE, Standing.LATE, Standing.EXEMPT})


@dataclass(frozen=True, slots=True)
class Duty:
    """One slot before one person: whether they may fill it in, and whether that is for somebody else (代填)."""

    row: Row
    fills: bool
    stands_in: bool = False

    @property
    def waits(self) -> bool:
        """Say whether this person can fill it in now."""
        return self.fills and self.row.can_be_filled

    @property
    def url(self) -> str:
        """Return where it is filled in or was handed in; nothing where there is nothing this person could open."""
        if self.waits:
            return self.row.url
        return reverse("inspections:check", args=[self.row.check.pk]) if self.row.check is not None else ""

    @property
    def who(self) -> str:
        """Return who fills it in, where that is somebody else."""
        return "" if self.fills else filled_by(self.row.wording.spec.template)

    @property
    def opens(self) -> str:
        """Return from when it can be filled in, as long as its hours have not begun."""
        slot = self.row.slot
        return opening_words(slot.opens_at, slot.date) if self.is_planned else ""

    @property
    def is_planned(self) -> bool:
        """Say whether its hours have not begun."""
        return self.row.standing == Standing.PLANNED


def of(user: User, rows: Iterable[Row]) -> list[Duty]:
    """Return slots as a person meets them: their own first, then those they may fill in for others, then the rest."""
    met = []
    for row in rows:
        found = doer(user, row.place, row.wording.spec.template)
        met.append(Duty(row, found is not None, found is not None and found[1]))
    return sorted(met, key=lambda it: (not it.fills, it.stands_in))


def next_of(duties: Iterable[Duty]) -> Row | None:
    """Return what a person fills in next, or nothing."""
    return next((it.row for it in duties if it.waits), None)


def progress_words(duties: Sequence[Duty]) -> str:
    """Return how many of the slots whose hours have begun are handed in or exempt, and how many are to come."""
    begun = [it for it in duties if not it.is_planned]
    done, later = sum(it.row.standing in HANDLED for it in begun), len(duties) - len(begun)
    told = [
        gettext("已办 %(done)s / %(all)s") % {"done": done, "all": len(begun)} if begun else "",
        gettext("还有 %(n)s 项未到时间") % {"n": later} if later else "",
    ]
    return " · ".join(filter(None, told))


def opening_words(opens_at: datetime, today: date) -> str:
    """Return from when a form can be filled in; the day is told where it is not `today`."""
    local = opens_at.astimezone(SHANGHAI)
    clock = local.strftime("%H:%M")
    if local_date(opens_at) == today:
        return gettext("%(clock)s 起可填报") % {"clock": clock}
    return gettext("%(month)s月%(day)s日 %(clock)s 起可填报") % {"month": local.month, "day": local.day, "clock": clock}
