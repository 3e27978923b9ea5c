"""The year of a county or city bureau: its schools, its own work, and what vetoes cost it (evaluation §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from inspections.evaluations.rules.figures import mean, percent
from inspections.evaluations.rules.lines import Line, adjusted, rate_line, weighted
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import grade_of, under_veto
from inspections.evaluations.rules.words import GRADED, Grade
from inspections.incidents.rules.words import YearVeto

QUALIFIED = frozenset({Grade.EXCELLENT, Grade.GOOD, Grade.PASS})


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school's published result as its bureau's evaluation takes it."""

    enrolment: int
    score: Fraction | None
    grade: Grade
    vetoed: bool = False

    @property
    def graded(self) -> bool:
        """Whether the school enters: vetoed included, 暂缓 and 不定等次 not."""
        return self.vetoed or self.grade in GRADED


@dataclass(frozen=True, slots=True)
class CountyRow:
    """A county's published result as its city's evaluation takes it."""

    enrolment: int
    score: Fraction | None
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The two rates of a bureau's review: remedies verified and reports passed on in time."""

    verification: Fraction | None = None
    pass_on: Fraction | None = None


@dataclass(frozen=True, slots=True)
class CountyInputs:
    """Everything a county's result is computed from; rates 0…1, satisfaction 0…100, None where not applicable."""

    schools: tuple[SchoolRow, ...] = ()
    coverage: Fraction | None = None
    review: Fraction | ReviewFacts | None = None
    training: Fraction | None = None
    satisfaction: Fraction | None = None
    own_fault: bool = False


@dataclass(frozen=True, slots=True)
class CityInputs:
    """Everything a city's result is computed from; rates 0…1, None where not applicable."""

    counties: tuple[CountyRow, ...] = ()
    schools: tuple[SchoolRow, ...] = ()
    sampling: Fraction | None = None
    review: Fraction | ReviewFacts | None = None
    training: Fraction | None = None
    sharing: Fraction | None = None
    own_fault: bool = False


@dataclass(frozen=True, slots=True)
class BureauOutcome:
    """A bureau's result of a year; `line` is the number of vetoed schools from which it is itself vetoed."""

    explanation: Line
    grade: Grade
    grade_before_veto: Grade
    veto: YearVeto
    vetoed: int
    line: int

    @property
    def score(self) -> Fraction | None:
        """The exact score before any veto, or None where nothing applies."""
        return self.explanation.exact

    @property
    def printed(self) -> str | None:
        """The score as printed."""
        return self.explanation.printed


def county(inputs: CountyInputs, scheme: Scheme) -> BureauOutcome:
    """Return a county bureau's result of the year (evaluation §3.4, §4)."""
    weights = scheme.county
    lines = (
        _mean_of("schools", _entered(inputs.schools), weights["schools"], scheme),
        _qualified(inputs.schools, weights["qualified"]),
        rate_line("coverage", inputs.coverage, weights["coverage"]),
        _review(inputs.review, weights["review"], scheme),
        rate_line("training", inputs.training, weights["training"]),
        Line(
            key="satisfaction",
            rule="given",
            inputs=(("score", inputs.satisfaction),),
            exact=inputs.satisfaction,
            weight=weights["satisfaction"],
        ),
    )
    vetoed = _vetoed(inputs.schools)
    line = veto_line(inputs.schools, scheme)
    return _outcome(lines, vetoed=vetoed, line=line, own_veto=inputs.own_fault or vetoed >= line, scheme=scheme)


def city(inputs: CityInputs, scheme: Scheme) -> BureauOutcome:
    """Return a city bureau's result of the year; without counties its own schools weigh for both (§3.4, §4)."""
    weights = scheme.city
    own = weights["schools"] if inputs.counties else weights["schools"] + weights["counties"]
    lines = (
        _mean_of("counties", inputs.counties, weights["counties"], scheme),
        _mean_of("schools", _entered(inputs.schools), own, scheme),
        rate_line("sampling", inputs.sampling, weights["sampling"]),
        _review(inputs.review, weights["review"], scheme),
        rate_line("training", inputs.training, weights["training"]),
        rate_line("sharing", inputs.sharing, weights["sharing"]),
    )
    counties, schools = _vetoed(inputs.counties), _vetoed(inputs.schools)
    line = veto_line(inputs.schools, scheme)
    own_veto = inputs.own_fault or counties >= scheme.vetoed_counties_line or schools >= line
    return _outcome(lines, vetoed=counties + schools, line=line, own_veto=own_veto, scheme=scheme)


def veto_line(schools: Sequence[SchoolRow], scheme: Scheme) -> int:
    """Return how many vetoed schools veto their bureau: max(3, 2 % of its graded schools, rounded up) (§3.4)."""
    graded = sum(1 for school in schools if school.graded)
    return max(scheme.veto_line_least, ceil(scheme.veto_line_share * graded))


def _outcome(lines: tuple[Line, ...], *, vetoed: int, line: int, own_veto: bool, scheme: Scheme) -> BureauOutcome:
    explanation = adjusted("score", "bureau", lines, (_deduction(vetoed, scheme),))
    veto = YearVeto.ACTIVE if own_veto else YearVeto.NONE
    before = grade_of(explanation.exact, scheme)
    return BureauOutcome(
        explanation=explanation,
        grade=under_veto(before, veto),
        grade_before_veto=before,
        veto=veto,
        vetoed=vetoed,
        line=line,
    )


def _entered(schools: Sequence[SchoolRow]) -> list[SchoolRow]:
    return [school for school in schools if school.graded]


def _vetoed(rows: Sequence[SchoolRow | CountyRow]) -> int:
    return sum(1 for row in rows if row.vetoed)


def _mean_of(key: str, rows: Sequence[SchoolRow | CountyRow], weight: Fraction, scheme: Scheme) -> Line:
    figures = [(row.enrolment, _counted(row, scheme)) for row in rows]
    inputs = (
        ("count", sum(1 for _, score in figures if score is not None)),
        ("vetoed", _vetoed(rows)),
        ("vetoed_score", scheme.vetoed_score),
    )
    return Line(key=key, rule="enrolment", inputs=inputs, exact=mean(figures), weight=weight)


def _counted(row: SchoolRow | CountyRow, scheme: Scheme) -> Fraction | None:
    return min(row.score, scheme.vetoed_score) if row.vetoed and row.score is not None else row.score


def _qualified(schools: Sequence[SchoolRow], weight: Fraction) -> Line:
    graded = _entered(schools)
    qualified = sum(1 for school in graded if not school.vetoed and school.grade in QUALIFIED)
    return Line(
        key="qualified",
        rule="qualified",
        inputs=(("qualified", qualified), ("graded", len(graded))),
        exact=percent(qualified, len(graded)),
        weight=weight,
    )


def _review(review: Fraction | ReviewFacts | None, weight: Fraction, scheme: Scheme) -> Line:
    if not isinstance(review, ReviewFacts):
        return rate_line("review", review, weight)
    lines = (
        rate_line("verification", review.verification, scheme.review["verification"]),
        rate_line("pass_on", review.pass_on, scheme.review["pass_on"]),
    )
    return weighted("review", "weighted", lines, weight)


def _deduction(vetoed: int, scheme: Scheme) -> Line:
    points = -min(vetoed * scheme.veto_points, scheme.veto_points_most)
    inputs = (
        ("vetoed", vetoed),
        ("points_each", scheme.veto_points),
        ("most", scheme.veto_points_most),
    )
    return Line(key="vetoes", rule="vetoes", inputs=inputs, exact=points, points=points)
