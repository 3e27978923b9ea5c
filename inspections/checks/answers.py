"""A stored check read back as what was submitted, and a later stage laid over the earlier ones. No database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from inspections.checklists.rules.forms import Kind
from inspections.checklists.rules.shape import Json
from inspections.checks.rules.plans import Compiled, Plan

OPEN, LEFT_OUT, PASSED = ".", "-", "1"
OF_ITSELF = "*"
ASIDE = ("na", "changed", "notes", "photos", "stop", "reasons", "alarms", "flags", "unrun", "photos_left")
BY_ITEM = ("na", "changed", "notes", "photos", "stop")


def restore(form: Compiled, answers: str, values: Mapping[str, Any]) -> dict[str, Json]:
    """Return the submission that a stored check came from, item by item, for a correction or a later stage."""
    found: dict[str, Json] = {}
    for plan, char in zip(form.plans, answers, strict=False):
        entry = _entry(plan, char, values)
        if entry:
            found[plan.code] = entry
    for rule, reason in values.get("reasons", {}).items():
        found[rule] = {"reason": reason}
    return found


def _entry(plan: Plan, char: str, values: Mapping[str, Any]) -> Json:
    if char == OPEN:
        return {}
    reason = values.get("na", {}).get(plan.code, "")
    if char == LEFT_OUT and reason.startswith(OF_ITSELF):
        return {}
    entry: Json = {"a": _answer(plan, char, values)}
    if reason:
        entry["na_reason"] = reason
    if plan.code in values.get("notes", {}):
        entry["note"] = values["notes"][plan.code]
    if plan.code in values.get("changed", {}):
        entry["changed_reason"] = values["changed"][plan.code]["reason"]
    if plan.code in values.get("photos", {}):
        entry["photos"] = values["photos"][plan.code]
    if plan.code in values.get("stop", {}):
        entry["stop_service"] = values["stop"][plan.code]
    return entry


def _answer(plan: Plan, char: str, values: Mapping[str, Any]) -> object:
    if plan.code in values:
        stored = values[plan.code]
        return {code: str(one) for code, one in stored.items()} if isinstance(stored, dict) else str(stored)
    if char == LEFT_OUT:
        return "na"
    if plan.kind is Kind.CHOICE:
        return next((code for code, letter in plan.letters.items() if letter == char), "")
    return "pass" if char == PASSED else "fail"


def laid_over(
    form: Compiled, new: tuple[str, Json], stage: str, old: tuple[str, Mapping[str, Any]]
) -> tuple[str, Json]:
    """Return answers and values with only the items of `stage` new: an earlier stage stays as it was handed in."""
    chars: list[str] = []
    kept: Json = {key: dict(one) if isinstance(one, dict) else one for key, one in new[1].items() if key in ASIDE}
    before = old[0] or OPEN * len(form.plans)
    for plan, fresh, stood in zip(form.plans, new[0], before, strict=True):
        mine = plan.stage == stage
        chars.append(fresh if mine else stood)
        source = new[1] if mine else old[1]
        if plan.code in source:
            kept[plan.code] = source[plan.code]
        if not mine:
            _put_back(kept, old[1], plan.code)
    return "".join(chars), {key: one for key, one in kept.items() if one not in ({}, [])}


def _put_back(kept: Json, old: Mapping[str, Any], code: str) -> None:
    """Let what was said aside of an item of another stage stand as it was."""
    for kind in BY_ITEM:
        kept.get(kind, {}).pop(code, None)
        if code in old.get(kind, {}):
            kept.setdefault(kind, {})[code] = old[kind][code]


def figures_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the figures and texts of a check, without what was said aside."""
    return {key: one for key, one in values.items() if key[:1].isupper()}


def joined(parts: Iterable[str]) -> str:
    """Return what was said as one sentence: a full stop typed before the next part makes way."""
    *before, last = [*parts] or [""]
    return "；".join([*(it.rstrip("。") for it in before), last])


def content_hash(parts: Mapping[str, Any], photos: Collection[str]) -> str:
    """Return a fingerprint of what was handed in; what the server adds, and the phone's clock, are no part of it."""
    whole = {**parts, "photos": sorted(photos)}
    text = json.dumps(whole, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
