"""Who is called when a finding is not mended in time: the rungs of its ladder, and which of them are due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from inspections.findings.rules import DEFAULTS, DaysEnd, Figures, Timing, waited
from logistics_portal.kit.dates import last_day_before, local_date


@dataclass(frozen=True, slots=True)
class Rung:
    """One call for help: when, which, and who is told."""

    at: datetime
    key: str
    told: tuple[str, ...]


def ladder(timing: Timing, school_days: DaysEnd, figures: Figures = DEFAULTS) -> list[Rung]:
    """Return the rungs of a finding in order of time, by the deadline in force; a rung waits while it is tolerated."""
    due = timing.holds_until
    rungs = []
    for rule in figures.ladders[timing.severity]:
        start = due if rule.from_due else timing.recorded_at
        day = last_day_before(start) if rule.from_due else local_date(start)
        rungs.append(Rung(waited(start, rule.wait, school_days, day), rule.key, rule.told))
    return sorted(rungs, key=lambda rung: rung.at)


def rungs_due(rungs: Iterable[Rung], climbed: Collection[str], at: datetime) -> list[Rung]:
    """Return the rungs whose moment has come and that have no event yet; `climbed` are the keys of those that have."""
    return [rung for rung in rungs if rung.at <= at and rung.key not in climbed]
