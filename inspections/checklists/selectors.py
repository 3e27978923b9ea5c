"""What pages tell of check-lists: which wording holds, what its items ask, what a unit added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from inspections.checklists.models import Checklist, Version
from inspections.checklists.rules.clock import Instant
from inspections.checklists.words import text_of
from logistics_portal.accounts.models import Unit
from logistics_portal.records.selectors import parameters

Json = Mapping[str, Any]
TONES = {"critical": "bad", "major": "warn", "minor": "idle", "info": "info"}
STATE_TONES = {"draft": "info", "published": "good", "retired": "idle", "discarded": "idle"}


def base_for(checklist: Checklist, unit: Unit, on: date) -> Version | None:
    """Return the wording above a unit that holds on a day: of the nearest unit over it, then the latest."""
    above = [unit.path[: place + 1] for place, char in enumerate(unit.path) if char == "/"][:-1]
    held = Version.objects.in_force(on=on).filter(checklist=checklist, unit__path__in=above)
    return max(held.select_related("unit", "checklist"), key=lambda it: (len(it.unit.path), it.number), default=None)


def figures(on: date) -> dict[str, int | Decimal]:
    """Return the parameters in force that are figures, by code."""
    found: dict[str, int | Decimal] = {}
    for code, value in parameters(on).items():
        try:
            figure = Decimal(value)
        except InvalidOperation:
            continue
        if figure.is_finite():
            found[code] = figure
    return found


def additions_of(version: Version, added_by: str) -> dict[str, Any]:
    """Return what a unit's version adds to the one it rests on, as `overlay` takes it."""
    base = version.base.spec if version.base is not None else version.spec
    old = {item["code"]: item for item in base["items"]}
    added: dict[str, Any] = {"added_by": added_by, "items": [], "limits": {}, "fails": {}}
    for item in version.spec["items"]:
        before = old.get(item["code"])
        if before is None:
            added["items"].append({key: value for key, value in item.items() if key != "added_by"})
            continue
        new = item.get("tighter", [])[len(before.get("tighter", [])) :]
        if limits := {key: one[key] for one in new for key in ("min", "max") if key in one}:
            added["limits"][item["code"]] = limits
        was, now = before.get("fail", {}), item.get("fail", {})
        if fails := {key: value for key, value in now.items() if was.get(key) != value}:
            added["fails"][item["code"]] = fails
    return added


@dataclass(frozen=True)
class ItemLine:
    """One item of a version as a page shows it."""

    code: str
    text: str
    severity: str
    tone: str
    asks: str
    limits: str
    evidence: str
    when: str
    basis: str
    due: str
    marks: list[str] = field(default_factory=list)
    added_by: str = ""


@dataclass(frozen=True)
class SectionLine:
    """A section with its items."""

    name: str
    items: list[ItemLine]


def sections_of(spec: Json, values: Mapping[str, str]) -> list[SectionLine]:
    """Return a version section by section, limits with the parameter's value in force."""
    return [
        SectionLine(
            text_of(part), [_line(spec, item, values) for item in spec["items"] if item["section"] == part["code"]]
        )
        for part in spec["sections"]
    ]


def _line(spec: Json, item: Json, values: Mapping[str, str]) -> ItemLine:
    words = spec["words"]
    fail = item.get("fail", {})
    marks = [
        (fail.get("photo"), gettext("异常须拍照")),
        (fail.get("stop_service"), gettext("异常须停用")),
        (item.get("na", {}).get("allowed"), gettext("可答不适用")),
        (item.get("fact"), gettext("系统取数")),
    ]
    return ItemLine(
        code=item["code"],
        text=text_of(item),
        severity=text_of(words["severities"][item["severity"]]),
        tone=TONES.get(item["severity"], "idle"),
        asks=text_of(words["answer_kinds"].get(item["answer"]["kind"], {})),
        limits=limits_of(spec, item, values),
        evidence=_join(words["evidence"].get(key, {}) for key in item.get("evidence", ())) or gettext("现场查看"),
        when=_join(spec["conditions"].get(key, {}) for key in item.get("when", ())),
        basis=gettext("、").join(item.get("basis", ())),
        due="" if item["severity"] == "info" else due_words(fail.get("due") or default_due(spec, item)),
        marks=[word for holds, word in marks if holds],
        added_by=item.get("added_by", ""),
    )


def default_due(spec: Json, item: Json) -> str:
    """Return how long a finding of an item may stay open when the item says nothing."""
    return str(spec["severity_defaults"].get(item["severity"], {}).get("due", ""))


def due_words(due: str) -> str:
    """Return `30m`, `4h` or `3d` in words."""
    if not due:
        return ""
    unit = {"m": gettext("%(n)s 分钟"), "h": gettext("%(n)s 小时"), "d": gettext("%(n)s 个教学日")}[due[-1]]
    return unit % {"n": due[:-1]}


def limits_of(spec: Json, item: Json, values: Mapping[str, str]) -> str:
    """Return which answers are good: limits with their parameters' values, choices that pass, a least length."""
    answer = item["answer"]
    if answer["kind"] == "choice":
        good = [text_of(one) for one in answer["choices"] if one["code"] in answer["pass"]]
        return gettext("正常：%(choices)s") % {"choices": gettext("、").join(good)}
    if answer.get("min_length"):
        return gettext("至少 %(n)s 字") % {"n": answer["min_length"]}
    parts = [_limit(spec, sign, answer[key], answer.get("unit", ""), values) for key, sign in SIGNS if key in answer]
    for one in item.get("tighter", ()):
        parts += [f"{sign} {one[key]} {answer.get('unit', '')}" for key, sign in SIGNS if key in one]
    return gettext("，").join(part.strip() for part in parts)


SIGNS = (("min", "≥"), ("max", "≤"))


def _limit(spec: Json, sign: str, limit: Any, unit: str, values: Mapping[str, str]) -> str:
    if not isinstance(limit, dict):
        return f"{sign} {limit} {unit}"
    code = limit["param"]
    name = text_of(spec["parameters"].get(code, {}))
    words = {"sign": sign, "value": values.get(code, "—"), "unit": unit, "name": name or code}
    return gettext("%(sign)s %(value)s %(unit)s（%(name)s）") % words


def _join(words: Iterable[Json]) -> str:
    return gettext("、").join(text for text in map(text_of, words) if text)


def name_of(row: Checklist) -> str:
    """Return the name of a check-list in the reader's language."""
    return text_of({"zh": row.name, "en": row.name_en})


def schedule_words(spec: Json) -> str:
    """Return when a form is due and who fills it in."""
    roles = spec["words"].get("roles", {})
    kinds = {
        "daily": gettext("每日"),
        "nightly": gettext("每晚"),
        "weekly": gettext("每周"),
        "monthly": gettext("每月"),
        "per_delivery": gettext("每次到货"),
    }
    doers = _join(roles.get(code, {}) for code in spec["done_by"])
    words = {"kind": kinds.get(spec["schedule"]["kind"], ""), "doers": doers, "hours": hours_words(spec["schedule"])}
    return gettext("%(kind)s · %(hours)s · %(doers)s") % words


def hours_words(schedule: Json) -> str:
    """Return from when to when a form is filled in: 06:00 起填报，18:00 前提交."""
    words = {"opens": _clock_words(str(schedule["opens"])), "due": _clock_words(str(schedule["due"]))}
    return gettext("%(opens)s 起填报，%(due)s 前提交") % words


def _clock_words(text: str) -> str:
    """Return an instant of a schedule in words; 00:00 of the next day is 24:00."""
    instant = Instant.read(text)
    days, month_day, clock = instant.plus_days, instant.next_month_day, instant.clock.strftime("%H:%M")
    if clock == "00:00" and (days or month_day > 1):
        days, month_day, clock = max(days - 1, 0), max(month_day - 1, 0), "24:00"
    if month_day:
        return gettext("次月%(day)s日 %(clock)s") % {"day": month_day, "clock": clock}
    if not days:
        return clock
    if days == 1:
        return gettext("次日 %(clock)s") % {"clock": clock}
    return gettext("第 %(n)s 天 %(clock)s") % {"n": days + 1, "clock": clock}


def catalogue(versions: QuerySet[Version]) -> list[Version]:
    """Return versions without their specs, with the number of items, by check-list and nearness."""
    rows = versions.defer("spec").select_related("checklist", "unit").annotate(size=Count("items"))
    return list(rows.order_by("checklist__position", "checklist__code", "unit__path", "-number"))
