"""A form prepared once, so that a check can be judged in one quick pass."""

from dataclasses import dataclass
from decimal import Decimal

from inspections.checklists.rules.clock import Due, parse_due
from inspections.checklists.rules.context import WHOLE, quantum
from inspections.checklists.rules.definition import CrossRule
from inspections.checklists.rules.forms import Item, Kind, Operand
from inspections.checklists.rules.shape import Json
from inspections.checklists.rules.spec import Spec, load_spec

LETTERS = "abcdefgh"
NO_UNIT = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """An item with everything about it looked up."""

    index: int
    item: Item
    code: str
    kind: Kind
    is_figure: bool
    critical: bool
    info: bool
    when: tuple[str, ...]
    fact: str
    unrecorded_is_na: bool
    repeat_by: str
    na_allowed: bool
    stage: str
    stage_rank: int
    step: Decimal
    places: int
    lowest: Decimal
    highest: Decimal
    low: tuple[Decimal | str, ...]
    high: tuple[Decimal | str, ...]
    letters: dict[str, str]
    passing: frozenset[str]
    min_length: int
    max_length: int
    photo: bool
    stop_service: bool
    due: Due | None
    escalate_to: str


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A cross-rule with the places of its items looked up; an item that the form lacks has no place."""

    rule: CrossRule
    code: str
    op: str
    operands: tuple[tuple[str, str | Decimal], ...]
    fail_index: int | None


class Compiled:
    """A spec prepared for judging; make it once for a version and keep it."""

    def __init__(self, spec: Json | Spec) -> None:
        """Look up everything that does not depend on a single check."""
        self.spec = spec if isinstance(spec, Spec) else load_spec(spec)
        self.stages = {stage.code: rank for rank, stage in enumerate(self.spec.template.stages)}
        self.plans = tuple(self._plan(index, item) for index, item in enumerate(self.spec.items))
        self.by_code = {plan.code: plan for plan in self.plans}
        self.rules = tuple(self._rule(rule) for rule in self.spec.rules)
        self.known = frozenset(self.by_code) | {rule.code for rule in self.rules}
        self.steps = {key: quantum(unit.places) for key, unit in self.spec.units.items()}

    def step(self, unit: str) -> Decimal:
        """Return the smallest step of a unit; without a unit, whole numbers."""
        return self.steps.get(unit, WHOLE)

    def _plan(self, index: int, item: Item) -> Plan:
        answer, unit = item.answer, self.spec.units.get(item.answer.unit)
        places, lowest, highest = (unit.places, unit.lowest, unit.highest) if unit else NO_UNIT
        default = self.spec.severity_defaults.get(item.severity)
        due = item.fail.due or (default.due if default else "")
        return Plan(
            index=index,
            item=item,
            code=item.code,
            kind=answer.kind,
            is_figure=answer.kind.is_figure,
            critical=item.severity == "critical",
            info=item.severity == "info",
            when=item.when,
            fact=item.fact,
            unrecorded_is_na=bool(item.fact) and self.spec.facts[item.fact].unknown == "na",
            repeat_by=answer.repeat_by,
            na_allowed=item.na_allowed,
            stage=item.stage,
            stage_rank=self.stages.get(item.stage, 0),
            step=quantum(places),
            places=places,
            lowest=Decimal(lowest),
            highest=Decimal(highest),
            low=_limits(answer.minimum, [one.minimum for one in item.tighter]),
            high=_limits(answer.maximum, [one.maximum for one in item.tighter]),
            letters={choice.code: LETTERS[place] for place, choice in enumerate(answer.choices)},
            passing=frozenset(answer.passing),
            min_length=answer.min_length or 0,
            max_length=answer.max_length or 0,
            photo=item.fail.photo,
            stop_service=item.fail.stop_service,
            due=parse_due(due) if due else None,
            escalate_to=default.escalate_to if default else "",
        )

    def _rule(self, rule: CrossRule) -> RulePlan:
        failing = self.by_code.get(rule.on_fail.fail)
        return RulePlan(
            rule=rule,
            code=rule.code,
            op=rule.op,
            operands=tuple(_operand(one) for one in rule.operands),
            fail_index=failing.index if failing else None,
        )


def compiled(spec: "Json | Spec | Compiled") -> Compiled:
    """Return a spec prepared; one that is prepared already comes back as it is."""
    return spec if isinstance(spec, Compiled) else Compiled(spec)


def _limits(limit: Operand | None, tighter: list[str]) -> tuple[Decimal | str, ...]:
    """Return all limits of one side: figures as they are, parameters by name; the strictest will decide."""
    own: tuple[Decimal | str, ...] = ()
    if limit is not None:
        own = (limit.param or Decimal(limit.value or 0),)
    return own + tuple(Decimal(one) for one in tighter if one)


def _operand(operand: Operand) -> tuple[str, str | Decimal]:
    """Return what an operand is and its name or figure."""
    for kind, name in (("item", operand.item), ("fact", operand.fact), ("param", operand.param)):
        if name:
            return kind, name
    return "value", Decimal(operand.value or 0)
