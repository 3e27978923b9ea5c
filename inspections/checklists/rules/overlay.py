"""A county's or city's additions to a form of the province: more may be asked, never less."""

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from logistics_portal.kit.errors import NotAllowed

from . import schema, sense_items
from .clock import Due, parse_due
from .context import decimal_or_none, quantum
from .definition import Parameter, Vocabulary
from .forms import Item
from .problems import dotted
from .references import of_item, unknown, words
from .sense_forms import judged
from .shape import Json
from .spec import Spec, load_spec

# The middle part keeps local codes apart from the province's own and from other counties'.
LOCAL_CODE = re.compile(r"(CAN|DOR|CMP)-([DPWMN])-[0-9A-Z]{2,12}-[0-9]{2}", re.ASCII)
KNOWN_KEYS = {"added_by", "items", "limits", "fails"}
LIMIT_KEYS = {"min", "max"}
FAIL_KEYS = {"due", "photo", "stop_service"}
MINUTES = {"m": 1, "h": 60}
DAY_MINUTES = 24 * 60
MAX_ADDED = 40


class OverlayRefused(NotAllowed):
    """Additions that cannot be made; `sentences` says why, all of them."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("；".join(sentences))


def overlay(
    spec: Json,
    additions: Json,
    *,
    taken: Collection[str] = (),
    parameters: Mapping[str, int | Decimal] | None = None,
) -> Json:
    """Return the spec with a unit's additions; raises `OverlayRefused` with a sentence for each that is refused.

    `additions` is `{"added_by", "items": [item + section (+ stage)], "limits": {code: {"min"|"max": figure}},
    "fails": {code: {"due"|"photo"|"stop_service"}}}`. Stricter limits stand beside the old ones and the stricter
    decides, so a later change of a parameter can never loosen a form. `taken` are codes used before, anywhere;
    with `parameters` in force a limit that would tighten nothing is refused too.
    """
    if problems := list(_shape_problems(additions)):
        raise OverlayRefused(problems)
    base, answer = load_spec(spec), copy.deepcopy(spec)
    by_code = {one["code"]: one for one in answer["items"]}
    sentences: list[str] = []
    for code, limits in additions.get("limits", {}).items():
        sentences += _tighten(by_code.get(code), code, limits, _Ground(base, additions["added_by"], parameters or {}))
    for code, fails in additions.get("fails", {}).items():
        sentences += _harden(by_code.get(code), code, fails, base)
    sentences += _add_items(answer, additions, base, {*by_code, *taken})
    if sentences:
        raise OverlayRefused(sentences)
    return answer


class _Ground:
    """What a stricter limit is measured against."""

    def __init__(self, base: Spec, added_by: str, parameters: Mapping[str, int | Decimal]) -> None:
        self.base, self.added_by, self.parameters = base, added_by, parameters


def _shape_problems(additions: object) -> Iterator[str]:
    """Yield what keeps additions from being read at all."""
    if not isinstance(additions, dict):
        yield _("增加的内容不是一组键值")
        return
    for key in additions.keys() - KNOWN_KEYS:
        yield _("不认识“%(key)s”这一项；只能增加，不能删除或放宽") % {"key": str(key)[:40]}
    if not isinstance(additions.get("added_by"), str) or not additions["added_by"].strip():
        yield _("须写明由哪个单位增加")
    for key, kind in (("items", list), ("limits", dict), ("fails", dict)):
        value = additions.get(key, kind())
        inside = value.values() if isinstance(value, dict) else value
        if not isinstance(value, kind) or not all(isinstance(one, dict) for one in inside):
            yield _("“%(key)s”的写法不对") % {"key": key}
        elif len(value) > MAX_ADDED:
            yield _("一次增加不能超过%(count)s项") % {"count": MAX_ADDED}


def _tighten(item: Json | None, code: str, limits: Json, ground: _Ground) -> Iterator[str]:
    """Set stricter limits on an item, or yield why not."""
    if item is None or item["answer"]["kind"] not in ("number", "count"):
        yield _("“%(code)s”不是本表的数值项，不能加严") % {"code": code}
        return
    if item["severity"] == "info" or not limits or limits.keys() - LIMIT_KEYS:
        yield _("“%(code)s”的限值只能写下限或上限，仅登记的项没有限值") % {"code": code}
        return
    unit = ground.base.units[item["answer"]["unit"]]
    kept: Json = {}
    for key, raw in limits.items():
        figure = decimal_or_none(raw, quantum(unit.places))
        if figure is None or figure != Decimal(raw) or not unit.lowest <= figure <= unit.highest:
            yield _("“%(code)s”的限值%(figure)s不是本单位允许的数") % {"code": code, "figure": str(raw)[:20]}
        elif any(not _stricter(key, figure, old) for old in _old_limits(item, key, ground)):
            yield _("“%(code)s”的限值%(figure)s没有比原来更严") % {"code": code, "figure": figure}
        else:
            kept[key] = str(figure)
    if kept and not _empty_span(item, kept, ground):
        item["tighter"] = [*item.get("tighter", ()), {**kept, "added_by": ground.added_by}]
    elif kept:
        yield _("“%(code)s”加严后下限大于上限，没有正常的数") % {"code": code}


def _old_limits(item: Json, key: str, ground: _Ground) -> Iterator[Decimal]:
    """Yield the limits that stand already on one side, as far as their figures are known."""
    limit = item["answer"].get(key)
    if isinstance(limit, dict):
        limit = ground.parameters.get(limit["param"])
    if limit is not None:
        yield Decimal(limit)
    for one in item.get("tighter", ()):
        if key in one:
            yield Decimal(one[key])


def _stricter(key: str, new: Decimal, old: Decimal) -> bool:
    return new > old if key == "min" else new < old


def _empty_span(item: Json, kept: Json, ground: _Ground) -> bool:
    """Whether no figure at all would be good any more."""
    lows = [*_old_limits(item, "min", ground), *([Decimal(kept["min"])] if "min" in kept else ())]
    highs = [*_old_limits(item, "max", ground), *([Decimal(kept["max"])] if "max" in kept else ())]
    return bool(lows and highs) and max(lows) > min(highs)


def _harden(item: Json | None, code: str, fails: Json, base: Spec) -> Iterator[str]:
    """Ask more of a failed answer, or yield why not: a shorter due, a photo, a question about the service."""
    if item is None or item["severity"] == "info" or not fails or fails.keys() - FAIL_KEYS:
        yield _("“%(code)s”不能这样加严") % {"code": code}
        return
    if any(fails.get(key, True) is not True for key in ("photo", "stop_service")):
        yield _("“%(code)s”的要求只能增加，不能取消") % {"code": code}
        return
    old = parse_due(item.get("fail", {}).get("due") or base.severity_defaults[item["severity"]].due)
    if "due" in fails and not _sooner(fails["due"], old):
        yield _("“%(code)s”的期限只能缩短，原为%(due)s") % {"code": code, "due": str(old)}
        return
    item["fail"] = {**item.get("fail", {}), **fails}


def _sooner(text: object, old: Due) -> bool:
    """Whether a due certainly ends before the old one; a school day lasts at least 24 hours, and may last longer."""
    try:
        new = parse_due(str(text))
    except ValueError:
        return False
    if new.amount == 0 or (old.by_clock and not new.by_clock):
        return False
    if new.by_clock and not old.by_clock:
        return _minutes(new) <= old.amount * DAY_MINUTES
    return _minutes(new) < _minutes(old) if new.by_clock else new.amount < old.amount


def _minutes(due: Due) -> int:
    return due.amount * MINUTES[due.unit]


def _add_items(answer: Json, additions: Json, base: Spec, taken: Collection[str]) -> Iterator[str]:
    """Put new items at the end of their sections, or yield why one cannot stand there."""
    used = set(taken)
    for raw in additions.get("items", ()):
        code = str(raw.get("code", ""))[:40]
        problems = list(_item_problems(raw, base, used))
        used.add(code)
        if problems:
            yield from (_("“%(code)s”：%(reason)s") % {"code": code, "reason": one} for one in problems)
            continue
        places = [index for index, one in enumerate(answer["items"]) if one["section"] == raw["section"]]
        answer["items"].insert(places[-1] + 1, {**raw, "added_by": additions["added_by"]})
        for stage in answer.get("stages", ()):
            if stage["code"] == raw.get("stage"):
                stage["items"].append(code)


def _item_problems(raw: Json, base: Spec, used: Collection[str]) -> Iterator[str]:
    """Yield why a new item cannot be added."""
    found = LOCAL_CODE.fullmatch(str(raw.get("code", "")))
    if not found:
        yield _("新增项的编号须形如 CAN-D-220103-01")
        return
    if raw["code"] in used:
        yield _("编号已经用过，不能再用")
    yield from _place_problems(raw, base)
    bare = {key: value for key, value in raw.items() if key not in ("section", "stage")}
    misshapen = list(schema.faults({**bare, "code": f"{found[1]}-{found[2]}-01"}, "item"))
    yield from (f"{dotted(fault.path)} {fault.reason}".strip() for fault in misshapen)
    if not misshapen:
        item, known, app = Item.from_json(raw), _vocabulary(base), base.template.app
        parameters = {key: Parameter(value="", basis=(), sure="", **one) for key, one in base.parameters.items()}
        yield from (one.reason for one in unknown(of_item(item, ()), words(known, parameters)))
        yield from (one.reason for one in sense_items.faults(item, (), app, known, parameters))
        yield from (one.reason for one in judged(item, (), ()))


def _place_problems(raw: Json, base: Spec) -> Iterator[str]:
    if raw.get("section") not in [one.code for one in base.template.sections]:
        yield _("没有“%(name)s”这个分区") % {"name": str(raw.get("section"))[:40]}
    stages = [one.code for one in base.template.stages]
    if (raw.get("stage") or "") not in (stages or [""]):
        yield _("没有“%(name)s”这个阶段") % {"name": str(raw.get("stage"))[:40]}


def _vocabulary(base: Spec) -> Vocabulary:
    """Return the words that a spec carries; only these may be used by what is added to it."""
    names: dict[str, Any] = dict(base.words)
    return Vocabulary(units=base.units, conditions=base.conditions, facts=base.facts, names=names)
