"""A principal's year: the schools led, by days in post, and the personal duties (evaluation §4, K64)."""

from dataclasses import dataclass
from fractions import Fraction

from inspections.evaluations.rules.figures import judged, mean
from inspections.evaluations.rules.indicators import rates_line
from inspections.evaluations.rules.lines import Line, weighted
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import PersonGrade


@dataclass(frozen=True, slots=True)
class PostSpan:
    """Days in one post, with that school's published score and management part before any veto."""

    days: int
    school_score: Fraction | None
    management_score: Fraction | None


@dataclass(frozen=True, slots=True)
class DutyRates:
    """Personal duties done ÷ planned; None where nothing was planned."""

    meals: Fraction | None = None
    dispatch: Fraction | None = None
    shifts: Fraction | None = None
    drills: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PersonInputs:
    """Everything a principal's result is computed from; duty as rates or as a figure 0…100."""

    posts: tuple[PostSpan, ...] = ()
    duty: Fraction | DutyRates | None = None
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class PersonOutcome:
    """A principal's proposed result; the personnel organ decides (evaluation §3.4)."""

    explanation: Line
    grade: PersonGrade
    grade_before_veto: PersonGrade

    @property
    def score(self) -> Fraction | None:
        """The exact score, or None where nothing applies."""
        return self.explanation.exact

    @property
    def printed(self) -> str | None:
        """The score as printed."""
        return self.explanation.printed


def principal(inputs: PersonInputs, scheme: Scheme) -> PersonOutcome:
    """Return a principal's result of the year, weighted by days in post (evaluation §4)."""
    schools = [(post.days, post.school_score) for post in inputs.posts]
    managements = [(post.days, post.management_score) for post in inputs.posts]
    lines = (
        _by_days("school", schools, scheme.person["school"]),
        _by_days("management", managements, scheme.person["management"]),
        _duty(inputs.duty, scheme),
    )
    explanation = weighted("person", "weighted", lines)
    before = person_grade(explanation.exact, scheme)
    return PersonOutcome(
        explanation=explanation,
        grade=PersonGrade.FAIL if inputs.vetoed else before,
        grade_before_veto=before,
    )


def person_grade(score: Fraction | None, scheme: Scheme) -> PersonGrade:
    """Return the personal grade of a score by its printed figure (evaluation §4, K64)."""
    if score is None:
        return PersonGrade.NOT_GRADED
    shown = judged(score)
    if shown >= scheme.person_lines["excellent"]:
        return PersonGrade.EXCELLENT
    if shown >= scheme.person_lines["qualified"]:
        return PersonGrade.PASS
    return PersonGrade.BASIC if shown >= scheme.person_lines["basic"] else PersonGrade.FAIL


def _by_days(key: str, figures: list[tuple[int, Fraction | None]], weight: Fraction) -> Line:
    days = sum(span for span, figure in figures if figure is not None)
    return Line(key=key, rule="days", inputs=(("days", days),), exact=mean(figures), weight=weight)


def _duty(duty: Fraction | DutyRates | None, scheme: Scheme) -> Line:
    weight = scheme.person["duty"]
    if not isinstance(duty, DutyRates):
        return Line(key="duty", rule="given", inputs=(("score", duty),), exact=duty, weight=weight)
    rates = {"meals": duty.meals, "dispatch": duty.dispatch, "shifts": duty.shifts, "drills": duty.drills}
    return rates_line("duty", rates, scheme.duties, weight)
