"""Whether one item makes sense by itself: its kind, unit, fact and limits belong together."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from .definition import FactSpec, Parameter, Vocabulary
from .forms import Item, Kind, Operand
from .problems import Fault, Path
from .references import MONTH_DAY

PREFIXES = {"canteens": "CAN", "dormitories": "DOR", "campus": "CMP"}
RESERVED = "na"
BY_HAND = ("manual", "na")
BASIS = (
    {f"K{number:02}" for span in ((1, 15), (20, 37), (40, 50), (60, 69)) for number in range(span[0], span[1] + 1)}
    | {f"R{number}" for number in range(1, 115)}
    | {f"R{number:02}" for number in range(1, 10)}
)


def faults(item: Item, path: Path, app: str, words: Vocabulary, parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    """Yield what does not fit inside an item whose words all exist; unknown words are told elsewhere."""
    yield from _belongs(item, path, app, words)
    yield from _choices(item, path)
    yield from _facts(item, path, words)
    yield from _limits(item, path, words, parameters)
    yield from basis(item.basis, path)


def basis(names: tuple[str, ...], path: Path) -> Iterator[Fault]:
    """Yield the ids that stand neither in the rules nor in the requirements."""
    for index, name in enumerate(names):
        if name not in BASIS:
            yield Fault((*path, "basis", index), _("没有“%(name)s”这条依据") % {"name": name})


def _belongs(item: Item, path: Path, app: str, words: Vocabulary) -> Iterator[Fault]:
    if not item.code.startswith(PREFIXES[app]):
        yield Fault((*path, "code"), _("编号“%(code)s”的开头与检查表所属不符") % {"code": item.code})
    category = words.names["categories"].get(item.category)
    if category and app not in category["apps"]:
        yield Fault((*path, "category"), _("类别“%(name)s”不能用于这张检查表") % {"name": item.category})


def _choices(item: Item, path: Path) -> Iterator[Fault]:
    answer, where = item.answer, (*path, "answer")
    names = [one.code for one in answer.choices]
    for index, name in enumerate(names):
        if name in names[:index] or name == RESERVED:
            yield Fault((*where, "choices", index, "code"), _("选项“%(name)s”重复或不能用") % {"name": name})
    for index, name in enumerate(answer.passing):
        if name not in names:
            yield Fault((*where, "pass", index), _("正常选项“%(name)s”不在选项中") % {"name": name})
    if answer.kind is Kind.TEXT and (answer.min_length or 0) > (answer.max_length or 0):
        yield Fault((*where, "min_length"), _("最短字数大于最长字数"))


def _facts(item: Item, path: Path, words: Vocabulary) -> Iterator[Fault]:
    if fact := words.facts.get(item.fact):
        yield from _agrees(item, fact, item.fact, (*path, "fact"))
        if fact.unknown not in BY_HAND or (fact.unknown == "na" and not item.na_allowed):
            reason = _("数据项“%(name)s”未知时的处理与本项不合")
            yield Fault((*path, "fact"), reason % {"name": item.fact})
    if fact := words.facts.get(item.expected):
        yield from _agrees(item, fact, item.expected, (*path, "expected"))
    if fact := words.facts.get(item.answer.repeat_by):
        where = (*path, "answer", "repeat_by")
        if fact.type != "list":
            yield Fault(where, _("“%(name)s”不是清单，不能逐个填写") % {"name": item.answer.repeat_by})
        elif fact.unit != item.answer.unit:
            yield _unit_fault(where, fact.unit, item.answer.unit)
        if item.fact:
            yield Fault((*path, "fact"), _("逐个填写的项不能再有数据项"))


def _agrees(item: Item, fact: FactSpec, name: str, path: Path) -> Iterator[Fault]:
    """Yield where a fact is of another type or unit than its item."""
    if fact.type != item.answer.kind:
        reason = _("数据项“%(name)s”的类型是%(type)s，本项是%(kind)s")
        yield Fault(path, reason % {"name": name, "type": fact.type, "kind": item.answer.kind.value})
    elif fact.unit != item.answer.unit:
        yield _unit_fault(path, fact.unit, item.answer.unit)
    elif not set(fact.values) <= {one.code for one in item.answer.choices}:
        yield Fault(path, _("数据项“%(name)s”的取值不在选项中") % {"name": name})


def _unit_fault(path: Path, one: str, other: str) -> Fault:
    return Fault(path, _("单位不一致：%(one)s 与 %(other)s") % {"one": one or "—", "other": other or "—"})


def _limits(item: Item, path: Path, words: Vocabulary, parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    where = (*path, "answer")
    for key, limit in (("min", item.answer.minimum), ("max", item.answer.maximum)):
        if limit:
            yield from _limit(limit, item, (*where, key), words, parameters)
    low, high = (_figure(one, parameters) for one in (item.answer.minimum, item.answer.maximum))
    if low is not None and high is not None and low > high:
        yield Fault((*where, "min"), _("下限大于上限"))


def _limit(
    limit: Operand, item: Item, path: Path, words: Vocabulary, parameters: Mapping[str, Parameter]
) -> Iterator[Fault]:
    """Yield where a limit is of another unit, or where no figure could ever be on its good side."""
    parameter = parameters.get(limit.param)
    if parameter and parameter.unit != item.answer.unit:
        yield _unit_fault(path, parameter.unit, item.answer.unit)
        return
    unit, figure = words.units.get(item.answer.unit), _figure(limit, parameters)
    if unit and figure is not None and not unit.lowest <= figure <= unit.highest:
        yield Fault(path, _("限值%(figure)s超出单位允许的范围") % {"figure": figure})


def _figure(limit: Operand | None, parameters: Mapping[str, Parameter]) -> int | None:
    """Return the figure of a limit, where it has one now."""
    if limit is None:
        return None
    if not limit.param:
        return limit.value
    parameter = parameters.get(limit.param)
    figure = parameter.value if parameter and parameter.unit != MONTH_DAY else None
    return figure if isinstance(figure, int) else None
