"""A form seen on one day: which items are asked, what the facts say, which limits are in force."""

from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, Context, Reading, Told, holds, told

from .plans import Compiled, Plan

SINGLE = "1"
UNLIMITED: tuple[None, None, tuple[str, ...]] = (None, None, ())
UNNAMED = (Reading(SINGLE, "", None),)


class NaReason(StrEnum):
    """Why an item is not applicable without a reason typed; a star stands where nobody even had to say so."""

    EMPTY = "*empty"
    FACT = "*fact"
    UNRECORDED = "*unrecorded"
    CONFIRMED = "confirmed"


def na_reason_text(stored: str) -> str:
    """Return the sentence to show for a stored reason."""
    known: dict[str, str] = {
        NaReason.EMPTY: _("没有要逐个填写的对象"),
        NaReason.FACT: _("当期没有发生此事项"),
        NaReason.UNRECORDED: _("未建台账，没有记录"),
        NaReason.CONFIRMED: _("当期没有发生此事项，已确认"),
    }
    return known.get(stored, stored)


class Sight:
    """A prepared form together with one context; answers are looked up once."""

    def __init__(self, form: Compiled, context: Context) -> None:
        self.form = form
        self.context = context
        self._facts: dict[str, Told] = {}
        self._conditions: dict[str, bool | None] = {}
        self._parameters: dict[str, Decimal | None] = {}

    def asked(self, plan: Plan) -> bool | None:
        """Return whether an item is asked; nothing when a condition is unknown, then it may be not applicable."""
        unknown = False
        for name in plan.when:
            if name not in self._conditions:
                self._conditions[name] = holds(self.form.spec.conditions[name], self.form.spec, self.context)
            answer = self._conditions[name]
            if answer is False:
                return False
            unknown = unknown or answer is None
        return None if unknown else True

    def fact(self, key: str) -> Told:
        """Return what a fact says, in its own type."""
        if key not in self._facts:
            spec = self.form.spec.facts[key]
            self._facts[key] = told(spec, self.form.step(spec.unit), self.context.facts.get(key, UNKNOWN))
        return self._facts[key]

    def parameter(self, name: str) -> Decimal | None:
        """Return a parameter's figure in force, or nothing."""
        if name not in self._parameters:
            raw = self.context.parameters.get(name)
            self._parameters[name] = None if raw is None or isinstance(raw, bool) else _decimal(raw)
        return self._parameters[name]

    def entries(self, plan: Plan) -> tuple[Reading, ...]:
        """Return what a repeat is answered for; an unknown list is asked once, unnamed."""
        answer = self.fact(plan.repeat_by)
        if answer is NOT_APPLICABLE:
            return ()
        return answer if isinstance(answer, tuple) else UNNAMED

    def limits(self, plan: Plan) -> tuple[Decimal | None, Decimal | None, tuple[str, ...]]:
        """Return the strictest limits in force, and the parameters that have no figure."""
        if not plan.low and not plan.high:
            return UNLIMITED
        absent: list[str] = []
        low = [self._limit(one, absent) for one in plan.low]
        high = [self._limit(one, absent) for one in plan.high]
        lows, highs = [one for one in low if one is not None], [one for one in high if one is not None]
        return max(lows) if lows else None, min(highs) if highs else None, tuple(absent)

    def _limit(self, limit: Decimal | str, absent: list[str]) -> Decimal | None:
        if isinstance(limit, Decimal):
            return limit
        figure = self.parameter(limit)
        if figure is None:
            absent.append(limit)
        return figure

    def settled(self, plan: Plan) -> NaReason | None:
        """Return why an item is not applicable of itself, if it is.

        A critical item is never left out in silence because nothing fell due: somebody confirms that.
        """
        if plan.repeat_by:
            return None if self.entries(plan) else NaReason.EMPTY
        if not plan.fact:
            return None
        answer = self.fact(plan.fact)
        if answer is NOT_APPLICABLE:
            return None if plan.critical else NaReason.FACT
        return NaReason.UNRECORDED if answer is UNKNOWN and plan.unrecorded_is_na else None


def _decimal(raw: int | str | Decimal) -> Decimal | None:
    try:
        figure = Decimal(raw)
    except ArithmeticError:
        return None
    return figure if figure.is_finite() else None
