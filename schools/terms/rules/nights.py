"""Why nobody sleeps at a school in a night, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import ONE_DAY
from schools.terms.rules.rows import Why

STARTS: Mapping[str, Promise] = {
    Why.CLOSURE: _("%(day)s起停课"),
    Why.CLOSED: _("%(day)s起按校历停课放假"),
    Why.HOLIDAY: _("%(day)s起放假"),
    Why.VACATION: _("%(day)s起不在学期内"),
    Why.NOT_RUNNING: _("%(day)s起停办"),
}
NAMED = frozenset({Why.CLOSURE, Why.CLOSED, Why.HOLIDAY})  # days that carry a reason of their own
HOLDS: Mapping[str, Promise] = {
    Why.WEEKEND: _("周末离校"),
    Why.CLOSURE: _("停课期间"),
    Why.CLOSED: _("校历安排不住宿"),
    Why.HOLIDAY: _("节假日离校"),
    Why.VACATION: _("学期以外"),
    Why.NOT_RUNNING: _("学校尚未开办或已停办"),
}


@dataclass(frozen=True, slots=True)
class NoNight:
    """Why boarders do not sleep here from the evening of `night` on; no `why` where none are registered.

    `since` is the day the cause begins; it is the night's own where the cause holds already.
    """

    why: Why | None
    night: date
    since: date
    note: str = ""

    @property
    def brief(self) -> str:
        """Return the sentence without what the rows say of their reason: 当晚无寄宿：次日起停课."""
        return gettext("当晚无寄宿：%(why)s") % {"why": self._cause()}

    @property
    def words(self) -> str:
        """Return the whole sentence: 当晚无寄宿：次日起停课（供暖检修）."""
        return (
            f"{self.brief}{gettext('（%(note)s）') % {'note': self.note}}"
            if self.note and self.why in NAMED
            else self.brief
        )

    def _cause(self) -> str:
        if self.why is None:
            return gettext("未登记寄宿")
        starts = STARTS.get(self.why) if self.since > self.night else None
        if starts is not None:
            return str(starts) % {"day": self._day()}
        return str(HOLDS.get(self.why) or gettext("次日才返校"))

    def _day(self) -> str:
        if self.since == self.night + ONE_DAY:
            return gettext("次日")
        return gettext("%(month)s月%(day)s日") % {"month": self.since.month, "day": self.since.day}
