"""Whether templates and cross-rules make sense: codes, stages, schedules, comparisons."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from . import sense_items
from .clock import Instant
from .definition import CrossRule, Definition
from .forms import Item, Operand, Stage, Template
from .problems import Fault, Path
from .references import sides

ANY_DAY = date(2001, 1, 1)
FIGURES = ("number", "count")


def faults(definition: Definition) -> Iterator[Fault]:
    """Yield what is wrong with the forms of a definition and the rules between their items."""
    yield from _codes_unique(definition)
    for index, template in enumerate(definition.templates):
        path: Path = ("templates", index)
        yield from _schedule(template, path, definition)
        if template.stages:
            yield from _stages(template, path)
        for item, where in items_of(template, path):
            words = definition.vocabulary
            yield from sense_items.faults(item, where, template.app, words, definition.parameters)
            yield from judged(item, where, [rule for rule in definition.cross_rules if rule.template == template.code])
    for index, rule in enumerate(definition.cross_rules):
        yield from _rule(rule, ("cross_rules", index), definition)


def items_of(template: Template, path: Path) -> Iterator[tuple[Item, Path]]:
    """Yield the items of a template with their paths."""
    for index, section in enumerate(template.sections):
        for place, item in enumerate(section.items):
            yield item, (*path, "sections", index, "items", place)


def judged(item: Item, path: Path, rules: Iterable[CrossRule]) -> Iterator[Fault]:
    """Yield where a figure is judged by nothing, or where `expected` is compared with nothing."""
    about = [rule for rule in rules if item.code in (rule.on_fail.fail, *(one.item for one in rule.operands))]
    limited = item.answer.minimum or item.answer.maximum
    if item.answer.kind.is_figure and item.severity != "info" and not limited and not about:
        yield Fault((*path, "answer"), _("“%(code)s”的数既无限值也无规则来判断") % {"code": item.code})
    if item.expected and not any(_compares(rule, item) for rule in about):
        yield Fault((*path, "expected"), _("“%(code)s”的应有数没有规则来比较") % {"code": item.code})


def _compares(rule: CrossRule, item: Item) -> bool:
    return any(one.item == item.code for one in rule.operands) and any(
        one.fact == item.expected for one in rule.operands
    )


def twice(pairs: Iterable[tuple[str, Path]]) -> Iterator[Fault]:
    """Yield every code that stands a second time."""
    seen: set[str] = set()
    for code, path in pairs:
        if code in seen:
            yield Fault((*path, "code"), _("编号“%(code)s”重复") % {"code": code})
        seen.add(code)


def _codes_unique(definition: Definition) -> Iterator[Fault]:
    templates = [(template, ("templates", index)) for index, template in enumerate(definition.templates)]
    yield from twice((template.code, path) for template, path in templates)
    yield from twice((item.code, where) for template, path in templates for item, where in items_of(template, path))
    yield from twice((rule.code, ("cross_rules", index)) for index, rule in enumerate(definition.cross_rules))
    for template, path in templates:
        yield from twice((one.code, (*path, "sections", index)) for index, one in enumerate(template.sections))
        yield from twice((one.code, (*path, "stages", index)) for index, one in enumerate(template.stages))


def _schedule(template: Template, path: Path, definition: Definition) -> Iterator[Fault]:
    schedule, where = template.schedule, (*path, "schedule")
    if Instant.read(schedule.due).on(ANY_DAY) <= Instant.read(schedule.opens).on(ANY_DAY):
        yield Fault((*where, "due"), _("截止时间不晚于开始时间"))
    seq = definition.vocabulary.facts.get(schedule.seq)
    if seq and seq.type != "list":
        yield Fault((*where, "seq"), _("“%(name)s”不是清单，不能逐次检查") % {"name": schedule.seq})


def _stages(template: Template, path: Path) -> Iterator[Fault]:
    """Yield where the stages do not hold each item once, or do not end with the slot."""
    known = {item.code for item in template.items}
    counted: Counter[str] = Counter()
    for index, stage in enumerate(template.stages):
        for place, code in enumerate(stage.items):
            where = (*path, "stages", index, "items", place)
            counted[code] += 1
            if code not in known:
                yield Fault(where, _("阶段里的“%(code)s”不是本表的项") % {"code": code})
            elif counted[code] > 1:
                yield Fault(where, _("“%(code)s”在阶段里出现了两次") % {"code": code})
    for code in sorted(known - counted.keys()):
        yield Fault((*path, "stages"), _("“%(code)s”不在任何阶段里") % {"code": code})
    yield from _stage_dues(template.stages, template, path)


def _stage_dues(stages: tuple[Stage, ...], template: Template, path: Path) -> Iterator[Fault]:
    dues = [Instant.read(stage.due).on(ANY_DAY) for stage in stages]
    for index in range(1, len(dues)):
        if dues[index] <= dues[index - 1]:
            yield Fault((*path, "stages", index, "due"), _("阶段的截止时间没有依次向后"))
    if dues[-1] != Instant.read(template.schedule.due).on(ANY_DAY):
        yield Fault((*path, "stages", len(dues) - 1, "due"), _("最后阶段的截止时间与整表不同"))


def _rule(rule: CrossRule, path: Path, definition: Definition) -> Iterator[Fault]:
    """Yield where a rule reaches outside its template or compares what cannot be compared."""
    template = next((one for one in definition.templates if one.code == rule.template), None)
    if template is None:
        yield Fault((*path, "template"), _("没有“%(name)s”这张检查表") % {"name": rule.template})
        return
    items = {item.code: item for item in template.items}
    units: list[tuple[str, Path]] = []
    for operand, where in sides(rule):
        yield from _operand(operand, (*path, *where), items, definition)
        if unit := _unit(operand, items, definition):
            units.append((unit, (*path, *where)))
    for unit, where in units[1:]:
        if unit != units[0][0]:
            yield Fault(where, _("单位不一致：%(one)s 与 %(other)s") % {"one": units[0][0], "other": unit})
    if not any(one.item or one.fact for one in rule.operands):
        yield Fault((*path, "left"), _("规则没有比较任何项或数据"))
    yield from _failing(rule, (*path, "on_fail", "fail"), items)


def _failing(rule: CrossRule, path: Path, items: dict[str, Item]) -> Iterator[Fault]:
    code = rule.on_fail.fail
    if not code:
        return
    if code not in items:
        yield Fault(path, _("“%(code)s”不是本表的项") % {"code": code})
    elif items[code].severity == "info":
        yield Fault(path, _("“%(code)s”仅登记，不能判为异常") % {"code": code})


def _operand(operand: Operand, path: Path, items: dict[str, Item], definition: Definition) -> Iterator[Fault]:
    if operand.item and operand.item not in items:
        yield Fault(path, _("“%(code)s”不是本表的项") % {"code": operand.item})
    elif operand.item:
        answer = items[operand.item].answer
        if not answer.kind.is_figure or answer.repeat_by:
            yield Fault(path, _("“%(code)s”不是单个的数，不能比较") % {"code": operand.item})
    fact = definition.vocabulary.facts.get(operand.fact)
    if fact and fact.type not in FIGURES:
        yield Fault(path, _("数据项“%(name)s”不是数，不能比较") % {"name": operand.fact})


def _unit(operand: Operand, items: dict[str, Item], definition: Definition) -> str:
    """Return the unit of an operand, or nothing where it has none."""
    if operand.item in items:
        return items[operand.item].answer.unit
    if operand.fact in definition.vocabulary.facts:
        return definition.vocabulary.facts[operand.fact].unit
    if operand.param in definition.parameters:
        return definition.parameters[operand.param].unit
    return ""
