"""The typed inputs of schools, bureaus and persons, read from the case file's shape (evaluation §7)."""

from collections.abc import Mapping
from fractions import Fraction

from inspections.evaluations.rules.bureaus import CityInputs, CountyInputs, CountyRow, ReviewFacts, SchoolRow
from inspections.evaluations.rules.figures import HUNDRED, ZERO
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
    SurveyInputs,
)
from inspections.evaluations.rules.persons import DutyRates, PersonInputs, PostSpan
from inspections.evaluations.rules.reading import Reader
from inspections.evaluations.rules.words import GRADES, Grade
from inspections.incidents.rules import words as incidents

SEVERITIES = ("critical", "major", "minor")
LEVELS = ("province", "city", "county")
GROUPS = ("students", "parents", "staff")
GRAVITIES = {grade.value: grade for grade in incidents.Grade}
DEGREES = {degree.value: degree for degree in incidents.Responsibility}
DECIDED = {state.value: state for state in incidents.YearVeto}
REPORTINGS = {reporting.value: reporting for reporting in incidents.Reporting}


def school_inputs(reader: Reader) -> SchoolInputs:
    """Return the inputs of one school; a part that is absent does not apply."""
    management = reader.child("management")
    return SchoolInputs(
        canteen=_part(reader.child("canteen")),
        dormitory=_part(reader.child("dormitory")),
        campus=_part(reader.child("campus")),
        management=None if management is None else _management(management),
        bonus=_bonus(reader),
        school_days=reader.count("school_days", 200),
        late_reports=reader.count("late_reports"),
        open_critical=reader.flag("open_critical"),
        incidents=tuple(_incident(row) for row in reader.children("incidents")),
        decided=reader.choice("veto_decided", DECIDED) if reader.has("veto_decided") else None,
    )


def county_inputs(reader: Reader) -> CountyInputs:
    """Return the inputs of one county bureau."""
    return CountyInputs(
        schools=_school_rows(reader),
        coverage=reader.rate("coverage"),
        review=_review(reader),
        training=reader.rate("training"),
        satisfaction=reader.score("satisfaction"),
        own_fault=reader.flag("own_fault"),
    )


def city_inputs(reader: Reader) -> CityInputs:
    """Return the inputs of one city bureau."""
    return CityInputs(
        counties=tuple(
            CountyRow(enrolment=row.count("enrolment", None), score=row.score("score"), vetoed=row.flag("vetoed"))
            for row in reader.children("counties")
        ),
        schools=_school_rows(reader),
        sampling=reader.rate("sampling"),
        review=_review(reader),
        training=reader.rate("training"),
        sharing=reader.rate("sharing"),
        own_fault=reader.flag("own_fault"),
    )


def person_inputs(reader: Reader) -> PersonInputs:
    """Return the inputs of one principal."""
    posts = tuple(
        PostSpan(
            days=row.count("days", None),
            school_score=row.score("school_score"),
            management_score=row.score("management_score"),
        )
        for row in reader.children("posts")
    )
    return PersonInputs(posts=posts, duty=_duty(reader), vetoed=reader.flag("vetoed"))


def _part(reader: Reader | None) -> PartInputs | None:
    if reader is None:
        return None
    issues = _issues(reader)
    part = PartInputs(
        required=reader.count("required"),
        exempt=reader.count("exempt"),
        timely=reader.count("timely"),
        late=reader.count("late"),
        mismatch=reader.count("mismatch"),
        critical=issues.get("critical", IssueCount()),
        major=issues.get("major", IssueCount()),
        minor=issues.get("minor", IssueCount()),
        visits=visits(reader),
    )
    if part.timely + part.late > 0 and not reader.has("required"):
        raise reader.refuse("required", "有检查记录，却缺少应检数")
    if part.exempt > part.required:
        raise reader.refuse("exempt", "免检不应多于应检")
    if part.required > part.exempt and not reader.has("timely"):
        raise reader.refuse("timely", "有应检任务，却缺少按时数")
    return part


def _issues(reader: Reader) -> dict[str, IssueCount]:
    counted = reader.child("issues")
    found = {}
    for severity, value in ({} if counted is None else counted.data).items():
        if counted is None or severity not in SEVERITIES:
            raise reader.refuse(f"issues.{severity}", f"严重程度应为{'、'.join(SEVERITIES)}之一")
        row = counted.row(severity, value, ("按时", "折半", "未按期"))
        found[severity] = IssueCount(*(counted.whole(severity, member) for member in row))
    return found


def visits(reader: Reader) -> tuple[Sheet, ...]:
    """Return the scored visits of a part."""
    sheets = []
    for place, value in enumerate(reader.items("visits")):
        key = f"visits[{place}]"
        level, score = reader.row(key, value, ("层级", "得分"))
        if level not in LEVELS:
            raise reader.refuse(key, f"层级应为{'、'.join(LEVELS)}之一")
        sheets.append(Sheet(level=str(level), score=reader.member_score(key, score)))
    return tuple(sheets)


def _management(reader: Reader) -> ManagementInputs:
    return ManagementInputs(
        ratio=reader.rate("ratio"),
        certs=reader.rate("certs"),
        training=reader.rate("training"),
        regs=reader.rate("regs"),
        plans=reader.rate("plans"),
        drills=reader.rate("drills"),
        disclosure=reader.rate("disclosure"),
        democracy=reader.rate("democracy"),
        funds=_funds(reader),
        new_debt=reader.flag("new_debt"),
        survey=_survey(reader),
        visits=visits(reader),
    )


def _funds(reader: Reader) -> Fraction | FundsInputs | None:
    if not isinstance(reader.data.get("funds"), Mapping):
        return reader.figure("funds", HUNDRED)
    facts = reader.child("funds")
    return (
        None
        if facts is None
        else FundsInputs(
            closings=facts.rate("closings"),
            disclosures=facts.rate("disclosures"),
            surplus_rate=facts.signed("surplus_rate"),
            zero_reports=facts.rate("zero_reports"),
        )
    )


def _survey(reader: Reader) -> SurveyInputs:
    survey = reader.child("survey")
    if survey is None:
        return SurveyInputs()
    for key in survey.data:
        if key not in GROUPS:
            raise survey.refuse(key, f"人群应为{'、'.join(GROUPS)}之一")
    return SurveyInputs(
        students=_group(survey, "students"),
        parents=_group(survey, "parents"),
        staff=_group(survey, "staff"),
    )


def _group(survey: Reader, key: str) -> SurveyGroup | None:
    value = survey.data.get(key)
    if value is None:
        return None
    score, answers, population = survey.row(key, value, ("得分", "有效答卷", "应答人数"))
    group = SurveyGroup(
        score=survey.member_score(key, score),
        answers=survey.whole(key, answers),
        population=survey.whole(key, population),
    )
    if group.answers > group.population:
        raise survey.refuse(key, "有效答卷不应多于应答人数")
    return group


def _bonus(reader: Reader) -> Fraction | BonusFacts:
    if not isinstance(reader.data.get("bonus"), Mapping):
        return reader.figure("bonus") or ZERO
    facts = reader.child("bonus")
    return (
        ZERO
        if facts is None
        else BonusFacts(
            practices=facts.count("practices"),
            labour=facts.flag("labour"),
            basket=facts.flag("basket"),
        )
    )


def _incident(reader: Reader) -> IncidentInputs:
    return IncidentInputs(
        grade_493=reader.choice("grade_493", GRAVITIES, incidents.Grade.BELOW),
        grade_food=reader.choice("grade_food", GRAVITIES, incidents.Grade.BELOW),
        deaths=reader.count("deaths"),
        food_cases=reader.count("food_cases"),
        responsibility=reader.choice("responsibility", DEGREES, incidents.Responsibility.PENDING),
        in_scope=reader.flag("in_scope", default=True),
        reportable=reader.flag("reportable"),
        reporting=reader.choice("reporting", REPORTINGS, incidents.Reporting.ON_TIME),
    )


def _school_rows(reader: Reader) -> tuple[SchoolRow, ...]:
    return tuple(
        SchoolRow(
            enrolment=row.count("enrolment", None),
            score=row.score("score"),
            grade=row.choice("grade", GRADES, Grade.FAIL if row.flag("vetoed") else None),
            vetoed=row.flag("vetoed"),
        )
        for row in reader.children("schools")
    )


def _review(reader: Reader) -> Fraction | ReviewFacts | None:
    if not isinstance(reader.data.get("review"), Mapping):
        return reader.rate("review")
    facts = reader.child("review")
    return None if facts is None else ReviewFacts(facts.rate("verification"), facts.rate("pass_on"))


def _duty(reader: Reader) -> Fraction | DutyRates | None:
    if not isinstance(reader.data.get("duty"), Mapping):
        return reader.score("duty")
    facts = reader.child("duty")
    return (
        None
        if facts is None
        else DutyRates(
            meals=facts.rate("meals"),
            dispatch=facts.rate("dispatch"),
            shifts=facts.rate("shifts"),
            drills=facts.rate("drills"),
        )
    )
