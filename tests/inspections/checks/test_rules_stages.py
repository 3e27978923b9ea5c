"""The night form: stages handed in apart, each on top of the one before."""

import json

import pytest

from inspections.checklists.rules.context import NOT_APPLICABLE
from inspections.checks.answers import restore
from inspections.checks.rules.judging import judge

from .rules_cases import form, known, passing

NIGHT = "dormitory_nightly"


def test_a_stage_is_handed_in_alone_and_later_items_stay_open():
    context = known(NIGHT)

    verdict = judge(form(NIGHT), context, passing(NIGHT, context, "roll"), "roll")

    assert verdict.answers == "111111......."
    assert (verdict.ok, verdict.complete) == (True, False)
    assert verdict.stages == {"roll": True, "patrols": False, "morning": False}


def test_answers_of_a_later_stage_are_not_looked_at():
    context = known(NIGHT)

    verdict = judge(form(NIGHT), context, passing(NIGHT, context), "roll")

    assert verdict.answers == "111111......."


def test_the_whole_is_complete_with_its_last_stage():
    context, compiled = known(NIGHT), form(NIGHT)

    answers, values = ".............", {}
    for stage in ("roll", "patrols", "morning"):
        earlier = restore(compiled, answers, values)
        verdict = judge(compiled, context, earlier | passing(NIGHT, context, stage), stage)
        answers, values = verdict.answers, json.loads(json.dumps(verdict.values))

    assert (verdict.answers, verdict.complete, verdict.errors) == ("111111" + "11a1" + "111", True, ())


def test_a_missing_item_of_the_stage_is_told_and_one_of_another_stage_is_not():
    context = known(NIGHT)

    verdict = judge(form(NIGHT), context, {}, "morning")

    assert [one.code for one in verdict.errors] == ["DOR-N-10", "DOR-N-11", "DOR-N-12"]
    assert len(verdict.missing) == 13


def test_an_unverified_boarder_alarms_with_the_roll():
    context = known(NIGHT)
    changed = {
        "DOR-N-02": {"a": "97", "changed_reason": "点名"},
        "DOR-N-03": {"a": "1", "changed_reason": "点名"},
    }

    verdict = judge(form(NIGHT), context, passing(NIGHT, context, "roll") | changed, "roll")

    assert [(one.rule, one.roles) for one in verdict.alarms] == [
        ("XR-DOR-05", ("duty_leader", "principal", "county_office"))
    ]
    assert [one.code for one in verdict.failures] == ["DOR-N-03"]


def test_an_unknown_stage_is_the_callers_mistake():
    with pytest.raises(KeyError):
        judge(form(NIGHT), known(NIGHT), {}, "noon")


def test_what_was_said_beside_an_answer_comes_back_with_it():
    context, compiled = known("canteen_daily"), form("canteen_daily")
    submission = passing("canteen_daily", context) | {
        "CAN-D-06": {"a": "fail", "photos": 2, "note": "霉变", "stop_service": {"stopped": False}},
        "CAN-D-13": {"a": "80.0", "changed_reason": "复测"},
        "CAN-D-14": {"a": "na", "na_reason": "即做即食"},
        "CAN-D-10": {"a": {"k1": "na"}, "na_reason": "除霜"},
    }
    first = judge(compiled, context, submission)

    again = judge(compiled, context, restore(compiled, first.answers, first.values))

    assert again == first


def test_a_critical_item_confirmed_as_not_applicable_stays_confirmed():
    context, compiled = known("canteen_daily", staff_certificates_valid=NOT_APPLICABLE), form("canteen_daily")
    first = judge(compiled, context, passing("canteen_daily", context) | {"CAN-D-02": {"a": "na"}})

    again = judge(compiled, context, restore(compiled, first.answers, first.values))

    assert (first.errors, again) == ((), first)
