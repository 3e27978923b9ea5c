"""Who is called when a finding is not mended in time: the rungs of its ladder, and which of them are due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from inspections.findings.rules import DEFAULTS, DaysEnd, Figures, Timing, waited
from logistics_portal.kit.dates import last_day_before, local_date

OPENED = "opened"  # the first rung of every ladder, called once in the life of a finding


@dataclass(frozen=True, slots=True)
class Rung:
    """One call for help: when, which, who is told, and from when its time is counted: the deadline, or the opening."""

    at: datetime
    key: str
    told: tuple[str, ...]
    since: datetime


def ladder(timing: Timing, school_days: DaysEnd, figures: Figures = DEFAULTS) -> list[Rung]:
    """Return the rungs of a finding in order of time, by the deadline in force; a rung waits while it is tolerated."""
    due = timing.holds_until
    rungs = []
    for rule in figures.ladders[timing.severity]:
        start = due if rule.from_due else timing.recorded_at
        day = last_day_before(start) if rule.from_due else local_date(start)
        rungs.append(Rung(waited(start, rule.wait, school_days, day), rule.key, rule.told, start))
    return sorted(rungs, key=lambda rung: rung.at)


def rungs_due(rungs: Iterable[Rung], called: Mapping[str, datetime], at: datetime) -> list[Rung]:
    """Return the rungs whose moment has come and that were not called yet; `called` says when each last was.

    A call holds for the deadline it was made under. A remedy sent back keeps its old deadline (rights-and-states §3),
    so nobody is called for it twice and the rungs still to come follow in their time; a new deadline, once it has
    passed, calls everybody anew.
    """
    return [rung for rung in rungs if rung.at <= at and not _called(rung, called)]


def _called(rung: Rung, called: Mapping[str, datetime]) -> bool:
    last = called.get(rung.key)
    return last is not None and (rung.key == OPENED or last >= rung.since)
