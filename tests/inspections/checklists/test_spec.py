"""Compiled versions: self-contained, stable, extended by counties and compared."""

import copy
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.checklists.rules.comparison import Turn, compare
from inspections.checklists.rules.context import Context, applies
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.overlay import OverlayRefused, overlay
from inspections.checklists.rules.spec import Template, compile_template, content_hash, load_spec
from inspections.checks.rules.judging import judge
from tests.inspections.checks.rules_cases import known, passing

CODES = [template.code for template in shipped().templates]
PARAMETERS = {name: one.value for name, one in shipped().parameters.items() if isinstance(one.value, int)}


def canteen() -> dict:
    """Return a fresh spec of the canteen's daily form."""
    return compile_template(shipped(), "canteen_daily")


def stored(spec: dict) -> dict:
    """Return a spec as the database gives it back."""
    return json.loads(json.dumps(spec))


@pytest.mark.parametrize("code", CODES)
def test_a_spec_comes_back_from_the_database_as_the_same_form(code):
    spec = stored(compile_template(shipped(), code))

    template = Template.from_spec(spec)

    written = [item.to_json() for item in shipped().template(code).items]
    extra = {"section", "stage"}
    assert [{key: one[key] for key in one if key not in extra} for one in spec["items"]] == written
    assert template.to_json().keys() == shipped().template(code).to_json().keys()
    assert load_spec(spec).items == template.items


@pytest.mark.parametrize("code", CODES)
def test_a_spec_carries_every_word_it_uses_and_no_value_of_a_parameter(code):
    spec = load_spec(compile_template(shipped(), code))

    facts = {item.fact for item in spec.items} | {item.expected for item in spec.items}
    facts |= {operand.fact for rule in spec.rules for operand in rule.operands}
    facts |= {one.fact for one in spec.conditions.values()} | {item.answer.repeat_by for item in spec.items}
    assert facts - {""} <= set(spec.facts)
    assert {name for item in spec.items for name in item.when} <= set(spec.conditions)
    assert {item.answer.unit for item in spec.items} - {""} <= set(spec.units)
    assert all(set(one) == {"unit", "zh", "en"} for one in spec.parameters.values())
    assert set(spec.template.done_by) <= set(spec.words["roles"])


def test_a_form_says_by_itself_whether_a_place_has_it():
    spec = load_spec(canteen())

    answers = [
        applies(spec, Context(date(2026, 9, 1), {}, {"canteens.supply_mode": mode}))
        for mode in ("self_run", "contracted", "delivered", "unheard")
    ]

    assert answers == [True, True, False, None]


@pytest.mark.parametrize(
    ("day", "winter"),
    [("2026-10-14", False), ("2026-10-15", True), ("2026-12-31", True), ("2027-04-15", True), ("2027-04-16", False)],
)
def test_the_heating_season_runs_over_the_new_year(day, winter):
    spec = compile_template(shipped(), "dormitory_daily")
    context = known("dormitory_daily", date.fromisoformat(day))

    verdict = judge(spec, context, passing("dormitory_daily", context))

    assert (verdict.answers[-3] != ".") is winter


def test_the_fingerprint_depends_on_what_is_said_and_not_on_the_order_of_keys():
    spec = canteen()
    turned = dict(reversed(spec.items()))
    changed = copy.deepcopy(spec)
    changed["items"][0]["zh"] += "。"

    assert content_hash(spec) == content_hash(turned) == content_hash(stored(spec))
    assert content_hash(spec) != content_hash(changed)


def test_a_spec_of_another_version_is_not_read():
    with pytest.raises(ValueError, match="version"):
        load_spec({"spec": 99})


ADDED = {
    "code": "CAN-D-220103-01", "section": "store_kitchen", "zh": "油炸用油当日更换", "en": "Frying oil changed today",
    "category": "safety", "severity": "major", "answer": {"kind": "bool"}, "fail": {"photo": True, "due": "1d"},
    "basis": ["K07"],
}  # fmt: skip


def test_a_county_may_ask_more_and_stricter():
    additions = {
        "added_by": "220103",
        "items": [ADDED],
        "limits": {"CAN-D-13": {"min": 72}, "CAN-D-10": {"max": "6.5"}},
        "fails": {"CAN-D-04": {"due": "4h"}},
    }
    context = known("canteen_daily", core_temperature="71.0")

    spec = overlay(canteen(), additions, parameters=PARAMETERS)

    items = {one["code"]: one for one in spec["items"]}
    assert [one["code"] for one in spec["items"]].index("CAN-D-220103-01") == 16
    assert items["CAN-D-220103-01"]["added_by"] == "220103"
    assert items["CAN-D-13"]["tighter"] == [{"min": "72.0", "added_by": "220103"}]
    submission = passing("canteen_daily", context) | {
        "CAN-D-220103-01": {"a": "pass"},
        "CAN-D-10": {"a": {"k1": "7.0"}, "photos": 1},
        "CAN-D-13": {"a": "71.0", "photos": 1, "stop_service": {"stopped": False}},
    }
    verdict = judge(stored(spec), context, submission)
    assert ([one.code for one in verdict.failures], verdict.ok) == (["CAN-D-10", "CAN-D-13"], True)


def test_an_addition_leaves_the_provinces_spec_as_it_was():
    spec = canteen()

    overlay(spec, {"added_by": "220103", "items": [ADDED], "limits": {"CAN-D-13": {"min": 72}}})

    assert spec == canteen()


def test_a_staged_form_takes_an_item_into_its_stage():
    night = compile_template(shipped(), "dormitory_nightly")
    item = ADDED | {"code": "DOR-N-220103-01", "section": "patrols", "category": "fire", "stage": "patrols"}

    spec = overlay(night, {"added_by": "220103", "items": [item]})

    assert spec["stages"][1]["items"][-1] == "DOR-N-220103-01"
    assert load_spec(spec).items[10].stage == "patrols"


REFUSED = [
    ({"items": [ADDED | {"code": "CAN-D-26"}]}, "编号须形如"),
    ({"items": [ADDED, ADDED]}, "不能再用"),
    ({"items": [ADDED | {"code": "CAN-D-220103-77"}]}, "不能再用"),
    ({"items": [ADDED | {"code": "DOR-D-220103-01"}]}, "所属不符"),
    ({"items": [ADDED | {"section": "attic"}]}, "没有“attic”这个分区"),
    ({"items": [ADDED | {"stage": "roll"}]}, "没有“roll”这个阶段"),
    ({"items": [ADDED | {"category": "debt"}]}, "不能用于"),
    ({"items": [ADDED | {"when": ["has_pool"]}]}, "没有“has_pool”这个条件"),
    ({"items": [ADDED | {"fact": "canteens.nothing"}]}, "没有“canteens.nothing”这个数据项"),
    ({"items": [ADDED | {"severity": "grave"}]}, "不能用"),
    ({"items": [ADDED | {"answer": {"kind": "number", "unit": "℃"}}]}, "既无限值也无规则"),
    ({"items": [ADDED | {"answer": {"kind": "number", "unit": "m", "min": 1}}]}, "没有“m”这个单位"),
    ({"items": [ADDED | {"zh": ""}]}, "至少要有"),
    ({"limits": {"CAN-D-13": {"min": 65}}}, "没有比原来更严"),
    ({"limits": {"CAN-D-13": {"min": 70}}}, "没有比原来更严"),
    ({"limits": {"CAN-D-10": {"max": 9}}}, "没有比原来更严"),
    ({"limits": {"CAN-D-10": {"max": "6.55"}}}, "不是本单位允许的数"),
    ({"limits": {"CAN-D-10": {"max": 900}}}, "不是本单位允许的数"),
    ({"limits": {"CAN-D-10": {"min": 8.0}}}, "不是本单位允许的数"),
    ({"limits": {"CAN-D-10": {"min": 7, "max": 6}}}, "没有正常的数"),
    ({"limits": {"CAN-D-10": {"low": 6}}}, "只能写下限或上限"),
    ({"limits": {"CAN-D-24": {"max": 6}}}, "仅登记"),
    ({"limits": {"CAN-D-03": {"max": 6}}}, "不是本表的数值项"),
    ({"limits": {"CAN-D-99": {"max": 6}}}, "不是本表的数值项"),
    ({"fails": {"CAN-D-04": {"due": "2d"}}}, "只能缩短"),
    ({"fails": {"CAN-D-04": {"due": "48h"}}}, "只能缩短"),
    ({"fails": {"CAN-D-10": {"due": "1d"}}}, "只能缩短"),
    ({"fails": {"CAN-D-04": {"due": "soon"}}}, "只能缩短"),
    ({"fails": {"CAN-D-04": {"photo": False}}}, "不能取消"),
    ({"fails": {"CAN-D-24": {"photo": True}}}, "不能这样加严"),
    ({"remove": ["CAN-D-04"]}, "不能删除或放宽"),
    ({"items": {"code": 1}}, "写法不对"),
    ({"items": [{}]}, "编号须形如"),
    ({"added_by": " "}, "哪个单位"),
    ([], "一组键值"),
]


@pytest.mark.parametrize(("additions", "reason"), REFUSED, ids=[reason for _one, reason in REFUSED])
def test_what_drops_loosens_or_does_not_fit_is_refused_with_a_sentence(additions, reason):
    given = {"added_by": "220103"} | additions if isinstance(additions, dict) else additions

    with pytest.raises(OverlayRefused) as refused:
        overlay(canteen(), given, taken={"CAN-D-220103-77"}, parameters=PARAMETERS)

    assert any(reason in sentence for sentence in refused.value.sentences), refused.value.sentences


def test_two_equal_specs_have_no_differences():
    changes = compare(canteen(), stored(canteen()))

    assert changes == []


def test_a_comparison_names_what_came_went_and_changed():
    before, after = canteen(), overlay(canteen(), {"added_by": "220103", "items": [ADDED]})
    gone = after["items"].pop(0)
    after["items"][0]["severity"] = "major"
    after["items"][1]["fail"] = {"photo": True, "due": "4h"}
    after["rules"][1]["zh"] = "留样不少于品种"
    after["zh"] = "食堂日管控"
    after["items"][3], after["items"][4] = after["items"][4], after["items"][3]

    changes = compare(before, after)

    told = {(one.turn, one.code, one.field): (one.label, one.before, one.after) for one in changes}
    assert (Turn.ADDED, "CAN-D-220103-01", "") in told
    assert told[Turn.REMOVED, gone["code"], ""][1]["zh"] == gone["zh"]
    assert told[Turn.CHANGED, "CAN-D-02", "severity"] == ("严重程度", "critical", "major")
    assert told[Turn.CHANGED, "CAN-D-03", "fail.due"] == ("整改期限", "1d", "4h")
    assert told[Turn.CHANGED, "XR-CAN-02", "zh"][2] == "留样不少于品种"
    assert told[Turn.CHANGED, "canteen_daily", "zh"][2] == "食堂日管控"
    assert [one.field for one in changes if one.code in ("CAN-D-05", "CAN-D-06")] == ["order"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["7.5", "4h"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=4), inside, max_size=3),
    max_leaves=6,
)
SOME_CODES = st.sampled_from(["CAN-D-13", "CAN-D-10", "CAN-D-04", "CAN-D-24", "X"])
ADDITIONS = st.fixed_dictionaries(
    {"added_by": st.just("220103")},
    optional={
        "items": st.lists(
            st.fixed_dictionaries({}, optional={key: JUNK | st.just(one) for key, one in ADDED.items()}), max_size=2
        ),
        "limits": st.dictionaries(SOME_CODES, st.dictionaries(st.sampled_from(["min", "max"]), JUNK, max_size=2)),
        "fails": st.dictionaries(SOME_CODES, st.dictionaries(st.sampled_from(["due", "photo"]), JUNK, max_size=2)),
    },
)


@settings(max_examples=200, deadline=None)
@given(ADDITIONS | JUNK)
def test_additions_are_made_or_refused_and_a_form_never_gets_looser(additions):
    before, context = canteen(), known("canteen_daily")
    strict = passing("canteen_daily", context) | {"CAN-D-10": {"a": {"k1": "12.0"}, "photos": 1}}

    try:
        spec = overlay(before, additions, parameters=PARAMETERS)
    except OverlayRefused:
        return

    assert {one["code"] for one in before["items"]} <= {one["code"] for one in spec["items"]}
    failed = {one.code for one in judge(before, context, strict).failures}
    assert failed <= {one.code for one in judge(spec, context, strict).failures}
