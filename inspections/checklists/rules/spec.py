"""A template version as one self-contained JSON: what the database stores and the browser gets."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .definition import Condition, CrossRule, Definition, FactSpec, SeverityDefault, UnitSpec
from .forms import Item, Template
from .references import of_item
from .shape import Json

Word = TypeVar("Word")
SPEC_VERSION = 1
ALWAYS = ("severities", "evidence", "answer_kinds", "categories", "flags")


@dataclass(frozen=True)
class Spec:
    """A compiled version at run time."""

    template: Template
    items: tuple[Item, ...]
    rules: tuple[CrossRule, ...]
    severity_defaults: Mapping[str, SeverityDefault]
    units: Mapping[str, UnitSpec]
    conditions: Mapping[str, Condition]
    facts: Mapping[str, FactSpec]
    parameters: Mapping[str, Json]
    words: Mapping[str, Json]

    @property
    def fact_keys(self) -> tuple[str, ...]:
        """The facts that must be asked before this form opens, and again when it is handed in."""
        return tuple(self.facts)


def compile_template(definition: Definition, code: str) -> Json:
    """Return the self-contained spec of one template: items in version order, parameters by name, words needed."""
    template = definition.template(code)
    form = template.to_json()
    stage_of = {item: stage.code for stage in template.stages for item in stage.items}
    form["sections"] = [{"code": one.code, "zh": one.zh, "en": one.en} for one in template.sections]
    form["items"] = [
        item.to_json() | {"section": section.code} | ({"stage": stage_of[item.code]} if template.stages else {})
        for section in template.sections
        for item in section.items
    ]
    rules = [rule for rule in definition.cross_rules if rule.template == code]
    return {"spec": SPEC_VERSION, **form, "rules": [rule.to_json() for rule in rules], **_words(definition, template)}


def _words(definition: Definition, template: Template) -> Json:
    """Return the parts of the vocabulary that the template needs to stand alone."""
    rules = [rule for rule in definition.cross_rules if rule.template == template.code]
    mentions = [mention for item in template.items for mention in of_item(item, ())]
    operands = [operand for rule in rules for operand in rule.operands]
    vocabulary = definition.vocabulary

    conditions = _kept(vocabulary.conditions, [*template.when, *(one.name for one in mentions)])
    tested = [one.fact for one in conditions.values()]
    limits = [operand.param for one in conditions.values() for operand in one.between]
    asked = [template.schedule.seq, *tested, *(one.fact for one in operands), *(one.name for one in mentions)]
    facts = _kept(vocabulary.facts, asked)
    figures = [*limits, *(one.param for one in operands), *(one.name for one in mentions)]
    parameters = _kept(definition.parameters, figures)
    return {
        "severity_defaults": {key: one.to_json() for key, one in definition.severity_defaults.items()},
        "units": {key: one.to_json() for key, one in vocabulary.units.items()},
        "conditions": {key: one.to_json() for key, one in conditions.items()},
        "facts": {key: one.to_json() for key, one in facts.items()},
        "parameters": {key: {"unit": one.unit, "zh": one.zh, "en": one.en} for key, one in parameters.items()},
        "words": {kind: vocabulary.names[kind] for kind in ALWAYS} | {"roles": _roles(definition, template, rules)},
    }


def _roles(definition: Definition, template: Template, rules: Iterable[CrossRule]) -> Json:
    """Return the names of the roles that the template, its rules or a late finding call."""
    needed = {*template.done_by, template.countersign}
    needed.update(role for stage in template.stages for role in stage.alarm)
    needed.update(role for rule in rules for role in rule.on_fail.alarm)
    needed.update(one.escalate_to for one in definition.severity_defaults.values())
    return {key: one for key, one in definition.vocabulary.names["roles"].items() if key in needed}


def _kept(words: Mapping[str, Word], names: Collection[str]) -> dict[str, Word]:
    """Return the words that are named, in the order in which they are listed."""
    return {key: one for key, one in words.items() if key in names}


def load_spec(spec: Json) -> Spec:
    """Return the runtime object of a stored spec."""
    if spec.get("spec") != SPEC_VERSION:
        raise ValueError(f"spec {spec.get('spec')!r} is not version {SPEC_VERSION}")
    template = Template.from_spec(spec)
    return Spec(
        template=template,
        items=template.items,
        rules=tuple(CrossRule.from_json(one) for one in spec["rules"]),
        severity_defaults={key: SeverityDefault.from_json(one) for key, one in spec["severity_defaults"].items()},
        units={key: UnitSpec.from_json(one) for key, one in spec["units"].items()},
        conditions={key: Condition.from_json(one) for key, one in spec["conditions"].items()},
        facts={key: FactSpec.from_json(one) for key, one in spec["facts"].items()},
        parameters=spec["parameters"],
        words=spec["words"],
    )


def content_hash(spec: Json) -> str:
    """Return a fingerprint of a spec that does not depend on the order of its keys."""
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
