"""Whether conditions, units, parameters and supervision sheets make sense."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from .definition import Condition, Definition
from .problems import Fault, Path
from .references import MONTH_DAY
from .sense_forms import twice
from .sense_items import basis
from .sheets import Sheet, SheetItem

TESTED_BY = {"eq": ("bool",), "in": ("choice",), "ge": ("number", "count")}
DECIDES = ("required", "holds")
LEAP_YEAR = 2000
ALL_SHARES = 100
COMPARED = ("daily", "per_delivery", "nightly")


def faults(definition: Definition) -> Iterator[Fault]:
    """Yield what is wrong with the words, the parameters and the sheets of a definition."""
    for name, unit in definition.vocabulary.units.items():
        if unit.lowest > unit.highest:
            yield Fault(("vocabulary", "units", name, "from"), _("单位范围的下限大于上限"))
    for name, condition in definition.vocabulary.conditions.items():
        yield from _condition(condition, ("vocabulary", "conditions", name), definition)
    yield from _parameters(definition)
    yield from _sheets(definition)


def _condition(condition: Condition, path: Path, definition: Definition) -> Iterator[Fault]:
    for operand in condition.between:
        parameter = definition.parameters.get(operand.param)
        if parameter and parameter.unit != MONTH_DAY:
            yield Fault((*path, "between"), _("“%(name)s”不是月日，不能界定日期") % {"name": operand.param})
    fact = definition.vocabulary.facts.get(condition.fact)
    if fact is None:
        return
    test = "in" if condition.among else "ge" if condition.ge is not None else "eq"
    if fact.type not in TESTED_BY[test]:
        yield Fault((*path, test), _("数据项“%(name)s”不能这样比较") % {"name": condition.fact})
    elif not set(condition.among) <= set(fact.values):
        yield Fault((*path, test), _("数据项“%(name)s”没有这样的取值") % {"name": condition.fact})
    if fact.unknown not in DECIDES:
        reason = _("数据项“%(name)s”作条件时，未知须为“视为成立”或“必填”")
        yield Fault((*path, "fact"), reason % {"name": condition.fact})


def _parameters(definition: Definition) -> Iterator[Fault]:
    for name, parameter in definition.parameters.items():
        path: Path = ("parameters", name)
        unit = definition.vocabulary.units.get(parameter.unit)
        if parameter.unit == MONTH_DAY:
            if not _is_month_day(parameter.value):
                yield Fault((*path, "value"), _("“%(value)s”不是一个月日") % {"value": parameter.value})
        elif isinstance(parameter.value, str):
            yield Fault((*path, "value"), _("“%(value)s”不是整数") % {"value": parameter.value})
        elif unit and not unit.lowest <= parameter.value <= unit.highest:
            yield Fault((*path, "value"), _("%(value)s超出单位允许的范围") % {"value": parameter.value})
        yield from basis(parameter.basis, path)


def _is_month_day(value: int | str) -> bool:
    try:
        date.fromisoformat(f"{LEAP_YEAR}-{value}")
    except ValueError:
        return False
    return True


def _sheets(definition: Definition) -> Iterator[Fault]:
    sheets = [(sheet, ("supervision", index)) for index, sheet in enumerate(definition.supervision)]
    yield from twice((sheet.code, path) for sheet, path in sheets)
    yield from twice(
        (item.code, (*path, "items", index)) for sheet, path in sheets for index, item in enumerate(sheet.items)
    )
    compared = {
        item.code for template in definition.templates if template.schedule.kind in COMPARED for item in template.items
    }
    for sheet, path in sheets:
        yield from _sheet(sheet, path)
        for index, item in enumerate(sheet.items):
            where: Path = (*path, "items", index)
            yield from _points(item, where)
            yield from _measures(item, where, definition)
            yield from _comparisons(item, where, compared)
            yield from basis(item.basis, where)


def _sheet(sheet: Sheet, path: Path) -> Iterator[Fault]:
    total = sum(item.max for item in sheet.items)
    if total != sheet.total:
        reason = _("各项满分之和是%(sum)s，应为%(total)s")
        yield Fault((*path, "total"), reason % {"sum": total, "total": sheet.total})


def _points(item: SheetItem, path: Path) -> Iterator[Fault]:
    yield from twice((one.code, (*path, "deduct", index)) for index, one in enumerate(item.deduct))
    yield from twice((one.code, (*path, "bands", index)) for index, one in enumerate(item.bands))
    for index, deduction in enumerate(item.deduct):
        if deduction.points > item.max:
            reason = _("扣分%(points)s超过本项满分%(max)s")
            yield Fault((*path, "deduct", index, "points"), reason % {"points": deduction.points, "max": item.max})
    if item.bands and max(band.points for band in item.bands) != item.max:
        yield Fault((*path, "bands"), _("最高一档应等于本项满分%(max)s") % {"max": item.max})


def _measures(item: SheetItem, path: Path, definition: Definition) -> Iterator[Fault]:
    if item.measure and sum(one.share for one in item.measure) != ALL_SHARES:
        yield Fault((*path, "measure"), _("各部分所占比例之和应为100"))
    for index, measure in enumerate(item.measure):
        where = (*path, "measure", index)
        facts = [definition.vocabulary.facts.get(one) for one in (measure.numerator, measure.denominator)]
        known = [fact for fact in facts if fact]
        if any(fact.type not in ("number", "count") for fact in known):
            yield Fault((*where, "numerator"), _("比例的两个数据项都须是数"))
        elif len({fact.unit for fact in known}) > 1:
            yield Fault((*where, "numerator"), _("比例的两个数据项单位不一致"))


def _comparisons(item: SheetItem, path: Path, compared: set[str]) -> Iterator[Fault]:
    places = [(item.compares_with, path)]
    places += [(one.compares_with, (*path, "deduct", index)) for index, one in enumerate(item.deduct)]
    for codes, where in places:
        for index, code in enumerate(codes):
            if code not in compared:
                reason = _("“%(code)s”不是日检查、到货查验或夜间表的项")
                yield Fault((*where, "compares_with", index), reason % {"code": code})
