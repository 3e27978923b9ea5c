"""A form and a day as JSON, so that a phone without network judges by the very same rules.

A form is the same for every place and reader: its bytes depend on the version alone and may be kept under their hash.
The sentences come beside it, in the reader's language (`sayings.sentences`). Fields that say nothing are left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, WHOLE, Context, decimal_or_none, told
from inspections.checklists.rules.definition import Condition, FactSpec
from inspections.checklists.rules.shape import Json
from logistics_portal.kit.registry import Answer as Silence
from logistics_portal.kit.registry import FactValue, ListedEntry

from .plans import Compiled, Plan, RulePlan

FORMAT = 1
SAFE = 2**53  # beyond that a browser rounds whole numbers


def form_json(form: Compiled) -> Json:
    """Return everything about a version that judging and asking need."""
    spec = form.spec
    used = facts_used(form)
    units = {plan.item.answer.unit for plan in form.plans} | {spec.facts[key].unit for key in used}
    return {
        "format": FORMAT,
        "code": spec.template.code,
        "stages": list(form.stages),
        "units": {
            key: [one.places, one.lowest, one.highest] for key, one in sorted(spec.units.items()) if key in units
        },
        "facts": {key: _fact(form, spec.facts[key]) for key in used},
        "conditions": {key: _condition(spec.conditions[key]) for key in _conditions_used(form)},
        "items": [_item(plan) for plan in form.plans],
        "rules": [_rule(rule) for rule in form.rules],
    }


def context_json(form: Compiled, context: Context) -> Json:
    """Return what this form needs of a day: its parameters and facts; what is unknown or no answer is left out."""
    facts = {key: context.facts.get(key, UNKNOWN) for key in facts_used(form)}
    parameters = {key: context.parameters[key] for key in parameters_used(form) if key in context.parameters}
    written = {key: _written(form, key, raw) for key, raw in facts.items()}
    return {
        "format": FORMAT,
        "date": context.date.isoformat(),
        "parameters": {key: _parameter(raw) for key, raw in parameters.items()},
        "facts": {key: raw for key, raw in written.items() if raw is not None},
        "not_applicable": [key for key, raw in facts.items() if raw is NOT_APPLICABLE],
    }


def read_context(raw: Json) -> Context:
    """Return the context that `context_json` wrote; its decimals are texts. Another format is a `ValueError`."""
    if raw["format"] != FORMAT:
        raise ValueError(f"context {raw['format']!r} is not version {FORMAT}")
    facts: dict[str, FactValue] = {
        key: tuple(ListedEntry(*entry) for entry in one) if isinstance(one, list) else one
        for key, one in raw["facts"].items()
    }
    fallen_away: Mapping[str, FactValue] = dict.fromkeys(raw["not_applicable"], NOT_APPLICABLE)
    return Context(date.fromisoformat(raw["date"]), raw["parameters"], {**facts, **fallen_away})


def to_bytes(value: Json) -> bytes:
    """Return a form or a context as it is sent: the same bytes for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(sent: bytes) -> str:
    """Return the name under which such bytes may be kept for ever."""
    return hashlib.sha256(sent).hexdigest()


def facts_used(form: Compiled) -> list[str]:
    """Return the facts that decide how this form is judged or shown, in the order of their names."""
    named = {key for plan in form.plans for key in (plan.fact, plan.item.expected, plan.repeat_by)}
    named |= {form.spec.conditions[key].fact for key in _conditions_used(form)}
    named |= {str(name) for rule in form.rules for kind, name in rule.operands if kind == "fact"}
    return sorted(named - {""})


def parameters_used(form: Compiled) -> list[str]:
    """Return the parameters that this form compares with, in the order of their names."""
    named = {limit for plan in form.plans for limit in (*plan.low, *plan.high) if isinstance(limit, str)}
    named |= {one.param for key in _conditions_used(form) for one in form.spec.conditions[key].between}
    named |= {str(name) for rule in form.rules for kind, name in rule.operands if kind == "param"}
    return sorted(named)


def _conditions_used(form: Compiled) -> list[str]:
    return sorted({name for plan in form.plans for name in plan.when})


def _kept(fields: Json) -> Json:
    """Return the fields that say something."""
    return {key: value for key, value in fields.items() if value not in (None, "", False, 0, [], {})}


def _item(plan: Plan) -> Json:
    item = plan.item
    return _kept(
        {
            "code": plan.code,
            "zh": item.zh,
            "en": item.en,
            "section": item.section,
            "stage": plan.stage,
            "severity": item.severity,
            "kind": plan.kind.value,
            "unit": item.answer.unit,
            "when": list(plan.when),
            "fact": plan.fact,
            "expected": item.expected,
            "repeat": plan.repeat_by,
            "na": plan.na_allowed,
            "low": [str(limit) for limit in plan.low],
            "high": [str(limit) for limit in plan.high],
            "choices": [one.to_json() for one in item.answer.choices],
            "pass": [one.code for one in item.answer.choices if one.code in plan.passing],
            "min": plan.min_length,
            "max": plan.max_length,
            "photo": plan.photo,
            "stop": plan.stop_service,
            "due": str(plan.due or ""),
            "escalate_to": plan.escalate_to,
        }
    )


def _rule(rule: RulePlan) -> Json:
    on_fail = rule.rule.on_fail
    return _kept(
        {
            "code": rule.code,
            "zh": rule.rule.zh,
            "op": rule.op,
            "operands": [[kind, str(name)] for kind, name in rule.operands],
            "fail": on_fail.fail,
            "reason": on_fail.needs_reason,
            "alarm": list(on_fail.alarm),
            "flag": on_fail.flag,
        }
    )


def _fact(form: Compiled, spec: FactSpec) -> Json:
    unit = form.spec.units.get(spec.unit)
    words = {"type": spec.type, "places": unit.places if unit else 0, "values": list(spec.values)}
    return _kept(words | {"na": spec.unknown == "na"})


def _condition(condition: Condition) -> Json:
    if condition.between:
        return {"between": [one.param for one in condition.between]}
    if condition.among:
        return {"fact": condition.fact, "in": list(condition.among)}
    if condition.ge is not None:
        return {"fact": condition.fact, "ge": condition.ge}
    return {"fact": condition.fact, "eq": condition.eq}


def _written(form: Compiled, key: str, raw: FactValue) -> bool | int | str | list[list[str]] | None:
    """Return what a fact answered, or nothing where it says nothing of the type it promises."""
    spec = form.spec.facts[key]
    if isinstance(raw, Silence) or told(spec, form.step(spec.unit), raw) is UNKNOWN:
        return None
    if isinstance(raw, tuple):
        return [_entry(entry, form.step(spec.unit)) for entry in raw]
    return raw if spec.type in ("bool", "choice") else _figure(raw)


def _entry(entry: ListedEntry, step: Decimal) -> list[str]:
    """Return an appliance or delivery as code, name and the figure of the day, where there is one."""
    known = decimal_or_none(entry.reading, step) is not None
    return [entry.code, entry.label, *([str(_figure(entry.reading))] if known else [])]


def _parameter(raw: int | str | Decimal) -> int | str:
    """Return a parameter as it is compared: a figure, or the day of a season as it was written."""
    return _figure(raw) if decimal_or_none(raw, WHOLE) is not None else str(raw)


def _figure(raw: object) -> int | str:
    """Return a figure as the phone reads it: a small whole number as such, everything else in plain decimals."""
    if isinstance(raw, int) and abs(raw) < SAFE:
        return raw
    return format(Decimal(str(raw)), "f")
