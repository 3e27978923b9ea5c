"""Every mention of a word in a definition: that it exists, and that every word listed is mentioned."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from .definition import CrossRule, Definition, Vocabulary
from .forms import Item, Operand, Template
from .problems import Fault, Path

MONTH_DAY = "month-day"
SEEN_ON_THE_SPOT = "view"


class Mention(NamedTuple):
    """A word used at a place in the file."""

    kind: str
    name: str
    path: Path


def faults(definition: Definition) -> Iterator[Fault]:
    """Yield mentions of words that do not exist, and words that nothing mentions."""
    listed = words(definition.vocabulary, definition.parameters)
    mentions = list(_all(definition))
    yield from unknown(mentions, listed)
    used = {(one.kind, one.name) for one in mentions}
    for kind, names in listed.items():
        where: Path = ("parameters",) if kind == "parameters" else ("vocabulary", kind)
        for name in names:
            if (kind, name) not in used:
                yield Fault((*where, name), _("列出了“%(name)s”，但没有任何地方用到") % {"name": name})


def words(vocabulary: Vocabulary, parameters: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return the words that may be mentioned, by kind."""
    return {
        "conditions": vocabulary.conditions,
        "facts": vocabulary.facts,
        "roles": vocabulary.names["roles"],
        "categories": vocabulary.names["categories"],
        "units": vocabulary.units,
        "evidence": vocabulary.names["evidence"],
        "parameters": parameters,
    }


def unknown(mentions: Iterable[Mention], listed: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Yield the mentions of words that are not listed."""
    titles = {
        "conditions": _("条件"),
        "facts": _("数据项"),
        "roles": _("岗位"),
        "categories": _("类别"),
        "units": _("单位"),
        "evidence": _("依据方式"),
        "parameters": _("参数"),
    }
    for kind, name, path in mentions:
        if name not in listed[kind]:
            yield Fault(path, _("没有“%(name)s”这个%(kind)s") % {"name": name, "kind": titles[kind]})


def _all(definition: Definition) -> Iterator[Mention]:
    """Yield every mention of the file."""
    for index, template in enumerate(definition.templates):
        yield from _of_template(template, ("templates", index))
    for index, rule in enumerate(definition.cross_rules):
        yield from _of_rule(rule, ("cross_rules", index))
    for index, sheet in enumerate(definition.supervision):
        for line, item in enumerate(sheet.items):
            for place, measure in enumerate(item.measure):
                path: Path = ("supervision", index, "items", line, "measure", place)
                yield Mention("facts", measure.numerator, (*path, "numerator"))
                yield Mention("facts", measure.denominator, (*path, "denominator"))
    for name, default in definition.severity_defaults.items():
        yield Mention("roles", default.escalate_to, ("severity_defaults", name, "escalate_to"))
    yield from _of_words(definition)


def _of_words(definition: Definition) -> Iterator[Mention]:
    """Yield what the words themselves mention."""
    for name, condition in definition.vocabulary.conditions.items():
        path: Path = ("vocabulary", "conditions", name)
        if condition.fact:
            yield Mention("facts", condition.fact, (*path, "fact"))
        for operand in condition.between:
            yield Mention("parameters", operand.param, (*path, "between"))
    for name, fact in definition.vocabulary.facts.items():
        if fact.unit:
            yield Mention("units", fact.unit, ("vocabulary", "facts", name, "unit"))
    for name, parameter in definition.parameters.items():
        if parameter.unit != MONTH_DAY:
            yield Mention("units", parameter.unit, ("parameters", name, "unit"))


def _each(kind: str, names: tuple[str, ...], path: Path) -> Iterator[Mention]:
    for index, name in enumerate(names):
        yield Mention(kind, name, (*path, index))


def _of_template(template: Template, path: Path) -> Iterator[Mention]:
    yield from _each("conditions", template.when, (*path, "when"))
    yield from _each("roles", template.done_by, (*path, "done_by"))
    if template.countersign:
        yield Mention("roles", template.countersign, (*path, "countersign"))
    if template.schedule.seq:
        yield Mention("facts", template.schedule.seq, (*path, "schedule", "seq"))
    for index, stage in enumerate(template.stages):
        yield from _each("roles", stage.alarm, (*path, "stages", index, "missing", "alarm"))
    for index, section in enumerate(template.sections):
        for place, item in enumerate(section.items):
            yield from of_item(item, (*path, "sections", index, "items", place))


def of_item(item: Item, path: Path) -> Iterator[Mention]:
    """Yield every word that an item mentions."""
    answer = item.answer
    yield from _each("conditions", item.when, (*path, "when"))
    yield from _each("evidence", item.evidence or (SEEN_ON_THE_SPOT,), (*path, "evidence"))
    single: tuple[tuple[str, str, Path], ...] = (
        ("categories", item.category, ("category",)),
        ("facts", item.fact, ("fact",)),
        ("facts", item.expected, ("expected",)),
        ("units", answer.unit, ("answer", "unit")),
        ("facts", answer.repeat_by, ("answer", "repeat_by")),
        ("parameters", answer.minimum.param if answer.minimum else "", ("answer", "min")),
        ("parameters", answer.maximum.param if answer.maximum else "", ("answer", "max")),
    )
    for kind, name, where in single:
        if name:
            yield Mention(kind, name, (*path, *where))


def _of_rule(rule: CrossRule, path: Path) -> Iterator[Mention]:
    for operand, where in sides(rule):
        if operand.fact:
            yield Mention("facts", operand.fact, (*path, *where))
        if operand.param:
            yield Mention("parameters", operand.param, (*path, *where))
    yield from _each("roles", rule.on_fail.alarm, (*path, "on_fail", "alarm"))


def sides(rule: CrossRule) -> Iterator[tuple[Operand, Path]]:
    """Yield the operands of a rule with where they stand in it."""
    for index, operand in enumerate(rule.left):
        yield operand, (("left", index) if rule.op == "sum_eq" else ("left",))
    yield rule.right, ("right",)
