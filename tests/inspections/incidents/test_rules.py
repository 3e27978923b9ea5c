"""Grades, triggers, windows, clocks and lives of incidents and vetoes."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.incidents.rules import clocks, grades, life, vetoes
from inspections.incidents.rules.figures import IncidentFigures
from inspections.incidents.rules.grades import Casualties
from inspections.incidents.rules.vetoes import IncidentFacts, Reason
from inspections.incidents.rules.words import (
    AppealState,
    Decider,
    DecisionState,
    Grade,
    IncidentState,
    Reporting,
    Responsibility,
    Trigger,
    VetoState,
    YearVeto,
    at_least,
)
from logistics_portal.kit.dates import SHANGHAI, NationalCalendar
from logistics_portal.kit.errors import NotAllowed

FIGURES = IncidentFigures()
WEEKDAYS = NationalCalendar.of({}, {})
YUAN = 100
calm = settings(deadline=None)

facts = st.builds(
    IncidentFacts,
    grade_493=st.sampled_from(Grade),
    grade_food=st.sampled_from(Grade),
    deaths=st.integers(0, 3),
    food_cases=st.integers(0, 20),
    responsibility=st.sampled_from(Responsibility),
    in_scope=st.booleans(),
    reportable=st.booleans(),
    reporting=st.sampled_from(Reporting),
)


@pytest.mark.parametrize(
    ("casualties", "grade"),
    [
        (Casualties(), Grade.BELOW),
        (Casualties(loss_fen=99_999 * YUAN), Grade.BELOW),
        (Casualties(loss_fen=100_000 * YUAN), Grade.GENERAL),
        (Casualties(gravely_hurt=1), Grade.GENERAL),
        (Casualties(deaths=1), Grade.GENERAL),
        (Casualties(deaths=2, gravely_hurt=9), Grade.GENERAL),
        (Casualties(deaths=3), Grade.LARGER),
        (Casualties(gravely_hurt=10), Grade.LARGER),
        (Casualties(loss_fen=10_000_000 * YUAN), Grade.LARGER),
        (Casualties(deaths=9, gravely_hurt=49), Grade.LARGER),
        (Casualties(deaths=10), Grade.MAJOR),
        (Casualties(gravely_hurt=50), Grade.MAJOR),
        (Casualties(loss_fen=50_000_000 * YUAN), Grade.MAJOR),
        (Casualties(deaths=29, gravely_hurt=99), Grade.MAJOR),
        (Casualties(deaths=30), Grade.EXTRA),
        (Casualties(gravely_hurt=100), Grade.EXTRA),
        (Casualties(loss_fen=100_000_000 * YUAN), Grade.EXTRA),
    ],
)
def test_ladder_a_counts_deaths_injuries_and_loss(casualties, grade):
    assert grades.ladder_a(casualties, FIGURES) == grade


@pytest.mark.parametrize(
    ("cases", "deaths", "grade"),
    [
        (0, 12, Grade.BELOW),
        (14, 0, Grade.BELOW),
        (29, 0, Grade.BELOW),
        (30, 0, Grade.GENERAL),
        (49, 0, Grade.GENERAL),
        (1, 1, Grade.LARGER),
        (50, 0, Grade.MAJOR),
        (1, 10, Grade.MAJOR),
        (101, 1, Grade.MAJOR),
    ],
)
def test_ladder_b_counts_cases_and_deaths_of_food_incidents(cases, deaths, grade):
    assert grades.ladder_b(Casualties(deaths=deaths, food_cases=cases), FIGURES) == grade


def test_fifty_food_cases_are_major_though_ladder_a_sees_nothing():
    assert grades.effective_grade(Casualties(food_cases=50), FIGURES) == Grade.MAJOR


@calm
@given(st.builds(Casualties, *[st.integers(0, 120)] * 2, st.integers(0, 2 * 10**10), st.integers(0, 120)), st.data())
def test_more_harm_is_never_graded_lower(casualties, data):
    name = data.draw(st.sampled_from(["deaths", "gravely_hurt", "loss_fen", "food_cases"]))
    worse = replace(casualties, **{name: getattr(casualties, name) + 1})

    assert at_least(grades.effective_grade(worse, FIGURES), grades.effective_grade(casualties, FIGURES))
    assert grades.softens(worse, casualties)
    assert not grades.softens(casualties, worse)


@pytest.mark.parametrize(("days", "fire", "counts"), [(21, False, True), (30, False, True), (34, False, False)])
def test_a_later_death_counts_within_thirty_days(days, fire, counts):
    event = date(2026, 5, 1)

    died = event + timedelta(days=days)

    assert grades.counts_death(incident=event, died=died, fire_or_road=fire, figures=FIGURES) == counts
    assert not grades.counts_death(incident=event, died=died, fire_or_road=True, figures=FIGURES)


BASE = IncidentFacts(responsibility=Responsibility.NONE)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grade_493": "general", "responsibility": "minor"}, ""),
        ({"grade_493": "general", "responsibility": "equal"}, "T1"),
        ({"grade_food": "general", "responsibility": "full"}, "T1"),
        ({"grade_493": "below", "responsibility": "full"}, ""),
        ({"grade_493": "larger", "responsibility": "minor"}, "T2"),
        ({"deaths": 1, "responsibility": "minor"}, "T3"),
        ({"deaths": 1, "responsibility": "none"}, ""),
        ({"food_cases": 10, "responsibility": "equal"}, "T4"),
        ({"food_cases": 9, "responsibility": "full"}, ""),
        ({"food_cases": 10, "responsibility": "minor"}, ""),
        ({"food_cases": 5, "reporting": "false"}, "T5"),
        ({"food_cases": 4, "reporting": "false"}, ""),
        ({"reportable": True, "reporting": "concealed"}, "T5"),
        ({"reportable": True, "reporting": "late"}, ""),
        ({"grade_493": "general", "responsibility": "pending"}, "hold"),
        ({"food_cases": 10, "responsibility": "pending"}, "hold"),
        ({"food_cases": 9, "responsibility": "pending"}, ""),
        ({"deaths": 1, "responsibility": "pending", "reporting": "concealed"}, "T5 hold"),
        ({"grade_493": "larger", "deaths": 3, "responsibility": "major"}, "T1 T2 T3"),
        ({"grade_493": "extra", "responsibility": "full", "in_scope": False, "reporting": "concealed"}, ""),
    ],
)
def test_each_trigger_has_its_own_line(changes, expected):
    words = {"grade_493": Grade, "grade_food": Grade, "responsibility": Responsibility, "reporting": Reporting}
    typed = {key: words[key](value) if key in words else value for key, value in changes.items()}

    pulled = vetoes.triggers([replace(BASE, **typed)], 0, FIGURES)

    assert " ".join(pulled) == expected


@pytest.mark.parametrize(("late", "expected"), [(0, ()), (2, ()), (3, (Trigger.T6,)), (5, (Trigger.T6,))])
def test_three_late_reports_of_a_year_are_a_trigger(late, expected):
    assert vetoes.triggers([], late, FIGURES) == expected


@calm
@given(st.lists(facts, max_size=5), st.integers(0, 4), st.randoms(use_true_random=False))
def test_triggers_are_named_once_in_order_whatever_the_order_of_incidents(incidents, late, order):
    pulled = vetoes.triggers(incidents, late, FIGURES)

    assert pulled == vetoes.triggers(order.sample(incidents, len(incidents)), late, FIGURES)
    assert list(pulled) == [trigger for trigger in Trigger if trigger in pulled]


@calm
@given(st.lists(facts, max_size=4), facts)
def test_one_incident_more_never_mends_a_year(incidents, more):
    rank = list(YearVeto)
    before = vetoes.veto_state(vetoes.triggers(incidents, 0, FIGURES))
    after = vetoes.veto_state(vetoes.triggers([*incidents, more], 0, FIGURES))

    assert rank.index(after) >= rank.index(before)


@calm
@given(st.lists(st.sampled_from(VetoState), max_size=4), st.randoms(use_true_random=False))
def test_lifting_one_of_two_vetoes_leaves_the_year_vetoed_and_lifting_twice_changes_nothing(states, order):
    once = vetoes.year_state([*states, VetoState.LIFTED])

    assert vetoes.year_state([*states, VetoState.ACTIVE, VetoState.LIFTED]) == YearVeto.ACTIVE
    assert vetoes.year_state([*states, VetoState.LIFTED, VetoState.LIFTED]) == once == vetoes.year_state(states)
    assert vetoes.year_state(order.sample(states, len(states))) == vetoes.year_state(states)


def test_an_expired_veto_still_stands_for_its_year():
    assert vetoes.year_state([VetoState.EXPIRED]) == YearVeto.ACTIVE
    assert vetoes.year_state([VetoState.PROPOSED]) == YearVeto.PROVISIONAL
    assert vetoes.year_state([VetoState.DISMISSED]) == YearVeto.NONE


@pytest.mark.parametrize(
    ("trigger", "grade", "months"),
    [
        (Trigger.T1, Grade.GENERAL, 12),
        (Trigger.T1, Grade.LARGER, 24),
        (Trigger.T2, Grade.LARGER, 24),
        (Trigger.T3, Grade.BELOW, 24),
        (Trigger.T4, Grade.BELOW, 12),
        (Trigger.T5, Grade.BELOW, 24),
        (Trigger.T6, Grade.EXTRA, 12),
    ],
)
def test_windows_last_twelve_or_twenty_four_months(trigger, grade, months):
    assert vetoes.window_months(trigger, grade, FIGURES) == months


@pytest.mark.parametrize(
    ("day", "months", "free"),
    [
        (date(2026, 3, 12), 12, date(2027, 3, 12)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_the_same_day_is_free_or_the_months_last(day, months, free):
    assert vetoes.free_from(day, months) == free


def test_a_window_closes_on_its_day_but_only_once_verified():
    day, free = date(2026, 3, 12), date(2027, 3, 12)

    def is_open(state: VetoState, on: date, *, verified: bool = True) -> bool:
        return vetoes.window_open(state, on=on, day=day, months=12, verified=verified)

    assert is_open(VetoState.ACTIVE, free - timedelta(days=1))
    assert not is_open(VetoState.ACTIVE, free)
    assert is_open(VetoState.ACTIVE, free + timedelta(days=999), verified=False)
    assert not is_open(VetoState.ACTIVE, day - timedelta(days=1), verified=False)
    assert is_open(VetoState.PROVISIONAL, free)
    assert not is_open(VetoState.LIFTED, day)


def test_the_longest_reason_counts_and_concealment_counts_from_its_limit():
    found = vetoes.reasons(
        [Trigger.T1, Trigger.T5, Trigger.HOLD],
        grade=Grade.GENERAL,
        incident=date(2026, 12, 31),
        limit=date(2027, 1, 1),
        figures=FIGURES,
    )

    assert found == (
        Reason(Trigger.T1, date(2026, 12, 31), 12),
        Reason(Trigger.T5, date(2027, 1, 1), 24),
    )
    assert vetoes.longest(found) == date(2029, 1, 1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_an_incident_of_new_years_eve_belongs_to_two_years():
    found = moment("2026-12-31 23:20")
    limit = clocks.limit_ran_out_at(found, FIGURES)
    hidden = replace(BASE, grade_493=Grade.GENERAL, responsibility=Responsibility.EQUAL, reporting=Reporting.CONCEALED)

    years = {
        year: vetoes.facts_of_year(hidden, occurred_at=found, limit_at=limit, year=year, figures=FIGURES)
        for year in (2026, 2027, 2028)
    }

    assert limit == moment("2027-01-01 00:20")
    assert vetoes.triggers([years[2026]], 0, FIGURES) == (Trigger.T1,)
    assert vetoes.triggers([years[2027]], 0, FIGURES) == (Trigger.T5,)
    assert years[2028] is None


def test_an_incident_within_one_year_is_taken_whole():
    found = moment("2026-05-01 10:00")
    limit = clocks.limit_ran_out_at(found, FIGURES)

    assert vetoes.facts_of_year(BASE, occurred_at=found, limit_at=limit, year=2026, figures=FIGURES) is BASE


def test_the_year_is_that_of_shanghai():
    assert clocks.year_of(datetime.fromisoformat("2026-12-31T15:59:59+00:00")) == 2026
    assert clocks.year_of(datetime.fromisoformat("2026-12-31T16:00:00+00:00")) == 2027
    with pytest.raises(ValueError, match="时区"):
        clocks.year_of(datetime(2026, 12, 31))  # noqa: DTZ001


def test_the_third_late_limit_of_a_year_opens_the_window():
    limits = [moment(f"2026-0{month}-01 08:00") for month in (5, 3, 9, 7)]

    assert vetoes.sixth_trigger_day(limits, FIGURES) == date(2026, 7, 1)
    assert vetoes.sixth_trigger_day(limits[:2], FIGURES) is None


def test_a_report_is_late_after_its_limit_and_concealment_is_only_asked_for():
    found = moment("2026-05-01 10:00")
    limit = clocks.limit_ran_out_at(found, FIGURES)
    second = timedelta(seconds=1)

    assert not clocks.is_late(limit, limit, now=limit)
    assert clocks.is_late(limit, limit + second, now=limit)
    assert clocks.is_late(limit, None, now=limit + second)
    assert clocks.food_limit_ran_out_at(found, FIGURES) == found + timedelta(hours=2)
    assert clocks.pass_on_limit(found, FIGURES) == found + timedelta(hours=2)
    day_after = found + timedelta(hours=24)
    assert not clocks.concealment_due(found, None, now=day_after, figures=FIGURES)
    assert clocks.concealment_due(found, None, now=day_after + second, figures=FIGURES)


def test_terms_run_in_working_days():
    friday = date(2026, 11, 6)

    assert clocks.proposal_due(friday, WEEKDAYS, FIGURES) == moment("2026-11-14 00:00")
    assert clocks.confirmation_due(friday, WEEKDAYS, FIGURES) == moment("2026-11-14 00:00")
    assert clocks.appeal_ends(friday, WEEKDAYS, FIGURES) == moment("2026-11-28 00:00")
    assert clocks.admission_due(friday, WEEKDAYS, FIGURES) == moment("2026-11-12 00:00")
    assert clocks.decision_due(friday, WEEKDAYS, FIGURES) == moment("2026-12-19 00:00")
    assert not clocks.finding_overdue(friday, today=friday + timedelta(days=120), figures=FIGURES)
    assert clocks.finding_overdue(friday, today=friday + timedelta(days=121), figures=FIGURES)


@pytest.mark.parametrize(
    ("grade", "triggers", "bureau", "decider"),
    [
        (Grade.GENERAL, {Trigger.T1}, False, Decider.NEXT_LEVEL),
        (Grade.BELOW, {Trigger.T4}, False, Decider.NEXT_LEVEL),
        (Grade.GENERAL, {Trigger.T3}, False, Decider.NEXT_LEVEL),
        (Grade.BELOW, {Trigger.T6}, False, Decider.NEXT_LEVEL),
        (Grade.LARGER, {Trigger.T1, Trigger.T2}, False, Decider.PROVINCE),
        (Grade.BELOW, {Trigger.T5}, False, Decider.PROVINCE),
        (Grade.BELOW, {Trigger.T6}, True, Decider.PROVINCE),
    ],
)
def test_the_province_confirms_grave_concealed_and_bureau_vetoes(grade, triggers, bureau, decider):
    assert grades.veto_confirmer(grade=grade, triggers=frozenset(triggers), bureau=bureau) == decider


def test_each_decision_has_its_level():
    assert [grades.grade_decider(grade) for grade in Grade] == [
        Decider.FIRST_REVIEWER,
        Decider.FIRST_REVIEWER,
        Decider.NEXT_LEVEL,
        Decider.PROVINCE,
        Decider.PROVINCE,
    ]
    assert grades.responsibility_decider(Responsibility.MINOR) == Decider.NEXT_LEVEL
    assert grades.responsibility_decider(Responsibility.EQUAL) == Decider.FIRST_REVIEWER
    assert grades.appeal_decider(confirmed_by_province=True) == Decider.PANEL
    assert grades.appeal_decider(confirmed_by_province=False) == Decider.PROVINCE
    assert grades.softening_approver(gravest=Grade.GENERAL, concealed=False, bureau_at_stake=False) == "next_level"
    assert grades.softening_approver(gravest=Grade.GENERAL, concealed=True, bureau_at_stake=False) == "province"


LIVES = [
    (life.incident_after, life.INCIDENT_STEPS, IncidentState),
    (life.decision_after, life.DECISION_STEPS, DecisionState),
    (life.veto_after, life.VETO_STEPS, VetoState),
    (life.appeal_after, life.APPEAL_STEPS, AppealState),
]


@pytest.mark.parametrize(("after", "steps", "states"), LIVES)
def test_only_the_steps_of_the_table_exist(after, steps, states):
    for step in {step for step, _ in steps}:
        for state in (None, *states):
            if (step, state) in steps:
                assert after(step, None if state is None else state.value) == steps[step, state]
            else:
                with pytest.raises(NotAllowed, match="不能执行此操作。"):
                    after(step, state)


@pytest.mark.parametrize(("after", "steps", "states"), LIVES)
def test_every_state_can_be_reached(after, steps, states):
    reached = {target for (_, _), target in steps.items()}

    assert reached | {VetoState.PROVISIONAL} >= set(states)
    assert {state for _, state in steps if state is not None} <= set(states)


def test_a_veto_lives_from_proposal_to_lifting():
    state = life.veto_after("propose", "provisional")
    state = life.veto_after("confirm", state)
    state = life.veto_after("supersede", state)
    state = life.veto_after("lift", life.veto_after("expire", state))

    assert state == VetoState.LIFTED
    with pytest.raises(NotAllowed, match="已解除"):
        life.veto_after("lift", state)


def test_the_figures_come_back_from_json_unchanged():
    figures = replace(FIGURES, late_reports=4)

    assert IncidentFigures.from_json(figures.to_json()) == figures
