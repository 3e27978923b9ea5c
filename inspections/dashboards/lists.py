"""What the lists behind a board's figures say of themselves: of which days, how many, and which rates these give."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.http import urlencode
from django.utils.translation import gettext

from inspections.checks.selectors import Row
from inspections.dashboards.forms import DONE, FAILING, GAPS, LATE, ON_TIME, SHOWS, SlotAsk
from inspections.dashboards.rules import Tally, rate_words
from inspections.dashboards.slots import Folded, shown, tally_of
from logistics_portal.kit.components import Tab

TABS = ("", DONE, ON_TIME, LATE, GAPS, FAILING)


@dataclass(frozen=True)
class Head:
    """What stands above a list of slots."""

    ask: SlotAsk
    tally: Tally
    counts: dict[str, int]
    folded: Folded | None = None

    @property
    def title(self) -> str:
        """Return what the list holds."""
        return gettext("%(what)s的检查") % {"what": SHOWS[self.ask.show]}

    @property
    def days(self) -> str:
        """Return the days the list is about."""
        if self.ask.days:
            return gettext("、").join(day_words(day) for day in self.ask.days)
        if self.ask.first == self.ask.last:
            return day_words(self.ask.first)
        return gettext("%(first)s至%(last)s") % {"first": day_words(self.ask.first), "last": day_words(self.ask.last)}

    @property
    def rates(self) -> str:
        """Return the rates that these slots give, with their parts."""
        words = {
            "duty": f"{self.tally.duty:,}",
            "done": f"{self.tally.done:,}",
            "timely": f"{self.tally.timely:,}",
            "completion": rate_words(self.tally.completion),
            "on_time": rate_words(self.tally.on_time),
        }
        return (
            gettext("应检 %(duty)s 次，已检 %(done)s 次，按时 %(timely)s 次；完成率 %(completion)s，按时率 %(on_time)s")
            % words
        )

    @property
    def tabs(self) -> list[Tab]:
        """Return the parts of the list, each with its number."""
        return [Tab(show, str(SHOWS[show]), self.url(show), self.counts[show]) for show in TABS]

    def url(self, show: str) -> str:
        """Return the query that asks the same with another standing."""
        ask = self.ask
        asked = [("since", ask.first.isoformat()), ("until", ask.last.isoformat()), ("subject", ask.subject)]
        asked += [("school", ask.school), ("checklist", ask.checklist), ("closed", "1" if ask.closed else "")]
        asked += [("on", day.isoformat()) for day in ask.days] + [("show", show)]
        return f"?{urlencode([(key, value) for key, value in asked if value])}"

    @property
    def other(self) -> str:
        """Return what the tallies of the board say where the rows say otherwise by now; else nothing."""
        now, then = self.tally, self.folded
        if then is None or (now.duty, now.timely, now.late) == tuple(then):
            return ""
        words = {"duty": f"{then.duty:,}", "done": f"{then.timely + then.late:,}", "timely": f"{then.timely:,}"}
        return gettext("概况页汇总时是应检 %(duty)s 次、已检 %(done)s 次、按时 %(timely)s 次") % words


def head(rows: Collection[Row], ask: SlotAsk, folded: Folded | None = None) -> Head:
    """Return what stands above a list of slots; `folded` is what the board counts them as."""
    return Head(ask, tally_of(rows), {show: len(shown(rows, show)) for show in TABS}, folded)


def summed(found: Folded, ask: SlotAsk) -> Head:
    """Return what stands above a list of tallies."""
    return Head(ask, Tally(found.duty, found.timely, found.late), {})


def day_words(day: date) -> str:
    """Return a day as headings write it."""
    return gettext("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
