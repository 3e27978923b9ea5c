# ruff: noqa: E501
"""Reading the definition: the shipped file, and files with a mistake in one place."""

import pytest
import yaml

from inspections.checklists.rules.definition import Definition
from inspections.checklists.rules.loading import SHIPPED_FILE, DefinitionError, read, shipped

TEXT = SHIPPED_FILE.read_text(encoding="utf-8")


def problems_of(text: str) -> list:
    """Return what the reader says about a text."""
    with pytest.raises(DefinitionError) as refused:
        read(text)
    return refused.value.problems


def test_the_shipped_file_holds_what_it_promises():
    definition = shipped()

    assert len(definition.templates) == 8
    assert sum(len(template.items) for template in definition.templates) == 133
    assert len(definition.cross_rules) == 11
    assert [sum(item.max for item in sheet.items) for sheet in definition.supervision] == [100] * 4
    assert len(definition.parameters) == 22
    assert len(definition.vocabulary.facts) == 88


def test_a_definition_turns_back_into_the_very_file():
    raw = yaml.safe_load(TEXT)

    definition = Definition.from_json(raw)

    assert definition.to_json() == raw


# What is replaced, by what, in which part of the path the fault is told, and a word of its sentence.
BROKEN = [
    # -- shape
    ("schema_version: 2", "schema_version: 3", "schema_version", "只能写"),
    ("  major: {due: 3d, extensions: 1,", "  major: {due: 3x, extensions: 1,", "severity_defaults.major.due", "写法不对"),
    ("CAN-D-24, zh: 剩余饭菜称重登记", "CAN-X-24, zh: 剩余饭菜称重登记", "sections[2].items[7].code", "写法不对"),
    ("zh: 剩余饭菜称重登记, en: Leftovers weighed and recorded,\n       category: price, severity: info",
     "zh: 剩余饭菜称重登记, en: Leftovers weighed and recorded,\n       category: price, severity: grave", "severity", "不能用"),
    ("  countersign: vice_principal_logistics", "  countersigns: vice_principal_logistics", "templates[2]", "不认识"),
    ("  app: campus\n  subject: campus\n  schedule: {kind: daily", "  subject: campus\n  schedule: {kind: daily",
     "templates[6]", "缺少"),
    ("  total: 100\n  items:\n  - {code: SUP-MGT-01", "  total: 90\n  items:\n  - {code: SUP-MGT-01", "total", "只能写"),
    ("share: 100}],\n     basis: [R27]", "share: 0}],\n     basis: [R27]", "share", "不能小于"),
    ("anchor: 5,", "anchor: 9,", "schedule.anchor", "不能大于"),
    ("max: 12, mode: ratio", "max: 12, mode: guess", "mode", "不能用"),
    ("    天: {places: 0, from: 0, to: 3650}", "    天: {places: zero, from: 0, to: 3650}", "places", "整数"),
    ("fail: {due: 24h}, basis: [R101]", "fail: {due: 3d}, basis: [R101]", "fail.due", "写法不对"),
    ("fail: {due: 10d, why: {zh: 补充人员须招聘, en: guards have to be hired}}", "fail: {due: 10d}", "fail", "缺少“why”"),
    ("opens: \"20:00\"", "opens: \"25:00\"", "schedule.opens", "写法不对"),
    # -- words
    ("fact: canteens.papers_expiring, evidence", "fact: canteens.papers_ending, evidence", "fact", "没有“canteens.papers_ending”这个数据项"),
    ("max: {param: FREEZE_MAX_C}", "max: {param: FREEZING_C}", "answer.max", "没有“FREEZING_C”这个参数"),
    ("done_by: [dorm_keeper]", "done_by: [night_watch]", "done_by[0]", "没有“night_watch”这个岗位"),
    ("when: [has_shop]", "when: [has_pool]", "when[0]", "没有“has_pool”这个条件"),
    ("category: debt", "category: loans", "category", "没有“loans”这个类别"),
    ("evidence: [system], fail: {photo: true}, basis: [K24]", "evidence: [smell], fail: {photo: true}, basis: [K24]", "evidence[0]", "没有“smell”这个依据方式"),
    ("kind: number, unit: g, min: {param: SAMPLE_MIN_G}}, fact: canteens.sample_min_weight, evidence: [record], fail: {photo: true, due: 4h}",
     "kind: number, unit: kg, min: {param: SAMPLE_MIN_G}}, fact: canteens.sample_min_weight, evidence: [record], fail: {photo: true, due: 4h}", "fact", "单位不一致"),
    ("    food_safety_officer: {zh: 食品安全员", "    cook: {zh: 厨师, en: cook}\n    food_safety_officer: {zh: 食品安全员", "vocabulary.roles.cook", "没有任何地方用到"),
    # -- items
    ("code: CAN-D-25,", "code: CAN-D-24,", "code", "编号“CAN-D-24”重复"),
    ("code: CMP-M-19,", "code: CAN-M-19,", "code", "开头与检查表所属不符"),
    ("fact: canteens.accompanied, evidence: [record], fail: {due: 1d}, basis: [K02]}",
     "fact: canteens.leftovers, evidence: [record], fail: {due: 1d}, basis: [K02]}", "fact", "类型"),
    ("pass: [normal, odd_handled]", "pass: [normal, fine]", "answer.pass[1]", "不在选项中"),
    ("{code: odd_open,", "{code: normal,", "choices[2].code", "重复"),
    ("min_length: 10, max_length: 500", "min_length: 900, max_length: 500", "min_length", "最短字数大于"),
    ("min: 1, max: {param: EVACUATION_MAX_S}", "min: 121, max: {param: EVACUATION_MAX_S}", "answer.min", "下限大于上限"),
    ("min: 1, max: {param: EVACUATION_MAX_S}", "min: 1, max: 4000", "answer.max", "超出单位"),
    ("repeat_by: canteens.freezers", "repeat_by: canteens.leftovers", "repeat_by", "不是清单"),
    ("kind: number, unit: s, min: 1, max: {param: EVACUATION_MAX_S}", "kind: number, unit: s", "answer", "既无限值也无规则"),
    ("fact: campus.repairs_in_time, evidence: [system], na: {allowed: true}", "fact: campus.repairs_in_time, evidence: [system]", "fact", "未知时的处理"),
    ("category: debt, severity: critical", "category: theft, severity: critical", "category", "不能用于这张检查表"),
    ("na: {allowed: true}, basis: [R25]", "na: {allowed: true}, basis: [R125]", "basis[0]", "没有“R125”这条依据"),
    ("fact: schools.guards_in_post, expected: schools.guards_required", "fact: schools.guards_in_post, expected: schools.guards_in_post", "expected", "没有规则来比较"),
    # -- stages and schedules
    ("items: [DOR-N-10, DOR-N-11, DOR-N-12]}", "items: [DOR-N-10, DOR-N-11, DOR-N-12, DOR-N-06]}", "stages[2].items[3]", "出现了两次"),
    ("items: [DOR-N-10, DOR-N-11, DOR-N-12]}", "items: [DOR-N-10, DOR-N-11]}", "stages", "“DOR-N-12”不在任何阶段里"),
    ("items: [DOR-N-10, DOR-N-11, DOR-N-12]}", "items: [DOR-N-10, DOR-N-11, DOR-N-12, DOR-D-01]}", "stages[2].items[3]", "不是本表的项"),
    ("Morning hand-over, due: \"+1d 08:00\"", "Morning hand-over, due: \"+1d 07:00\"", "stages[2].due", "与整表不同"),
    ("Patrols, due: \"+1d 05:00\"", "Patrols, due: \"21:00\"", "stages[1].due", "依次向后"),
    ("due: \"+1d 00:00\", belongs_to: same_day, seq: canteens.deliveries", "due: \"05:00\", belongs_to: same_day, seq: canteens.deliveries", "schedule.due", "不晚于"),
    ("seq: canteens.deliveries", "seq: canteens.supply_mode", "schedule.seq", "不是清单"),
    ("  - code: power_water", "  - code: fire", "sections[1].code", "重复"),
    # -- rules
    ("{code: XR-DOR-02,", "{code: XR-DOR-01,", "code", "编号“XR-DOR-01”重复"),
    ("{code: XR-CAN-02, template: canteen_daily", "{code: XR-CAN-02, template: canteen_yearly", "template", "没有“canteen_yearly”这张检查表"),
    ("on_fail: {fail: CAN-M-09}", "on_fail: {fail: CAN-D-09}", "on_fail.fail", "不是本表的项"),
    ("on_fail: {fail: CAN-M-09}", "on_fail: {fail: CAN-M-12}", "on_fail.fail", "仅登记"),
    ("op: ge, left: {item: CMP-M-13}", "op: ge, left: {item: CMP-M-01}", "left", "不是单个的数"),
    ("right: {param: LEFTOVER_ZERO_DAYS}", "right: {fact: canteens.leftovers}", "right", "单位不一致"),
    ("left: {fact: canteens.papers_expired}", "left: {fact: canteens.month_closed}", "left", "不是数"),
    # -- sheets and parameters
    ("{code: SUP-MGT-02, zh: 制度齐全有效, en: Regulations complete and current,\n     max: 12",
     "{code: SUP-MGT-02, zh: 制度齐全有效, en: Regulations complete and current,\n     max: 13", "supervision[3].total", "应为100"),
    ("en: Director required but not appointed, points: 8", "en: Director required but not appointed, points: 9", "points", "超过本项满分8"),
    ("code: effective, zh: 有成效, en: With effect, points: 4", "code: effective, zh: 有成效, en: With effect, points: 3", "bands", "最高一档"),
    ("denominator: schools.staff_in_post, share: 10}", "denominator: schools.staff_in_post, share: 11}", "measure", "之和应为100"),
    ("points: 2, compares_with: [DOR-D-09]", "points: 2, compares_with: [CAN-W-09]", "compares_with[0]", "不是日检查"),
    ("{code: SUP-MGT-10,", "{code: SUP-MGT-09,", "code", "重复"),
    ("{code: zero_report_missing,", "{code: new_debt,", "deduct[1].code", "重复"),
    ("WINTER_TO: {value: 04-15", "WINTER_TO: {value: 04-31", "parameters.WINTER_TO.value", "不是一个月日"),
    ("SAMPLE_MIN_G: {value: 125", "SAMPLE_MIN_G: {value: 12500", "parameters.SAMPLE_MIN_G.value", "超出单位"),
    ("fact: campus.building_sites, ge: 1", "fact: campus.building_sites, eq: true", "has_building_site.eq", "不能这样比较"),
    ("fact: canteens.supply_mode, in: [delivered]", "fact: canteens.supply_mode, in: [posted]", "delivered.in", "没有这样的取值"),
    ("campus.well: {type: bool, per: place, span: date, unknown: holds", "campus.well: {type: bool, per: place, span: date, unknown: skip", "has_well.fact", "作条件时"),
    ("    处: {places: 0, from: 0, to: 1000}", "    处: {places: 0, from: 1001, to: 1000}", "units.处.from", "下限大于上限"),
    # -- YAML itself
    ("  major: {due: 3d,", "  major: {due: 3d, due: 2d,", "severity_defaults.major.due", "键“due”重复"),
]  # fmt: skip

# Faults told at a whole that begins on an earlier line, or at a word that leans on the piece replaced.
WIDER = {"templates[2]", "templates[6]", "stages", "supervision[3].total", "bands", "measure", "has_well.fact"}
SHAPE = 14


def batches(cases: list) -> list[list]:
    """Pack mistakes that do not touch the same piece of text into as few files as possible."""
    packed: list[list] = []
    for case in cases:
        old = case[0]
        home = next((one for one in packed if all(old not in other[0] and other[0] not in old for other in one)), None)
        if home is None:
            packed.append(home := [])
        home.append(case)
    return packed


@pytest.fixture(scope="module")
def told() -> dict:
    """Return for every mistake the line where it was made and the problems of the file it was made in."""
    answer = {}
    for batch in batches(BROKEN[:SHAPE]) + batches(BROKEN[SHAPE:]):
        text = TEXT
        for old, new, _path, _reason in batch:
            assert TEXT.count(old) == 1
            text = text.replace(old, new)
        problems = problems_of(text)
        for case in batch:
            pieces = text.split(case[1])
            ends = [case[1].join(pieces[:place]) for place in range(1, len(pieces))]
            answer[case] = ([end.count("\n") + 1 for end in ends], problems)
    return answer


@pytest.mark.parametrize("case", BROKEN, ids=[f"{one[2]} {one[3]}" for one in BROKEN])
def test_a_broken_file_is_refused_with_its_line_and_a_sentence(told, case):
    _old, new, path, reason = case

    starts, problems = told[case]

    lines = [one.line for one in problems if one.path.endswith(path) and reason in one.reason]
    assert lines, problems
    assert path in WIDER or any(first <= line <= first + new.count("\n") for first in starts for line in lines)


def test_all_problems_are_told_in_the_order_of_their_lines():
    text = TEXT.replace("code: CAN-D-25,", "code: CAN-D-24,").replace("{code: SUP-MGT-10,", "{code: SUP-MGT-09,")
    text = text.replace("done_by: [dorm_keeper]", "done_by: [night_watch]")

    problems = problems_of(text)

    assert len(problems) == 3
    assert [one.line for one in problems] == sorted(one.line for one in problems)


def test_a_wrong_shape_does_not_hide_a_wrong_reference():
    text = TEXT.replace("anchor: 5,", "anchor: 9,").replace("code: CAN-D-25,", "code: CAN-D-24,")
    text = text.replace("  major: {due: 3d,", "  major: {due: 3d, due: 2d,")

    problems = problems_of(text)

    reasons = [one.reason for one in problems]
    assert reasons == ["键“due”重复", "编号“CAN-D-24”重复", "不能大于7"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "空"),
        ("a: [1\nb: 2", 2, "YAML"),
        ("a: 1\nb: \x00", 2, "字符"),
        ("a: !!python/object/apply:os.system [ls]", 1, "YAML"),
        ("a: 2026-13-45", 1, "日期"),
        ("a: &x [*x]", 1, "互相引用"),
        ("a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
            f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n"
            for a, b in zip("abcdefg", "bcdefgh", strict=True)), 1, "过大"),
        ("[" * 3000, 1, "过深"),
        ("[" * 200_000, 1, "过深"),
        ("{a: " * 50_000, 1, "过深"),
        ("- 1\n- 2", 1, "一组键值"),
        ("? [a, b]\n: 1", 1, "YAML"),
        ("a: !!timestamp x", 1, "不能读出"),
        ("a: !!bool x", 1, "不能读出"),
        ("just words", 1, "一组键值"),
        ("a: .inf\n" + "x" * 1_000_001, 1, "过大"),
    ],
)  # fmt: skip
def test_what_is_no_definition_at_all_is_refused_with_a_sentence(text, line, reason):
    problems = problems_of(text)

    assert (problems[0].line, reason in problems[0].reason) == (line, True), problems


def test_anchors_may_be_used():
    text = TEXT.replace("done_by: [dorm_keeper]", "done_by: &keeper [dorm_keeper]", 1)
    text = text.replace("done_by: [duty_teacher, dorm_keeper]", "done_by: *keeper", 1)

    problems = problems_of(text)

    assert [one.path for one in problems] == ["vocabulary.roles.duty_teacher"]
