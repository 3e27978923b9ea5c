"""Typed inputs written in the case file's shape, so that a frozen year can be read back and computed again."""

from dataclasses import asdict
from fractions import Fraction

from inspections.evaluations.rules.bureaus import CityInputs, CountyInputs, ReviewFacts, SchoolRow
from inspections.evaluations.rules.figures import plain
from inspections.evaluations.rules.inputs import (
    BonusFacts,
    FundsInputs,
    IncidentInputs,
    IssueCount,
    ManagementInputs,
    PartInputs,
    SchoolInputs,
    Sheet,
    SurveyGroup,
)
from inspections.evaluations.rules.persons import DutyRates, PersonInputs
from inspections.evaluations.rules.words import WORDS

Written = dict[str, object]


def school_case(inputs: SchoolInputs) -> Written:
    """Return a school's inputs as plain data; `parsers.school_inputs` reads them back unchanged."""
    written: Written = {key: _part(part) for key, part in inputs.places}
    if inputs.management is not None:
        written["management"] = _management(inputs.management)
    written |= {
        "bonus": asdict(inputs.bonus) if isinstance(inputs.bonus, BonusFacts) else plain(inputs.bonus),
        "school_days": inputs.school_days,
        "late_reports": inputs.late_reports,
        "open_critical": inputs.open_critical,
        "incidents": [_incident(incident) for incident in inputs.incidents],
    }
    if inputs.decided is not None:
        written["veto_decided"] = inputs.decided.value
    return written


def county_case(inputs: CountyInputs) -> Written:
    """Return a county's inputs as plain data."""
    return {
        "schools": [_school_row(row) for row in inputs.schools],
        "coverage": _rate(inputs.coverage),
        "review": _review(inputs.review),
        "training": _rate(inputs.training),
        "satisfaction": _figure(inputs.satisfaction),
        "own_fault": inputs.own_fault,
    }


def city_case(inputs: CityInputs) -> Written:
    """Return a city's inputs as plain data."""
    return {
        "counties": [
            {"enrolment": row.enrolment, "score": _figure(row.score), "vetoed": row.vetoed} for row in inputs.counties
        ],
        "schools": [_school_row(row) for row in inputs.schools],
        "sampling": _rate(inputs.sampling),
        "review": _review(inputs.review),
        "training": _rate(inputs.training),
        "sharing": _rate(inputs.sharing),
        "own_fault": inputs.own_fault,
    }


def person_case(inputs: PersonInputs) -> Written:
    """Return a principal's inputs as plain data."""
    duty = inputs.duty
    return {
        "posts": [
            {
                "days": post.days,
                "school_score": _figure(post.school_score),
                "management_score": _figure(post.management_score),
            }
            for post in inputs.posts
        ],
        "duty": {key: _rate(rate) for key, rate in asdict(duty).items()}
        if isinstance(duty, DutyRates)
        else _figure(duty),
        "vetoed": inputs.vetoed,
    }


def _incident(facts: IncidentInputs) -> Written:
    return {
        "grade_493": facts.grade_493.value,
        "grade_food": facts.grade_food.value,
        "deaths": facts.deaths,
        "food_cases": facts.food_cases,
        "responsibility": facts.responsibility.value,
        "in_scope": facts.in_scope,
        "reportable": facts.reportable,
        "reporting": facts.reporting.value,
    }


def _part(part: PartInputs) -> Written:
    issues = {"critical": part.critical, "major": part.major, "minor": part.minor}
    return {
        "required": part.required,
        "exempt": part.exempt,
        "timely": part.timely,
        "late": part.late,
        "mismatch": part.mismatch,
        "issues": {name: _issues(count) for name, count in issues.items() if count.due},
        "visits": _visits(part.visits),
    }


def _issues(count: IssueCount) -> list[int]:
    return [count.on_time, count.half, count.failed]


def _visits(visits: tuple[Sheet, ...]) -> list[list[str]]:
    return sorted([sheet.level, plain(sheet.score)] for sheet in visits)


def _management(part: ManagementInputs) -> Written:
    groups = {"students": part.survey.students, "parents": part.survey.parents, "staff": part.survey.staff}
    return {
        "ratio": _rate(part.ratio),
        "certs": _rate(part.certs),
        "training": _rate(part.training),
        "regs": _rate(part.regs),
        "plans": _rate(part.plans),
        "drills": _rate(part.drills),
        "disclosure": _rate(part.disclosure),
        "democracy": _rate(part.democracy),
        "funds": _funds(part.funds) if isinstance(part.funds, FundsInputs) else _figure(part.funds),
        "new_debt": part.new_debt,
        "survey": {name: _group(group) for name, group in groups.items() if group is not None},
        "visits": _visits(part.visits),
    }


def _funds(facts: FundsInputs) -> Written:
    return {
        "closings": _rate(facts.closings),
        "disclosures": _rate(facts.disclosures),
        "surplus_rate": _figure(facts.surplus_rate),
        "zero_reports": _rate(facts.zero_reports),
    }


def _group(group: SurveyGroup) -> list[object]:
    return [plain(group.score), group.answers, group.population]


def _school_row(row: SchoolRow) -> Written:
    return {
        "enrolment": row.enrolment,
        "score": _figure(row.score),
        "grade": WORDS[row.grade],
        "vetoed": row.vetoed,
    }


def _review(review: Fraction | ReviewFacts | None) -> object:
    if isinstance(review, ReviewFacts):
        return {"verification": _rate(review.verification), "pass_on": _rate(review.pass_on)}
    return _rate(review)


def _rate(rate: Fraction | None) -> list[int] | None:
    return None if rate is None else [rate.numerator, rate.denominator]


def _figure(figure: Fraction | None) -> str | None:
    return None if figure is None else plain(figure)
