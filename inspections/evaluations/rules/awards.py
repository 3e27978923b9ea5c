"""The entry bar of the three creation programmes (evaluation §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from inspections.evaluations.rules.figures import judged
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import Bar, Grade
from inspections.incidents.rules.vetoes import window_open
from inspections.incidents.rules.words import VetoState

PROGRAMMES = ("canteen", "dormitory", "campus")


@dataclass(frozen=True, slots=True)
class VetoWindow:
    """A veto as an award sees it: its state, the day it counts from, its months, rectification verified or not."""

    state: VetoState
    day: date
    months: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a school has on the day it applies: last full-year grade, published parts, vetoes, visits in 12 months."""

    grade: Grade
    parts: Mapping[str, Fraction | None]
    vetoes: tuple[VetoWindow, ...] = ()
    open_critical: bool = False
    visits: int = 0
    legal_basis: bool = False


@dataclass(frozen=True, slots=True)
class EntryBar:
    """Every bar missed, in the order of evaluation §7."""

    reasons: tuple[Bar, ...]

    @property
    def eligible(self) -> bool:
        """Whether the subject may apply."""
        return not self.reasons


def entry_bar(programme: str, standing: Standing, *, on: date, scheme: Scheme) -> EntryBar:
    """Return which bars an application of that day misses (evaluation §5)."""
    part = standing.parts.get(programme)
    missed = {
        Bar.GRADE: standing.grade not in {Grade.EXCELLENT, Grade.GOOD},
        Bar.PART_SCORE: part is None or judged(part) < scheme.award_part,
        Bar.VETO: any(
            window_open(veto.state, on=on, day=veto.day, months=veto.months, verified=veto.verified)
            for veto in standing.vetoes
        ),
        Bar.OPEN_CRITICAL: standing.open_critical,
        Bar.VISITS: standing.visits < scheme.award_visits,
        Bar.LEGAL_BASIS: not standing.legal_basis,
    }
    return EntryBar(reasons=tuple(bar for bar in Bar if missed[bar]))
