"""Cross-rules of a check: whether they hold, and what lacked where they could not be run."""

from collections.abc import Mapping
from decimal import Decimal

from inspections.checklists.rules.context import NOT_APPLICABLE

from .plans import RulePlan
from .sight import Sight
from .verdicts import Note

OPEN = "."
LEFT_OUT = "-"


class Comparison:
    """The rules of a form, compared once over the answers given."""

    def __init__(self, sight: Sight, chars: list[str], figures: Mapping[str, Decimal]) -> None:
        self._sight = sight
        self._chars = chars
        self._figures = figures
        self.notes: list[Note] = []

    def shortfall(self, rule: RulePlan) -> Decimal | None:
        """Return by how much a rule does not hold: nothing to say when it holds or could not be run."""
        figures: list[Decimal] = []
        for kind, name in rule.operands:
            figure = self._figure(rule, kind, name)
            if figure is None:
                return None
            figures.append(figure)
        *left, right = figures
        gap = sum(left, start=Decimal(0)) - right
        if rule.op == "le":
            return gap if gap > 0 else None
        if rule.op == "ge":
            return -gap if gap < 0 else None
        return abs(gap) if gap else None

    def _figure(self, rule: RulePlan, kind: str, name: str | Decimal) -> Decimal | None:
        """Return an operand's figure; what lacks is noted, save an item that simply is not answered yet."""
        if isinstance(name, Decimal):
            return name
        if kind == "item":
            return self._item(rule, name)
        if kind == "param":
            figure = self._sight.parameter(name)
            return figure if figure is not None else self._lacking(rule, "parameter", name)
        answer = self._sight.fact(name)
        if isinstance(answer, Decimal):
            return answer
        return self._lacking(rule, "not_applicable" if answer is NOT_APPLICABLE else "unknown", name)

    def _item(self, rule: RulePlan, code: str) -> Decimal | None:
        if code in self._figures:
            return self._figures[code]
        plan = self._sight.form.by_code[code]
        if self._chars[plan.index] == LEFT_OUT:
            return self._lacking(rule, "not_applicable", code)
        if self._sight.asked(plan) is False:
            return self._lacking(rule, "not_asked", code)
        return None

    def _lacking(self, rule: RulePlan, kind: str, subject: str) -> Decimal | None:
        """Note what lacks; the figure is nothing."""
        self.notes.append(Note(rule.code, kind, subject))
        return None
