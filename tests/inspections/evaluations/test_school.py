"""What always holds of a school's result, whatever its year was like."""

import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inspections.evaluations.models import Evaluation, Run
from inspections.evaluations.rules import parsers, school, writing
from inspections.evaluations.rules.figures import Weights
from inspections.evaluations.rules.inputs import (
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
from inspections.evaluations.rules.lines import Line
from inspections.evaluations.rules.reading import Reader
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import Cap, Remedy, outcome, rectification
from inspections.evaluations.rules.words import FORMULAS, INPUTS, LABELS, Grade
from inspections.evaluations.selectors import why_not_excellent
from inspections.incidents.rules.words import Grade as Gravity
from inspections.incidents.rules.words import Reporting, Responsibility, YearVeto
from logistics_portal.kit.dates import SHANGHAI
from tests.inspections.evaluations import brute, strategies

SCHEME = Scheme()
years = settings(max_examples=60, deadline=None)
KILLED = IncidentInputs(grade_493=Gravity.GENERAL, deaths=1, responsibility=Responsibility.MINOR)
PLACES = st.sampled_from(["canteen", "dormitory", "campus"])


def score(inputs: SchoolInputs) -> Fraction:
    return outcome(inputs, SCHEME).score or Fraction(0)


def with_part(inputs: SchoolInputs, place: str, **changes: object) -> SchoolInputs:
    part = getattr(inputs, place)
    return replace(inputs, **{place: replace(part, **changes)})


def has(place: str, inputs: SchoolInputs) -> PartInputs:
    part = getattr(inputs, place)
    assume(part is not None)
    return part


@years
@given(strategies.schools)
def test_a_second_plain_computation_finds_the_same_score(inputs):
    result = outcome(inputs, SCHEME)

    assert result.score == brute.score(inputs)
    assert result.printed == brute.shown(brute.score(inputs))


@years
@given(strategies.schools)
def test_a_score_lies_between_0_and_100(inputs):
    result = outcome(inputs, SCHEME)

    assert result.score is None or 0 <= result.score <= 100
    for line in result.parts.values():
        assert line.exact is None or 0 <= line.exact <= 100


@years
@given(strategies.schools)
def test_the_explanation_adds_up_to_the_score_at_every_step(inputs):
    def check(line: Line) -> None:
        points = [child.points for child in line.children if child.points is not None]
        assert not points or sum(points) == line.exact
        assert line.exact is not None or not points
        for child in line.children:
            check(child)

    check(outcome(inputs, SCHEME).explanation)


@years
@given(strategies.schools)
def test_every_line_of_the_explanation_has_its_words_and_can_be_frozen(inputs):
    def check(line: Line) -> None:
        assert line.label == LABELS[line.key]
        assert line.formula == FORMULAS[line.rule]
        assert all(name in INPUTS.values() for name, _ in line.shown_inputs)
        for child in line.children:
            check(child)

    explanation = outcome(inputs, SCHEME).explanation
    check(explanation)

    assert json.loads(json.dumps(explanation.to_json()))["printed"] == explanation.printed


@years
@given(strategies.schools)
def test_frozen_inputs_come_back_unchanged(inputs):
    frozen = json.loads(json.dumps(writing.school_case(inputs)))
    back = parsers.school_inputs(Reader("E", "", frozen))

    assert outcome(back, SCHEME) == outcome(replace(inputs), SCHEME)


@years
@given(strategies.schools, st.randoms(use_true_random=False))
def test_the_order_of_visits_and_incidents_never_matters(inputs, order):
    def mixed(rows: tuple) -> tuple:
        return tuple(order.sample(rows, len(rows)))

    other = replace(inputs, incidents=mixed(inputs.incidents))
    for place, part in inputs.places:
        other = with_part(other, place, visits=mixed(part.visits))

    assert outcome(other, SCHEME) == outcome(inputs, SCHEME)


@years
@given(strategies.schools)
def test_a_veto_dominates_every_other_grade(inputs):
    vetoed = outcome(replace(inputs, incidents=(*inputs.incidents, KILLED)), SCHEME)
    plain = outcome(inputs, SCHEME)

    assert (vetoed.grade, vetoed.veto) == (Grade.FAIL, YearVeto.ACTIVE)
    assert (vetoed.score, vetoed.grade_before_veto) == (plain.score, plain.grade_before_veto)


@years
@given(strategies.schools)
def test_a_decided_veto_replaces_what_the_incidents_say(inputs):
    grades = {state: outcome(replace(inputs, decided=state), SCHEME).grade for state in YearVeto}

    assert grades[YearVeto.ACTIVE] == Grade.FAIL
    assert grades[YearVeto.PROVISIONAL] == Grade.WITHHELD
    assert grades[YearVeto.NONE] == outcome(inputs, SCHEME).grade_before_veto


@years
@given(strategies.schools, PLACES)
def test_an_entry_more_even_late_never_lowers_the_score(inputs, place):
    part = has(place, inputs)
    assume(part.timely + part.late < part.required - part.exempt)

    assert score(with_part(inputs, place, late=part.late + 1)) >= score(inputs)
    assert score(with_part(inputs, place, timely=part.timely + 1)) >= score(
        with_part(inputs, place, late=part.late + 1)
    )


@years
@given(strategies.schools, PLACES, st.sampled_from(["critical", "major", "minor"]))
def test_an_issue_mended_earlier_never_lowers_the_score(inputs, place, severity):
    found = has(place, inputs).issues(severity)
    late = replace(found, failed=found.failed + 1)
    half = replace(found, half=found.half + 1)
    timely = replace(found, on_time=found.on_time + 1)

    scores = [score(with_part(inputs, place, **{severity: count})) for count in (late, half, timely)]

    assert scores == sorted(scores)


@years
@given(strategies.schools, PLACES, st.data())
def test_a_better_sheet_never_lowers_the_score(inputs, place, data):
    visits = has(place, inputs).visits or (Sheet("county", Fraction(60)),)
    inputs = with_part(inputs, place, visits=visits)
    at = data.draw(st.integers(0, len(visits) - 1))
    better = replace(visits[at], score=data.draw(st.fractions(visits[at].score, max(visits[at].score, Fraction(100)))))

    raised = with_part(inputs, place, visits=(*visits[:at], better, *visits[at + 1 :]))

    assert score(raised) >= score(inputs)


@years
@given(strategies.schools, strategies.figures, st.integers(1, 500))
def test_a_valid_survey_never_lowers_the_score(inputs, mean, population):
    assume(inputs.management is not None)
    invalid = SurveyGroup(score=mean, answers=0, population=population)
    valid = replace(invalid, answers=(population + 1) // 2)

    scores = [
        score(replace(inputs, management=replace(inputs.management, survey=replace(inputs.management.survey, staff=g))))
        for g in (invalid, valid)
    ]

    assert scores == sorted(scores)


@years
@given(strategies.schools, PLACES)
def test_a_false_pass_more_never_raises_the_score(inputs, place):
    part = has(place, inputs)

    assert score(with_part(inputs, place, mismatch=part.mismatch + 1)) <= score(inputs)


@years
@given(strategies.schools)
def test_a_late_report_more_never_raises_the_score_and_three_veto(inputs):
    later = replace(inputs, late_reports=inputs.late_reports + 1)

    assert score(later) <= score(inputs)
    assert outcome(replace(inputs, late_reports=3), SCHEME).veto == YearVeto.ACTIVE


@years
@given(strategies.schools)
def test_a_cap_only_ever_turns_excellent_into_good(inputs):
    result = outcome(inputs, SCHEME)

    assert not (result.caps and result.grade == Grade.EXCELLENT)
    assert result.grade_before_veto in {
        Grade.NOT_GRADED,
        Grade.GOOD if result.caps else Grade.EXCELLENT,
        school.grade_of(result.score, SCHEME),
    }


@years
@given(strategies.schools)
def test_a_reason_is_given_exactly_where_a_year_is_not_excellent_and_caps_are_read_back(inputs):
    result = outcome(inputs, SCHEME)
    run = Run(year=2026, as_of=datetime(2026, 11, 22, tzinfo=SHANGHAI))
    kept = Evaluation(run=run, score=result.printed or "", school_days=inputs.school_days)
    kept.caps = [cap.code for cap in result.caps]

    why = why_not_excellent(kept, result.grade_before_veto, YearVeto.NONE, SCHEME)

    assert [Cap.read(code) for code in kept.caps] == list(result.caps)
    assert (why == "") == (result.grade_before_veto == Grade.EXCELLENT)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (
            {"score": "100.00", "caps": ["canteen not visited", "campus not visited"]},
            "食堂、校园：本年度还没有督导评分",
        ),
        ({"score": "89.99", "caps": []}, "得分 89.99，优秀线 90 分"),
        (
            {"score": "84.72", "caps": ["canteen completion<90", "canteen<75"]},
            "得分 84.72，优秀线 90 分；食堂：检查完成率低于 90%；食堂：得分低于 75 分",
        ),
        ({"score": "95.00", "school_days": 119, "caps": ["<120 school days"]}, "全年在校日 119 天，不足 120 天"),
        ({"score": "95.00", "school_days": 59, "caps": ["<120 school days"]}, "全年在校日 59 天，不足 60 天，不定等次"),
        ({"score": "", "caps": []}, "没有适用的指标，不定等次"),
        ({"score": "95.00", "caps": ["open critical issue"]}, "截至 2026-11-22 有严重问题超期未整改"),
    ],
)
def test_the_reason_names_what_the_rule_found(kept, why):
    run = Run(year=2026, as_of=datetime(2026, 11, 22, tzinfo=SHANGHAI))
    row = Evaluation(run=run, **{"school_days": 186, **kept})

    assert why_not_excellent(row, Grade.GOOD, YearVeto.NONE, SCHEME) == why


@years
@given(strategies.schools, st.integers(0, 100))
def test_another_scheme_changes_its_own_results_only(inputs, weight):
    before = outcome(inputs, SCHEME)
    other = replace(SCHEME, parts=Weights(canteen=weight, dormitory=25, campus=20, management=25))
    outcome(inputs, other)

    assert outcome(inputs, SCHEME) == before


def test_a_line_tells_formula_facts_and_points():
    part = PartInputs(required=200, exempt=4, timely=186, late=6, visits=(Sheet("county", Fraction(84)),), mismatch=1)
    result = outcome(SchoolInputs(canteen=part), SCHEME)

    canteen = result.explanation.children[0]
    completion, timeliness, rectified, supervision, mismatch = canteen.children

    assert (completion.label, completion.printed, completion.weight) == ("检查完成率", "97.96", 15)
    assert completion.shown_inputs == (("应检", "200"), ("免检", "4"), ("按时", "186"), ("补录", "6"))
    assert completion.points == Fraction(19200, 196) * 15 / 80
    assert (rectified.exact, rectified.points) == (None, None)
    assert (timeliness.printed, supervision.printed, mismatch.points) == ("94.90", "84.00", -1)
    assert result.explanation.find("canteen", "supervision", "county") is not None
    assert result.explanation.find("canteen", "nothing") is None
    assert result.zero_issues == ("canteen",)


def test_what_is_cut_at_0_or_100_has_a_line_of_its_own():
    full = PartInputs(required=5, timely=5, visits=(Sheet("county", Fraction(100)),))
    result = outcome(SchoolInputs(campus=full, bonus=Fraction(3)), SCHEME)

    points = {line.key: line.points for line in result.explanation.children}

    assert points == {"campus": 100, "bonus": 3, "limit": -3}


def test_ranking_figures_pool_the_parts():
    campus = PartInputs(critical=IssueCount(3, 0, 1), visits=(Sheet("county", Fraction(80)),))
    canteen = PartInputs(critical=IssueCount(1, 2, 0), visits=(Sheet("county", Fraction(90)),))
    management = ManagementInputs(survey=SurveyInputs(), visits=())

    result = outcome(SchoolInputs(campus=campus, canteen=canteen, management=management), SCHEME)

    assert result.critical_rectification == Fraction(500, 7)
    assert result.supervision == (30 * 90 + 20 * 80) / Fraction(50)


@pytest.mark.parametrize(
    ("days", "grade", "caps"),
    [(59, Grade.NOT_GRADED, 1), (60, Grade.GOOD, 1), (119, Grade.GOOD, 1), (120, Grade.EXCELLENT, 0)],
)
def test_school_days_decide_whether_a_year_is_graded_and_capped(days, grade, caps):
    part = PartInputs(required=5, timely=5, visits=(Sheet("county", Fraction(95)),))

    result = outcome(SchoolInputs(campus=part, school_days=days), SCHEME)

    assert (result.grade, len(result.caps)) == (grade, caps)


@pytest.mark.parametrize("incident", [IncidentInputs(grade_493=Gravity.GENERAL), IncidentInputs(deaths=1)])
def test_a_pending_finding_withholds_the_grade_even_of_a_short_year(incident):
    result = outcome(SchoolInputs(school_days=10, incidents=(incident,)), SCHEME)

    assert (result.grade, result.score) == (Grade.WITHHELD, None)


def test_concealment_of_a_reportable_incident_vetoes_whatever_the_responsibility():
    hidden = IncidentInputs(food_cases=5, responsibility=Responsibility.NONE, reporting=Reporting.CONCEALED)

    result = outcome(SchoolInputs(incidents=(hidden,)), SCHEME)

    assert [trigger.value for trigger in result.triggers] == ["T5"]


@years
@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 900))
def test_mending_earlier_never_lowers_the_rate(allowed, extension, taken):
    extension = min(extension, allowed)

    def rate(hours: int | None) -> Fraction:
        spent = None if hours is None else Fraction(hours)
        found = rectification([Remedy("major", Fraction(allowed), Fraction(extension), spent)], SCHEME)
        return found.rate or Fraction(0)

    assert rate(taken) >= rate(taken + 1) >= rate(None) == 0


@pytest.mark.parametrize(
    ("answers", "population", "points"),
    [(29, 100, 0), (30, 100, 90), (29, 59, 0), (29, 58, 90), (1, 2, 90), (0, 5, 0), (0, 0, None)],
)
def test_a_survey_is_valid_with_thirty_answers_or_half_of_the_group(answers, population, points):
    survey = SurveyInputs(staff=SurveyGroup(Fraction(90), answers, population))

    result = outcome(SchoolInputs(management=ManagementInputs(survey=survey)), SCHEME)

    assert result.indicators["management"]["satisfaction"].exact == points


@pytest.mark.parametrize(
    ("surplus", "points"),
    [("-0.5", 100), ("0.03", 100), ("0.0301", 50), ("0.06", 50), ("0.0601", 0), (None, None)],
)
def test_a_surplus_pays_up_to_three_per_cent_and_half_up_to_six(surplus, points):
    funds = FundsInputs(surplus_rate=None if surplus is None else Fraction(surplus))

    result = outcome(SchoolInputs(management=ManagementInputs(funds=funds)), SCHEME)

    assert result.indicators["management"]["funds"].exact == points
