"""The figures of one year's evaluation: weights, lines, caps and limits, frozen and written out exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Self

from inspections.evaluations.rules.figures import Weights, plain
from inspections.incidents.rules.figures import IncidentFigures

_PARTS = Weights(canteen=30, dormitory=25, campus=20, management=25)
_INDICATORS = Weights(completion=15, timeliness=10, rectification=20, supervision=55)
_MANAGEMENT = Weights(people=20, system=20, funds=15, satisfaction=20, openness=10, supervision=15)
_PEOPLE = Weights(ratio=40, certs=40, training=20)
_SYSTEM = Weights(regs=40, plans=20, drills=40)
_FUNDS = Weights(closings=40, disclosures=20, surplus=20, zero_reports=20)
_SURVEY = Weights(students=40, parents=40, staff=20)
_OPENNESS = Weights(disclosure=60, democracy=40)
_SEVERITIES = Weights(critical=3, major=2, minor=1)
_LEVELS = Weights(province="1.5", city="1.2", county=1)
_LINES = Weights(excellent=90, good=80, qualified=60)
_COUNTY = Weights(schools=35, qualified=15, coverage=20, review=15, training=10, satisfaction=5)
_CITY = Weights(counties=45, schools=15, sampling=15, review=15, training=5, sharing=5)
_PERSON = Weights(school=60, management=20, duty=20)
_DUTIES = Weights(meals=1, dispatch=1, shifts=1, drills=1)
_REVIEW = Weights(verification=1, pass_on=1)
_PERSON_LINES = Weights(excellent=90, qualified=70, basic=60)
_HALF = Fraction(1, 2)
_ONE = Fraction(1)
_TWO = Fraction(2)
_THREE = Fraction(3)
_FIVE = Fraction(5)
_TWENTY = Fraction(20)
_SURPLUS_FULL = Fraction(3, 100)
_SURPLUS_HALF = Fraction(6, 100)
_PART_LINE = Fraction(75)
_COMPLETION_LINE = Fraction(90)
_VETOED_SCORE = Fraction("59.99")
_LINE_SHARE = Fraction(2, 100)
_AWARD_LINE = Fraction(85)
_INCIDENTS = IncidentFigures()


@dataclass(frozen=True, slots=True)
class Scheme:
    """Every figure of a year's evaluation, with the defaults of `domain/evaluation.md` §2–§5."""

    parts: Weights = _PARTS
    indicators: Weights = _INDICATORS
    management: Weights = _MANAGEMENT
    people: Weights = _PEOPLE
    system: Weights = _SYSTEM
    funds: Weights = _FUNDS
    survey: Weights = _SURVEY
    openness: Weights = _OPENNESS
    severities: Weights = _SEVERITIES
    levels: Weights = _LEVELS

    half_share: Fraction = _HALF
    half_within: Fraction = _TWO
    mismatch_points: Fraction = _ONE
    mismatch_most: Fraction = _FIVE
    survey_answers: int = 30
    survey_share: Fraction = _HALF
    surplus_full: Fraction = _SURPLUS_FULL
    surplus_half: Fraction = _SURPLUS_HALF
    surplus_half_share: Fraction = _HALF

    bonus_most: Fraction = _THREE
    practice_points: Fraction = _ONE
    practices_most: int = 2
    labour_points: Fraction = _ONE
    basket_points: Fraction = _ONE
    late_report_points: Fraction = _ONE
    late_report_most: Fraction = _THREE

    lines: Weights = _LINES
    cap_part: Fraction = _PART_LINE
    cap_completion: Fraction = _COMPLETION_LINE
    cap_school_days: int = 120
    graded_school_days: int = 60

    county: Weights = _COUNTY
    city: Weights = _CITY
    review: Weights = _REVIEW
    vetoed_score: Fraction = _VETOED_SCORE
    veto_points: Fraction = _FIVE
    veto_points_most: Fraction = _TWENTY
    veto_line_least: int = 3
    veto_line_share: Fraction = _LINE_SHARE
    vetoed_counties_line: int = 3

    person: Weights = _PERSON
    duties: Weights = _DUTIES
    person_lines: Weights = _PERSON_LINES

    award_part: Fraction = _AWARD_LINE
    award_visits: int = 2

    incidents: IncidentFigures = _INCIDENTS

    def to_json(self) -> dict[str, object]:
        """Return the scheme as plain data, exact decimals as strings, that `from_json` reads back unchanged."""
        return {field.name: _written(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Return the scheme written down in `data`; a missing, unknown or impossible figure is a ValueError."""
        names = {field.name for field in fields(cls)}
        if set(data) != names:
            raise ValueError(f"方案参数的名称不符：{'、'.join(sorted(set(data) ^ names))}")
        model = cls()
        figures = {name: _read(name, data[name], getattr(model, name)) for name in names}
        scheme = cls(**figures)  # type: ignore[arg-type]  # `_read` keeps each field's own type
        scheme.check()
        return scheme

    def check(self) -> None:
        """Raise a ValueError if the figures contradict each other."""
        orders = {
            "lines": tuple(self.lines.values()),
            "person_lines": tuple(self.person_lines.values()),
        }
        for name, (first, second, third) in orders.items():
            if not first > second > third:
                raise ValueError(f"方案参数 {name} 的等次线应由高到低")
        if self.surplus_full > self.surplus_half:
            raise ValueError("方案参数 surplus_full 不应大于 surplus_half")
        if self.graded_school_days > self.cap_school_days:
            raise ValueError("方案参数 graded_school_days 不应大于 cap_school_days")


def _written(value: object) -> object:
    if isinstance(value, Weights):
        return {name: plain(figure) for name, figure in value.items()}
    if isinstance(value, IncidentFigures):
        return value.to_json()
    return plain(value) if isinstance(value, Fraction) else value


def _read(name: str, value: object, model: object) -> object:
    if isinstance(model, Weights):
        if not isinstance(value, Mapping) or set(value) != set(model):
            raise ValueError(f"方案参数 {name} 应写明 {'、'.join(model)}")
        return Weights(**{key: _exact(f"{name}.{key}", value[key]) for key in model})
    if isinstance(model, IncidentFigures):
        return IncidentFigures.from_json(value if isinstance(value, Mapping) else {})
    if isinstance(model, Fraction):
        return _exact(name, value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"方案参数 {name} 应为不小于 0 的整数")
    return value


def _exact(name: str, value: object) -> Fraction:
    try:
        figure = Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        figure = None
    if figure is None or figure < 0:
        raise ValueError(f"方案参数 {name} 应为不小于 0 的准确小数")
    return figure
