"""Judging a check: every kind of answer, every rule, and what keeps a check from being taken."""

from typing import Any

import pytest

from inspections.checklists.rules.clock import Due
from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN
from inspections.checks.rules.judging import judge
from inspections.checks.rules.sayings import Saying
from inspections.checks.rules.verdicts import Verdict
from logistics_portal.kit.registry import ListedEntry

from .rules_cases import WINTER, form, known, passing, unknown

TWO = (ListedEntry("k1", "一号冰箱", "4.0"), ListedEntry("k2", "二号冰箱"))


def judged(code: str, context: Any, stage: str | None = None, **entries: Any) -> Verdict:
    """Judge a check that is well but for the entries given (underscores stand for dashes in codes)."""
    submission = passing(code, context, stage) | {key.replace("_", "-"): one for key, one in entries.items()}
    return judge(form(code), context, submission, stage)


def char(verdict: Verdict, form_code: str, code: str) -> str:
    """Return the character of one item."""
    return verdict.answers[form(form_code).by_code[code].index]


def errors(verdict: Verdict, code: str) -> str:
    """Return the sentences about one item."""
    return "；".join(one.sentence for one in verdict.errors if one.code == code)


@pytest.mark.parametrize(
    "code",
    [
        "canteen_daily", "canteen_delivered_daily", "canteen_weekly", "canteen_monthly", "dormitory_daily",
        "dormitory_nightly", "campus_daily", "campus_monthly",
    ],
)  # fmt: skip
@pytest.mark.parametrize("facts", ["known", "unknown"])
def test_a_check_with_nothing_wrong_passes_whole(code, facts):
    context = known(code) if facts == "known" else unknown()

    verdict = judged(code, context)

    assert (verdict.errors, verdict.failures, verdict.complete) == ((), (), True)
    assert len(verdict.answers) == len(form(code).plans)


STOPPED = {"stopped": True, "since": "07:30"}
FAILS = {"a": "fail", "photos": 1, "stop_service": STOPPED}

# form, item, entry, character, a word of the errors (nothing: it is taken)
ANSWERS = [
    ("canteen_daily", "CAN-D-03", {"a": "pass"}, "1", ""),
    ("canteen_daily", "CAN-D-03", {"a": "fail", "photos": 1}, "0", ""),
    ("canteen_daily", "CAN-D-03", {"a": "fail"}, "0", "照片"),
    ("canteen_daily", "CAN-D-03", {"a": "fail", "photos": True}, "0", "照片数量"),
    ("canteen_daily", "CAN-D-03", {"a": "yes"}, ".", "应答"),
    ("canteen_daily", "CAN-D-03", {"a": True}, ".", "应答"),
    ("canteen_daily", "CAN-D-03", {"a": "na", "na_reason": "没有"}, ".", "不能答"),
    ("canteen_daily", "CAN-D-03", {}, ".", "还没有填写"),
    ("canteen_daily", "CAN-D-03", None, ".", "还没有填写"),
    ("canteen_daily", "CAN-D-03", "pass", ".", "写法不对"),
    ("canteen_daily", "CAN-D-03", {"a": "pass", "note": "x\x00"}, ".", "不能保存"),
    ("canteen_daily", "CAN-D-03", {"a": "pass", "note": "长" * 501}, ".", "最多500个字"),
    ("canteen_daily", "CAN-D-14", {"a": "na", "na_reason": "即做即食"}, "-", ""),
    ("canteen_daily", "CAN-D-14", {"a": "na"}, ".", "须写明原因"),
    ("canteen_daily", "CAN-D-14", {"a": "na", "na_reason": "  "}, ".", "须写明原因"),
    ("canteen_daily", "CAN-D-14", {"a": "na", "na_reason": "长" * 201}, ".", "最多200个字"),
    ("canteen_daily", "CAN-D-06", FAILS, "0", ""),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": None}, "0", "是否已停用"),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": {"stopped": False}}, "0", ""),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": {"stopped": True}}, "0", "从哪天几点起"),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": {"stopped": True, "since": "soon"}}, "0", "从哪天几点起"),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": {"stopped": True, "since": "2026-09-01T07:30"}}, "0", ""),
    ("canteen_daily", "CAN-D-02", {"a": "fail"}, "0", "与系统已有的数据不同"),
    ("canteen_daily", "CAN-D-02", {"a": "fail", "changed_reason": "一人证件昨日到期"}, "0", ""),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": STOPPED | {"since": "2026-09-01T07:30:15Z"}}, "0", ""),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": STOPPED | {"since": "1986-06-01T07:30"}}, "0", "几点起"),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": STOPPED | {"since": "2026-09-01T0730"}}, "0", "几点起"),
    ("canteen_daily", "CAN-D-06", FAILS | {"stop_service": STOPPED | {"since": "2026-02-30T07:30"}}, "0", "几点起"),
    ("canteen_daily", "CAN-D-13", {"a": "75.0"}, "1", ""),
    ("canteen_daily", "CAN-D-13", {"a": "75"}, "1", ""),
    ("canteen_daily", "CAN-D-13", {"a": "70.0", "changed_reason": "复测"}, "1", ""),
    ("canteen_daily", "CAN-D-13", FAILS | {"a": "69.9", "changed_reason": "复测"}, "0", ""),
    ("canteen_daily", "CAN-D-13", {"a": "75.05"}, ".", "最多保留1位小数"),
    ("canteen_daily", "CAN-D-13", {"a": "750"}, ".", "是否填错"),
    ("canteen_daily", "CAN-D-13", {"a": 75.0}, ".", "应填写数字"),
    ("canteen_daily", "CAN-D-13", {"a": "1e2"}, ".", "应填写数字"),
    ("canteen_daily", "CAN-D-13", {"a": "NaN"}, ".", "应填写数字"),
    ("canteen_daily", "CAN-D-13", {"a": 10**5000}, ".", "应在-60到150"),
    ("canteen_daily", "CAN-D-13", {"a": "9" * 40}, ".", "应在-60到150"),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "9" * 12}}, ".", "应在"),
    ("canteen_daily", "CAN-D-13", {"a": "７５．０"}, "1", ""),
    ("canteen_daily", "CAN-D-01", {"a": 10}, "1", ""),
    ("canteen_daily", "CAN-D-01", {"a": "10.0"}, ".", "最多保留0位小数"),
    ("canteen_daily", "CAN-D-01", {"a": "-1"}, ".", "是否填错"),
    ("canteen_daily", "CAN-D-01", {"a": "20001"}, ".", "是否填错"),
    ("canteen_daily", "CAN-D-24", {"a": "0", "changed_reason": "已清空"}, "1", ""),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "0.0"}}, "1", ""),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "8.0"}}, "1", ""),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "8.1"}, "photos": 1}, "0", ""),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "-0.1"}, "photos": 1}, "0", ""),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "warm"}}, ".", "应填写数字"),
    ("canteen_daily", "CAN-D-10", {"a": {"k9": "4.0"}}, ".", "不在清单内"),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": ""}}, ".", "还没有填写"),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "na"}}, ".", "须写明原因"),
    ("canteen_daily", "CAN-D-10", {"a": {"k1": "na"}, "na_reason": "除霜"}, "-", ""),
    ("canteen_daily", "CAN-D-10", {"a": "4.0"}, ".", "逐个填写"),
    ("canteen_weekly", "CAN-W-13", {"a": "本周风险可控，下周重点查留样"}, "1", ""),
    ("canteen_weekly", "CAN-W-13", {"a": "无"}, "0", ""),
    ("canteen_weekly", "CAN-W-13", {"a": "   "}, ".", "还没有填写"),
    ("canteen_weekly", "CAN-W-13", {"a": "长" * 501}, ".", "最多500个字"),
    ("canteen_weekly", "CAN-W-13", {"a": "好" * 10 + "\ud800"}, ".", "不能保存"),
    ("dormitory_nightly", "DOR-N-08", {"a": "normal"}, "a", ""),
    ("dormitory_nightly", "DOR-N-08", {"a": "odd_handled"}, "b", ""),
    ("dormitory_nightly", "DOR-N-08", {"a": "odd_open"}, "c", ""),
    ("dormitory_nightly", "DOR-N-08", {"a": "other"}, ".", "从选项中"),
    ("dormitory_nightly", "DOR-N-08", {"a": ["normal"]}, ".", "从选项中"),
    ("campus_daily", "CMP-D-14", {"a": "pass"}, ".", ""),
]


@pytest.mark.parametrize(("code", "item", "entry", "expected", "word"), ANSWERS)
def test_an_answer_of_every_kind_is_judged(code, item, entry, expected, word):
    context = known(code)

    verdict = judged(code, context, **{item: entry})

    assert char(verdict, code, item) == expected
    assert word in errors(verdict, item)
    assert verdict.ok is (word == "")


def test_a_choice_that_is_not_good_opens_a_finding():
    context = known("dormitory_nightly")

    verdict = judged("dormitory_nightly", context, DOR_N_08={"a": "odd_open"})

    assert [(one.code, one.due, one.stage) for one in verdict.failures] == [("DOR-N-08", Due(2, "h"), "patrols")]


def test_a_failure_says_what_its_finding_needs():
    entry = FAILS | {"note": "豆角发霉", "photos": 2}

    verdict = judged("canteen_daily", known("canteen_daily"), CAN_D_06=entry)

    (failure,) = verdict.failures
    assert (failure.severity, failure.due, failure.escalate_to) == ("critical", Due(2, "h"), "county_office")
    assert (failure.stop_service, failure.note, failure.photos) == (
        {"stopped": True, "since": "2026-09-01T07:30+08:00"}, "豆角发霉", 2,
    )  # fmt: skip
    assert verdict.values["photos"] == {"CAN-D-06": 2}
    assert verdict.n_fail == 1


def test_a_severity_gives_its_own_due_where_the_item_names_none():
    verdict = judged("canteen_weekly", unknown(), CAN_W_06={"a": "fail", "photos": 1})

    assert verdict.failures[0].due == Due(3, "d")


def test_both_values_are_kept_where_a_person_departs_from_a_fact():
    entry = {"a": "72.0", "changed_reason": "二次测量"}

    verdict = judged("canteen_daily", known("canteen_daily"), CAN_D_13=entry)

    assert verdict.values["CAN-D-13"] == "72.0"
    assert verdict.values["changed"] == {"CAN-D-13": {"fact": "75.0", "reason": "二次测量"}}


def test_each_entry_of_a_repeat_is_judged_alone_and_the_one_finding_names_it():
    context = known("canteen_daily", refrigerators=TWO)
    entry = {"a": {"k1": "4.0", "k2": "12.5"}, "photos": 1}

    verdict = judged("canteen_daily", context, CAN_D_10=entry)

    assert verdict.failures[0].entries == ("二号冰箱",)
    assert verdict.values["CAN-D-10"] == {"k1": "4.0", "k2": "12.5"}


def test_an_entry_may_be_left_out_and_a_changed_reading_needs_its_reason():
    context = known("canteen_daily", refrigerators=TWO)

    left = judged("canteen_daily", context, CAN_D_10={"a": {"k1": "4.0", "k2": "na"}, "na_reason": "停用"})
    changed = judged("canteen_daily", context, CAN_D_10={"a": {"k1": "5.0", "k2": "6.0"}})

    assert (left.ok, char(left, "canteen_daily", "CAN-D-10")) == (True, "1")
    assert left.values["na"] == {"CAN-D-10": "停用"}
    assert "与系统已有的数据不同" in errors(changed, "CAN-D-10")
    assert changed.values["changed"]["CAN-D-10"]["fact"] == {"k1": "4.0"}


@pytest.mark.parametrize(
    ("listed", "entry", "expected"),
    [
        ((), None, "-"),
        (NOT_APPLICABLE, None, "-"),
        (UNKNOWN, {"a": {"1": "4.0"}}, "1"),
        (UNKNOWN, {"a": {"1": "9.0"}, "photos": 1}, "0"),
        (UNKNOWN, None, "."),
    ],
)
def test_a_list_that_is_empty_or_unknown_is_asked_once_or_not_at_all(listed, entry, expected):
    context = known("canteen_daily", refrigerators=listed)

    verdict = judged("canteen_daily", context, CAN_D_10=entry)

    assert char(verdict, "canteen_daily", "CAN-D-10") == expected


def test_a_fact_that_fell_away_settles_an_item_but_never_a_critical_one():
    context = known("canteen_daily", receipts_complete=NOT_APPLICABLE, staff_certificates_valid=NOT_APPLICABLE)

    silent = judged("canteen_daily", context, CAN_D_04=None, CAN_D_02=None)
    confirmed = judged("canteen_daily", context, CAN_D_04=None, CAN_D_02={"a": "na"})

    assert char(silent, "canteen_daily", "CAN-D-04") == "-"
    assert [one.code for one in silent.errors] == ["CAN-D-02"]
    assert confirmed.ok
    assert confirmed.values["na"] == {"CAN-D-02": "confirmed", "CAN-D-04": "*fact"}


def test_a_rate_that_nobody_records_is_not_applicable_until_somebody_types_it():
    context = known("campus_monthly", stocktake_rate=UNKNOWN)

    silent = judged("campus_monthly", context, CMP_M_14=None)
    typed = judged("campus_monthly", context, CMP_M_14={"a": "90.0"})

    assert char(silent, "campus_monthly", "CMP-M-14") == "-"
    assert silent.values["na"]["CMP-M-14"] == "*unrecorded"
    assert char(typed, "campus_monthly", "CMP-M-14") == "0"


def test_a_condition_decides_whether_an_item_is_asked():
    summer, winter = known("dormitory_daily"), known("dormitory_daily", WINTER)
    unsure = known("dormitory_daily", WINTER, stove_heating=UNKNOWN)

    left_out = judged("dormitory_daily", unsure, DOR_D_20={"a": "na", "na_reason": "集中供暖"})

    assert char(judged("dormitory_daily", summer), "dormitory_daily", "DOR-D-19") == "."
    assert char(judged("dormitory_daily", winter), "dormitory_daily", "DOR-D-19") == "1"
    assert char(judged("dormitory_daily", winter), "dormitory_daily", "DOR-D-20") == "."
    assert (char(left_out, "dormitory_daily", "DOR-D-20"), left_out.ok) == ("-", True)


def test_an_answer_to_what_is_not_asked_is_not_used_and_said_so():
    verdict = judged("campus_daily", known("campus_daily"), CMP_D_14={"a": "fail"})

    assert [(one.code, one.kind) for one in verdict.notes] == [("CMP-D-14", "ignored")]
    assert verdict.n_fail == 0


ROLL = {"DOR_N_01": "100", "DOR_N_02": "98", "DOR_N_13": "2", "DOR_N_03": "0", "DOR_N_05": "2"}

# form, what is changed, the rule, and what comes of it
RULES = [
    ("canteen_daily", {"CAN_D_01": "9"}, {"fail": "CAN-D-01"}),
    ("canteen_daily", {"CAN_D_01": "11"}, {"fail": "CAN-D-01"}),
    ("canteen_daily", {"CAN_D_15": "11"}, {"fail": "CAN-D-15"}),
    ("canteen_daily", {"CAN_D_15": "13"}, {}),
    ("dormitory_daily", {"DOR_D_11": "97"}, {"reason": "XR-DOR-01"}),
    ("dormitory_nightly", {"DOR_N_01": "101", "DOR_N_02": "99"}, {"reason": "XR-DOR-02"}),
    ("dormitory_nightly", {"DOR_N_13": "1", "DOR_N_02": "99"}, {"reason": "XR-DOR-03"}),
    ("dormitory_nightly", {"DOR_N_02": "97"}, {"fail": "DOR-N-02", "alarm": "XR-DOR-04"}),
    ("dormitory_nightly", {"DOR_N_02": "97", "DOR_N_03": "1"}, {"fail": "DOR-N-03", "alarm": "XR-DOR-05"}),
    ("dormitory_nightly", {"DOR_N_05": "1"}, {}),
    ("campus_monthly", {"CMP_M_13": "3"}, {"fail": "CMP-M-13"}),
]


@pytest.mark.parametrize(("code", "figures", "outcome"), RULES)
def test_a_cross_rule_draws_its_consequences(code, figures, outcome):
    entries = {key: {"a": figure, "changed_reason": "已核对"} for key, figure in figures.items()}

    verdict = judged(code, known(code), **entries)

    assert [one.code for one in verdict.failures] == [outcome[key] for key in ("fail",) if key in outcome]
    assert [one.rule for one in verdict.alarms] == [outcome[key] for key in ("alarm",) if key in outcome]
    assert outcome.get("reason") in (None, *verdict.values.get("reasons", {}))
    assert verdict.ok


def test_duty_below_the_minimum_of_the_building_fails_though_the_province_asks_less():
    entry = {"a": "2"}

    verdict = judged("dormitory_nightly", known("dormitory_nightly", duty_minimum=3), DOR_N_05=entry)

    assert [(one.code, one.rules) for one in verdict.failures] == [("DOR-N-05", ("XR-DOR-06",))]


def test_an_expired_paper_and_zeros_for_days_are_seen_from_facts_alone():
    month = judged("canteen_monthly", known("canteen_monthly", papers_expired=1))
    day = judged("canteen_daily", known("canteen_daily", leftover_zero_days=5))
    fourth = judged("canteen_daily", known("canteen_daily", leftover_zero_days=4))

    assert [(one.code, one.rules) for one in month.failures] == [("CAN-M-09", ("XR-CAN-04",))]
    assert [tuple(one) for one in day.flags] == [("truth", "XR-CAN-03")]
    assert (day.ok, day.n_fail, fourth.flags) == (True, 0, ())


def test_a_sum_that_does_not_add_up_needs_a_sentence():
    context = known("dormitory_daily", on_leave=5)

    silent = judged("dormitory_daily", context)
    said = judged("dormitory_daily", context, XR_DOR_01={"reason": "三人下午返校"})

    assert silent.needs_reason == ("XR-DOR-01",)
    assert "请写明原因" in errors(silent, "XR-DOR-01")
    assert (said.ok, said.values["reasons"]) == (True, {"XR-DOR-01": "三人下午返校"})


def test_an_alarm_grows_with_how_bad_it_is():
    def worse(present: str, unverified: str) -> list:
        entries = {"DOR_N_02": present, "DOR_N_03": unverified}
        changed = {key: {"a": one, "changed_reason": "点名"} for key, one in entries.items()}
        return [one.worse for one in judged("dormitory_nightly", known("dormitory_nightly"), **changed).alarms]

    assert worse("97", "1") < worse("95", "3")


def test_a_rule_whose_operand_is_unknown_is_not_run_and_noted():
    verdict = judged("canteen_daily", unknown())

    told = [(one.code, one.kind, one.subject) for one in verdict.notes]

    assert told[0] == ("XR-CAN-01", "unknown", "canteens.staff_rostered")
    assert "未核对" in verdict.notes[0].sentence


def test_a_limit_without_a_figure_in_force_is_noted_and_does_not_fail():
    context = known("canteen_daily")
    bare = type(context)(context.date, {}, context.facts)

    verdict = judged("canteen_daily", bare, CAN_D_10={"a": {"k1": "40.0"}})

    assert verdict.n_fail == 0
    assert ("CAN-D-10", "parameter", "CHILL_MAX_C") in [tuple(one) for one in verdict.notes]


def test_an_item_that_a_rule_fails_keeps_its_figure():
    context = known("canteen_daily", dishes_served=20)

    verdict = judged("canteen_daily", context)

    assert char(verdict, "canteen_daily", "CAN-D-15") == "0"
    assert verdict.values["CAN-D-15"] == 12


def test_a_fact_just_below_zero_is_zero_and_confirmed_as_such():
    context = known("canteen_daily", leftovers="-0.04")

    verdict = judged("canteen_daily", context, CAN_D_24={"a": "0.0"})

    assert (verdict.ok, verdict.values["CAN-D-24"]) == (True, "0.0")
    assert "changed" not in verdict.values


@pytest.mark.parametrize(("code", "shown"), [("CAN-X-99", "CAN-X-99"), ("a" * 30, "a" * 20), ("项", "?"), ("\n", "?")])
def test_what_is_not_on_the_form_is_named_only_where_that_is_safe(code, shown):
    verdict = judge(form("canteen_daily"), known("canteen_daily"), {code: {"a": "pass"}})

    assert verdict.errors[0].saying == Saying("no_such_item", {"code": shown})
    assert verdict.errors[0].sentence == f"本表没有“{shown}”这一项"


def test_all_that_is_wrong_with_several_entries_is_said_in_one_sentence():
    context = known("canteen_daily", refrigerators=TWO)

    verdict = judged("canteen_daily", context, CAN_D_10={"a": {"k1": "warm"}})

    assert errors(verdict, "CAN-D-10") == "“一号冰箱”应填写数字；“二号冰箱”还没有填写"
