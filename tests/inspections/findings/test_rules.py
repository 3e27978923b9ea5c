"""The life of a finding, its deadlines and its ladder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.findings import rules
from inspections.findings.rules import Allowance, Origin, Outcome, Rectified, Severity, State, Step, Timing, ladders
from logistics_portal.kit.dates import ONE_DAY, SHANGHAI, NationalCalendar, day_end, local_date
from logistics_portal.kit.errors import NotAllowed

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

WEEKDAYS = NationalCalendar.of({}, {})
SCHOOL_DAYS = WEEKDAYS.deadline
FRIDAY = datetime(2026, 11, 6, 10, 30, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001


def timing(severity: Severity = Severity.MAJOR, own: str = "", **changes: object) -> Timing:
    due = rules.first_due(severity, FRIDAY, SCHOOL_DAYS, Allowance.read(own) if own else None)
    return replace(Timing(severity, FRIDAY, due, due), **changes)


STORY = {
    ("remedy", "open"): "remedied",
    ("accept", "remedied"): "closed",
    ("refuse", "remedied"): "open",
    ("extend", "open"): "open",
    ("tolerate", "open"): "open",
    ("escalate", "open"): "open",
    ("withdraw", "open"): "closed",
    ("withdraw", "remedied"): "closed",
    ("reopen", "closed"): "open",
}


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("state", list(State))
def test_only_the_told_steps_exist_and_any_other_is_refused_in_words(step: Step, state: State):
    led_to = STORY.get((step, state))

    if led_to:
        assert rules.after(step, state) == led_to
        assert step in rules.steps_from(state)
    else:
        with pytest.raises(NotAllowed, match=str(state.label)):
            rules.after(step, state)


def test_closing_says_how_and_going_back_counts_a_return():
    assert rules.OUTCOMES == {Step.ACCEPT: Outcome.VERIFIED, Step.WITHDRAW: Outcome.WITHDRAWN}
    assert {Step.REFUSE, Step.REOPEN} == rules.RETURNING
    assert all(rules.after(step, State.REMEDIED) == State.CLOSED for step in rules.OUTCOMES)


@pytest.mark.parametrize(
    ("severity", "own", "due"),
    [
        (Severity.CRITICAL, "", FRIDAY + timedelta(hours=4)),
        (Severity.CRITICAL, "30m", FRIDAY + timedelta(minutes=30)),
        (Severity.CRITICAL, "24h", FRIDAY + timedelta(hours=24)),
        (Severity.CRITICAL, "48h", FRIDAY + timedelta(hours=24)),
        (Severity.CRITICAL, "2d", FRIDAY + timedelta(hours=24)),
        (Severity.MAJOR, "", day_end(date(2026, 11, 11))),
        (Severity.MAJOR, "1d", day_end(date(2026, 11, 9))),
        (Severity.MAJOR, "1h", FRIDAY + timedelta(hours=1)),
        (Severity.MINOR, "", day_end(date(2026, 11, 20))),
    ],
)
def test_hours_run_by_the_clock_and_days_are_school_days(severity: Severity, own: str, due: datetime):
    allowance = Allowance.read(own) if own else None

    assert rules.first_due(severity, FRIDAY, SCHOOL_DAYS, allowance) == due


@pytest.mark.parametrize("text", ["", "0h", "3", "3w", "-1d", "1.5h", "d"])
def test_a_nonsense_allowance_is_an_error(text: str):
    with pytest.raises(ValueError, match=r"^" + text.replace(".", r"\.")):
        Allowance.read(text)


def test_an_open_finding_is_overdue_once_its_deadline_has_passed():
    one = timing()

    assert not rules.overdue(one, State.OPEN, one.due_at)
    assert rules.overdue(one, State.OPEN, one.due_at + SECOND)
    assert not rules.overdue(one, State.REMEDIED, one.due_at + SECOND)


def test_a_tolerated_finding_is_not_overdue_meanwhile():
    one = timing(tolerated_until=date(2027, 6, 30))

    assert not rules.overdue(one, State.OPEN, day_end(date(2027, 6, 30)))
    assert rules.overdue(one, State.OPEN, day_end(date(2027, 6, 30)) + SECOND)


def test_the_fixer_is_reminded_a_school_day_before_or_at_half_time():
    def before(day: date) -> date:
        return day - timedelta(days=1)

    assert rules.remind_at(timing(), before) == day_end(date(2026, 11, 10))
    assert rules.remind_at(timing(own="2h"), before) == FRIDAY + timedelta(hours=1)
    assert rules.remind_at(timing(Severity.CRITICAL, "24h"), before) == FRIDAY + timedelta(hours=12)


def test_an_extension_is_granted_once_in_time_and_as_long_as_at_first_at_most():
    one = timing()
    latest = rules.latest_extension(one)

    assert latest - one.first_due_at == one.first_due_at - one.recorded_at
    assert rules.extension_allowed(one, latest, one.due_at - SECOND)
    assert not rules.extension_allowed(one, latest + SECOND, FRIDAY)
    assert not rules.extension_allowed(one, one.due_at, FRIDAY)
    assert not rules.extension_allowed(one, latest, one.due_at)
    assert not rules.extension_allowed(replace(one, extensions=1), latest, FRIDAY)


def test_a_refused_extension_names_the_last_day_that_can_be_chosen():
    one = timing()
    last = local_date(rules.latest_extension(one)) - ONE_DAY

    with pytest.raises(NotAllowed, match=f"最晚可选 {last}"):
        rules.require_extension(one, day_end(last + ONE_DAY), FRIDAY)
    rules.require_extension(one, day_end(last), FRIDAY)


def test_a_critical_finding_is_never_extended():
    one = timing(Severity.CRITICAL)

    with pytest.raises(NotAllowed, match="严重问题"):
        rules.require_extension(one, one.due_at + SECOND, FRIDAY)


@pytest.mark.parametrize(
    ("severity", "structural", "days", "allowed"),
    [
        (Severity.MAJOR, True, 366, True),
        (Severity.MAJOR, True, 367, False),
        (Severity.MINOR, True, 0, False),
        (Severity.MINOR, False, 30, False),
        (Severity.CRITICAL, True, 30, False),
    ],
)
def test_only_structural_findings_are_tolerated_and_not_for_ever(
    severity: Severity, structural: bool, days: int, allowed: bool
):
    today = FRIDAY.date()

    def ask() -> None:
        rules.require_toleration(timing(severity), today + timedelta(days=days), today, structural=structural)

    if allowed:
        ask()
    else:
        with pytest.raises(NotAllowed):
            ask()


def test_a_finding_is_reopened_within_thirty_days():
    rules.require_reopening(FRIDAY, FRIDAY + timedelta(days=30))

    with pytest.raises(NotAllowed, match="30"):
        rules.require_reopening(FRIDAY, FRIDAY + timedelta(days=30) + SECOND)


def test_nobody_verifies_the_own_work():
    rules.require_other_person(3, [1, 2, None])

    with pytest.raises(NotAllowed, match="他人"):
        rules.require_other_person(2, [1, 2])
    with pytest.raises(NotAllowed):
        rules.require_other_person(None, [None])


def test_minor_findings_of_own_checks_are_verified_at_school_all_others_above():
    assert "principal@school" in rules.verifiers(Severity.MINOR, Origin.OWN_CHECK)
    assert rules.verifiers(Severity.MAJOR, Origin.OWN_CHECK) == ("office_clerk@F",)
    assert rules.verifiers(Severity.MINOR, Origin.COMPLAINT) == ("office_clerk@F",)
    assert rules.verifiers(Severity.MINOR, Origin.VISIT) == ("inspector@visit",)
    assert "office_clerk@F" in rules.verifiers(Severity.MINOR, Origin.SPOT_CHECK)


def test_the_ladder_of_a_critical_finding_runs_by_the_clock():
    one = timing(Severity.CRITICAL, "2h")

    rungs = ladders.ladder(one, SCHOOL_DAYS)

    hours = {rung.key: (rung.at - FRIDAY) / timedelta(hours=1) for rung in rungs}
    assert hours == {"opened": 0, "overdue": 2, "unremedied": 4, "overdue_city": 26, "overdue_province": 74}
    assert rungs[0].told == rungs[1].told
    assert [rung.told for rung in rungs[2:]] == [("office_head@F",), ("office_head@C",), ("office_head@P",)]


def test_the_head_is_told_after_four_hours_even_if_a_critical_deadline_is_longer():
    rungs = ladders.ladder(timing(Severity.CRITICAL, "24h"), SCHOOL_DAYS)

    assert [rung.key for rung in rungs] == ["opened", "unremedied", "overdue", "overdue_city", "overdue_province"]


def test_the_ladder_of_a_major_finding_runs_in_school_days_after_the_deadline():
    rungs = ladders.ladder(timing(), SCHOOL_DAYS)

    assert [rung.at for rung in rungs] == [
        FRIDAY,
        day_end(date(2026, 11, 11)),
        day_end(date(2026, 11, 16)),
        day_end(date(2026, 11, 25)),
    ]
    assert rungs[0].told == ("fixer", "logistics_officer@school")
    assert rungs[-1].told == ("office_head@C",)


def test_the_ladder_of_a_minor_finding_ends_on_a_list():
    rungs = ladders.ladder(timing(Severity.MINOR), SCHOOL_DAYS)

    assert [rung.key for rung in rungs] == ["opened", "overdue", "overdue_list"]
    assert rungs[-1].told == ("list@F",)


def test_the_ladder_waits_while_a_finding_is_extended_or_tolerated():
    one = timing()
    extended = replace(one, due_at=rules.latest_extension(one))
    tolerated = replace(one, tolerated_until=date(2027, 6, 30))

    assert ladders.ladder(extended, SCHOOL_DAYS)[1].at == extended.due_at
    assert ladders.ladder(tolerated, SCHOOL_DAYS)[1].at == day_end(date(2027, 6, 30))


def test_a_rung_is_climbed_once():
    rungs = ladders.ladder(timing(Severity.CRITICAL), SCHOOL_DAYS)
    at = FRIDAY + timedelta(hours=5)

    due = ladders.rungs_due(rungs, {"opened": FRIDAY}, at)

    assert [rung.key for rung in due] == ["overdue", "unremedied"]
    assert ladders.rungs_due(rungs, {"opened": FRIDAY, "overdue": at, "unremedied": at}, at + timedelta(hours=1)) == []


@given(st.sampled_from(Severity), st.lists(st.integers(0, 800), max_size=6), st.integers(1, 400))
def test_a_deadline_calls_each_rung_once_however_often_the_clock_runs_and_a_later_one_anew(severity, hours, more):
    one = timing(severity)
    later = replace(one, due_at=one.due_at + timedelta(hours=1000 + more), extensions=1)
    called: dict[str, list[datetime]] = {}

    for ruling, start in ((one, FRIDAY), (later, FRIDAY + timedelta(hours=1000))):
        for hour in sorted(hours):
            at = start + timedelta(hours=hour)
            last = {key: moments[-1] for key, moments in called.items()}
            for rung in ladders.rungs_due(ladders.ladder(ruling, SCHOOL_DAYS), last, at):
                called.setdefault(rung.key, []).append(at)

    for key, moments in called.items():
        of_old = [at for at in moments if at < later.due_at]
        assert len(of_old) <= 1
        assert len(moments) - len(of_old) <= 1
        assert key != "opened" or len(moments) == 1


def test_a_calendar_that_moves_a_rung_later_does_not_call_it_again():
    one = timing()
    [head] = [rung for rung in ladders.ladder(one, SCHOOL_DAYS) if rung.key == "overdue_head"]
    moved = replace(head, at=head.at + timedelta(days=7))

    assert ladders.rungs_due([moved], {"overdue_head": head.at}, moved.at) == []


def test_verification_has_five_working_days_and_five_more():
    assert rules.verification_due(FRIDAY, WEEKDAYS.deadline) == day_end(date(2026, 11, 13))
    assert rules.verification_escalates(FRIDAY, WEEKDAYS.deadline) == day_end(date(2026, 11, 20))
    assert rules.extension_answer_due(FRIDAY, WEEKDAYS.deadline) == day_end(date(2026, 11, 10))


def test_mending_counts_whole_in_time_half_within_twice_the_time_and_nothing_later():
    one = timing()
    twice = FRIDAY + 2 * one.allowed

    assert rules.rectified(one, one.due_at) == Rectified.ON_TIME
    assert rules.rectified(one, one.due_at + SECOND) == Rectified.HALF
    assert rules.rectified(one, twice) == Rectified.HALF
    assert rules.rectified(one, twice + SECOND) == Rectified.FAILED
    assert rules.rectified(one, None) == Rectified.FAILED


def test_an_extension_moves_the_deadline_but_not_the_end_of_half_points():
    one = timing()
    extended = replace(one, due_at=rules.latest_extension(one), extensions=1)

    assert rules.rectified(extended, extended.due_at) == Rectified.ON_TIME
    assert rules.rectified(extended, extended.due_at + SECOND) == Rectified.FAILED


@given(st.sampled_from(Severity), MOMENTS, st.sampled_from(["", "30m", "4h", "30h", "1d", "10d"]))
def test_a_deadline_lies_after_the_finding_and_a_critical_one_within_a_day(
    severity: Severity, recorded_at: datetime, own: str
):
    due = rules.first_due(severity, recorded_at, SCHOOL_DAYS, Allowance.read(own) if own else None)

    assert due > recorded_at
    if severity == Severity.CRITICAL:
        assert due - recorded_at <= timedelta(hours=24)
    elif own.endswith("d"):
        assert due.time() == time.min


@given(st.sampled_from(Severity), MOMENTS)
def test_a_ladder_rises_in_time_and_begins_with_the_opening(severity: Severity, recorded_at: datetime):
    due = rules.first_due(severity, recorded_at, SCHOOL_DAYS)

    rungs = ladders.ladder(Timing(severity, recorded_at, due, due), SCHOOL_DAYS)

    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert (rungs[0].key, rungs[0].at) == ("opened", recorded_at)
    assert len({rung.key for rung in rungs}) == len(rungs)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_mending_earlier_never_counts_worse(recorded_at: datetime, one: datetime, two: datetime):
    due = rules.first_due(Severity.MINOR, recorded_at, SCHOOL_DAYS)
    row = Timing(Severity.MINOR, recorded_at, due, due)

    ranks = [list(Rectified).index(rules.rectified(row, at)) for at in sorted([one, two])]

    assert ranks == sorted(ranks)
