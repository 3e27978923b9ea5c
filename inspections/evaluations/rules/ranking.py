"""The rank of schools in a county, and who is 优秀 under a quota (evaluation §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspections.evaluations.rules.figures import HUNDRED, ZERO, hundredths
from inspections.evaluations.rules.words import GRADED, Grade


@dataclass(frozen=True, slots=True)
class Candidate:
    """One school as it stands for ranking, by its published figures."""

    code: str
    score: Fraction | None
    own_grade: Grade
    vetoed: bool = False
    critical_rectification: Fraction | None = None
    supervision: Fraction | None = None

    @property
    def keys(self) -> tuple[int, int, int]:
        """The printed score, critical rectification (none due: 100) and supervision (none: 0), highest first."""
        critical = HUNDRED if self.critical_rectification is None else self.critical_rectification
        supervision = ZERO if self.supervision is None else self.supervision
        score = ZERO if self.score is None else self.score
        return -hundredths(score), -hundredths(critical), -hundredths(supervision)


@dataclass(frozen=True, slots=True)
class Placing:
    """A school's rank, None if not ranked, its grade after the quota, and its place in the display."""

    code: str
    rank: int | None
    grade: Grade
    place: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The placings in display order, ranked schools first, and by how many the quota was overrun."""

    placings: tuple[Placing, ...]
    overrun: int

    def of(self, code: str) -> Placing:
        """Return the placing of a school."""
        return next(placing for placing in self.placings if placing.code == code)


def rank(schools: Sequence[Candidate], quota: int | None) -> Ranking:
    """Return ranks and grades: equal scores share a rank, a quota admits ties on all keys together (§2).

    Only graded schools that are not vetoed and have a score are ranked; quota None means no quota.
    """
    ranked = sorted(
        (school for school in schools if not school.vetoed and school.own_grade in GRADED and school.score is not None),
        key=lambda school: (school.keys, school.code),
    )
    admitted = _admitted([school for school in ranked if school.own_grade == Grade.EXCELLENT], quota)
    shared: dict[int, int] = {}
    for place, school in enumerate(ranked, start=1):
        shared.setdefault(school.keys[0], place)
    placings = [
        Placing(school.code, shared[school.keys[0]], _grade(school, admitted), place)
        for place, school in enumerate(ranked, start=1)
    ]
    known = {school.code for school in ranked}
    rest = sorted((school for school in schools if school.code not in known), key=lambda school: school.code)
    placings += [Placing(school.code, None, _grade(school, admitted), None) for school in rest]
    overrun = 0 if quota is None else max(len(admitted) - quota, 0)
    return Ranking(placings=tuple(placings), overrun=overrun)


def _admitted(excellent: list[Candidate], quota: int | None) -> frozenset[str]:
    if quota is None:
        return frozenset(school.code for school in excellent)
    if quota == 0:
        return frozenset()
    last = excellent[min(quota, len(excellent)) - 1].keys if excellent else (0, 0, 0)
    return frozenset(school.code for school in excellent if school.keys <= last)


def _grade(school: Candidate, admitted: frozenset[str]) -> Grade:
    if school.vetoed:
        return Grade.FAIL
    if school.own_grade != Grade.EXCELLENT or school.code in admitted:
        return school.own_grade
    return Grade.GOOD if school.score is not None else school.own_grade
