"""What holds for judging whatever is sent: it answers, it keeps its length, it is fair."""

from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, Context
from inspections.checks.answers import restore
from inspections.checks.rules.asking import questions, rest_of_section, taps
from inspections.checks.rules.judging import judge
from logistics_portal.kit.registry import ListedEntry

from .rules_cases import form, known, parameters, passing, unknown

FORMS = ["canteen_daily", "canteen_weekly", "campus_monthly", "dormitory_daily", "dormitory_nightly", "campus_daily"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.binary(max_size=5),
    st.sampled_from(["pass", "fail", "na", "normal", "4.0", "10", "-0", "999999999999", "１０", "\x00", "\ud800"]),
)  # fmt: skip
JUNK = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(), inside, max_size=3)
    ),
    max_leaves=8,
)
ENTRY = JUNK | st.fixed_dictionaries(
    {"a": JUNK},
    optional=dict.fromkeys(("na_reason", "changed_reason", "note", "photos", "stop_service", "reason", "since"), JUNK),
)
LISTED = st.lists(
    st.builds(ListedEntry, st.sampled_from(["k1", "k2"]), st.just("冰箱"), st.sampled_from([None, "4.0", "x", "99"])),
    max_size=2,
    unique_by=lambda one: one.code,
).map(tuple)
FACT = st.one_of(
    st.sampled_from([UNKNOWN, NOT_APPLICABLE, True, False, "self_run", "4.0", "75", "junk"]),
    st.integers(-5, 200), LISTED,
)  # fmt: skip


def contexts(code: str) -> st.SearchStrategy[Context]:
    """Return days on which the facts of a form say anything."""
    keys = list(form(code).spec.facts)
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    return st.builds(
        Context, days, st.sampled_from([{}, parameters()]), st.dictionaries(st.sampled_from(keys), FACT, max_size=12)
    )


def submissions(code: str) -> st.SearchStrategy[Any]:
    """Return anything that might be sent for a form."""
    codes = st.sampled_from(sorted(form(code).known)) | st.text(max_size=5)
    return st.dictionaries(codes, ENTRY, max_size=12) | JUNK


CASES = st.sampled_from(FORMS).flatmap(
    lambda code: st.tuples(st.just(code), contexts(code), submissions(code), st.booleans())
)


@settings(max_examples=300, deadline=None)
@given(CASES)
def test_judging_answers_whatever_is_sent(case):
    code, context, junk, over_good = case
    submission = passing(code, context) | junk if over_good and isinstance(junk, dict) else junk

    verdict = judge(form(code), context, submission)

    assert len(verdict.answers) == len(form(code).plans)
    assert set(verdict.answers) <= set("10-.abcdef")
    assert verdict.complete == all(
        char != "." or not question.asked
        for char, question in zip(verdict.answers, questions(form(code), context), strict=True)
    )


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_what_is_stored_says_the_same_again(case):
    code, context, junk, _over_good = case
    submission = passing(code, context) | (junk if isinstance(junk, dict) else {})
    first = judge(form(code), context, submission)

    again = judge(form(code), context, restore(form(code), first.answers, first.values))

    assert not first.ok or (again.answers, again.values, again.n_fail) == (first.answers, first.values, first.n_fail)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_the_button_never_touches_what_needs_a_look(case):
    code, context, junk, _over_good = case
    current = junk if isinstance(junk, dict) else {}
    items = {one.code: one for one in questions(form(code), context)}

    added = [
        (items[item], entry)
        for section in form(code).spec.template.sections
        for item, entry in rest_of_section(form(code), context, section.code, current).items()
    ]

    for item, entry in added:
        assert item.asked
        assert not item.critical
        assert item.kind not in ("choice", "text")
        if item.kind == "bool":
            assert (entry["a"], item.prefill in (None, "pass")) == ("pass", True)
        elif not item.repeats:
            assert entry["a"] == item.prefill
        else:
            given_before = (current.get(item.code) or {}).get("a") or {}
            given_now = {entry.code for entry in item.entries if entry.figure is not None}
            assert entry["a"].keys() - given_before.keys() <= given_now


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_what_the_button_sets_never_fails(case):
    code, context, _junk, _over_good = case
    added: dict = {}
    for section in form(code).spec.template.sections:
        added |= rest_of_section(form(code), context, section.code, {})

    verdict = judge(form(code), context, added)

    by_rule = {failure.code for failure in verdict.failures if failure.rules}
    assert not {failure.code for failure in verdict.failures} & added.keys() - by_rule


@settings(max_examples=150, deadline=None)
@given(CASES, st.data())
def test_turning_a_fail_into_a_pass_never_adds_a_failure(case, data):
    code, context, junk, _over_good = case
    submission = passing(code, context) | (junk if isinstance(junk, dict) else {})
    bools = [plan.code for plan in form(code).plans if plan.kind == "bool"]
    turned = data.draw(st.sampled_from(bools))
    before = judge(form(code), context, submission | {turned: {"a": "fail"}})

    after = judge(form(code), context, submission | {turned: {"a": "pass"}})

    assert {one.code for one in after.failures} <= {one.code for one in before.failures}


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_taps_are_never_more_than_there_are_items(case):
    code, context, _junk, _over_good = case

    tapped, typed = taps(form(code), context)

    assert 2 <= tapped <= 2 + len(form(code).plans)
    assert 0 <= typed <= len(form(code).plans) + 4


@pytest.mark.parametrize("facts", ["known", "unknown"])
def test_a_canteen_check_is_judged_quickly_enough_to_print(facts, benchmark_print):
    context = known("canteen_daily") if facts == "known" else unknown()
    submission = passing("canteen_daily", context)

    verdict = benchmark_print(
        f"judge canteen_daily, facts {facts}", lambda: judge(form("canteen_daily"), context, submission)
    )

    assert verdict.ok


@pytest.fixture
def benchmark_print():
    """Return a timer that prints the best of many runs; it is no gate."""

    def run(name, work):
        best = 1.0
        for _round in range(15):
            start = process_time()
            for _time in range(40):
                answer = work()
            best = min(best, (process_time() - start) / 40)
        print(f"{name}: {best * 1e6:.0f} µs")
        return answer

    return run
