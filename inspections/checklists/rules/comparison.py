"""Two versions of a form side by side: what came, what went, what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from .shape import Json


class Turn(StrEnum):
    """What happened between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: at which part, in which field, from what to what, with its label for the page."""

    turn: Turn
    part: str
    code: str
    name: str
    field: str
    label: str
    before: Any
    after: Any


PARTS = {"items": "item", "sections": "section", "stages": "stage", "rules": "rule"}
WORDS = ("units", "conditions", "facts", "severity_defaults")
HEAD = ("zh", "en", "app", "subject", "when", "schedule", "done_by", "countersign")


def labels() -> dict[str, str]:
    """Return the names of the fields as the compare page shows them."""
    return {
        "zh": _("内容"),
        "en": _("英文"),
        "app": _("所属应用"),
        "subject": _("检查对象"),
        "when": _("适用条件"),
        "schedule": _("时间安排"),
        "done_by": _("由谁填写"),
        "countersign": _("由谁复签"),
        "category": _("类别"),
        "severity": _("严重程度"),
        "answer": _("答法"),
        "answer.kind": _("答案类型"),
        "answer.unit": _("单位"),
        "answer.min": _("下限"),
        "answer.max": _("上限"),
        "answer.repeat_by": _("逐个填写"),
        "answer.choices": _("选项"),
        "answer.pass": _("正常选项"),
        "answer.min_length": _("最短字数"),
        "answer.max_length": _("最长字数"),
        "fact": _("自动取数"),
        "expected": _("应有数"),
        "evidence": _("依据方式"),
        "fail.photo": _("异常须拍照"),
        "fail.due": _("整改期限"),
        "fail.why": _("期限较长的理由"),
        "fail.stop_service": _("异常须问是否停用"),
        "na": _("可答不适用"),
        "basis": _("依据"),
        "section": _("分区"),
        "stage": _("阶段"),
        "order": _("次序"),
        "tighter": _("加严限值"),
        "added_by": _("增加单位"),
        "due": _("截止"),
        "items": _("包含的项"),
        "missing": _("缺报时告知"),
        "op": _("比较方式"),
        "left": _("左边"),
        "right": _("右边"),
        "on_fail": _("不成立时"),
    }


def compare(before: Json, after: Json) -> list[Change]:
    """Return every difference between two specs: the form itself, its items, sections, stages, rules and words."""
    names = labels()
    changes = list(_fields("form", after, before, after, {key: names[key] for key in HEAD}))
    for key, part in PARTS.items():
        old, new = _by_code(before.get(key, ())), _by_code(after.get(key, ()))
        changes += _members(part, old, new, names)
    changes += _order(before["items"], after["items"], names["order"])
    for key in WORDS:
        changes += _members(key, before.get(key, {}), after.get(key, {}), names)
    return changes


def _by_code(parts: list[Json]) -> dict[str, Json]:
    return {one["code"]: one for one in parts}


def _members(part: str, old: Mapping[str, Json], new: Mapping[str, Json], names: dict[str, str]) -> Iterator[Change]:
    """Yield what was added, removed and changed among parts that have codes."""
    for code, one in new.items():
        if code not in old:
            yield Change(Turn.ADDED, part, code, one.get("zh", code), "", "", None, one)
    for code, one in old.items():
        if code not in new:
            yield Change(Turn.REMOVED, part, code, one.get("zh", code), "", "", one, None)
    for code, one in new.items():
        if code in old:
            yield from _fields(part, {"code": code, **one}, old[code], one, names)


def _fields(part: str, head: Json, old: Json, new: Json, names: dict[str, str]) -> Iterator[Change]:
    """Yield the fields that differ; the form's own fields are only those that have a name here."""
    was, now = _flat(old), _flat(new)
    for field in sorted(was.keys() | now.keys(), key=lambda one: (list(names).index(one) if one in names else 99, one)):
        known = field in names or part != "form"
        if known and was.get(field) != now.get(field):
            label, name = names.get(field, field), str(head.get("zh") or head["code"])
            yield Change(Turn.CHANGED, part, str(head["code"]), name, field, str(label), was.get(field), now.get(field))


def _flat(one: Json) -> Json:
    """Return the fields of a part, those of its answer and its failure each by itself."""
    answer: Json = {}
    for key, value in one.items():
        if key in ("answer", "fail"):
            answer |= {f"{key}.{inner}": inside for inner, inside in value.items()}
        elif key != "code":
            answer[key] = value
    return answer


def _order(old: list[Json], new: list[Json], label: str) -> Iterator[Change]:
    """Yield the items that moved past others, among those that both versions have."""
    both = {one["code"] for one in old} & {one["code"] for one in new}
    was = [one["code"] for one in old if one["code"] in both]
    now = [one["code"] for one in new if one["code"] in both]
    names = {one["code"]: one["zh"] for one in new}
    blocks = SequenceMatcher(a=was, b=now, autojunk=False).get_matching_blocks()
    stayed = {code for block in blocks for code in now[block.b : block.b + block.size]}
    for place, code in enumerate(now):
        if code not in stayed:
            yield Change(Turn.CHANGED, "item", code, names[code], "order", label, was.index(code) + 1, place + 1)
