"""What is known on the day of a slot: facts, parameters in force, and which conditions hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from logistics_portal.kit.registry import Answer as Silence
from logistics_portal.kit.registry import FactValue, ListedEntry

from .definition import Condition, FactSpec
from .forms import Operand
from .spec import Spec

UNKNOWN = Silence.UNKNOWN
NOT_APPLICABLE = Silence.NOT_APPLICABLE
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Context:
    """The slot's date, the parameters in force on it by name, and what the facts answered; absent means unknown."""

    date: date
    parameters: Mapping[str, int | str | Decimal] = field(default_factory=dict)
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One appliance or delivery of a list fact, with its figure of the day or nothing."""

    code: str
    label: str
    figure: Decimal | None


Known = bool | Decimal | str | tuple[Reading, ...]
Told = Known | Silence


def quantum(places: int) -> Decimal:
    """Return the smallest step of a figure with so many decimals."""
    return WHOLE.scaleb(-places)


def decimal_or_none(raw: object, step: Decimal) -> Decimal | None:
    """Return a figure with the decimals of its unit; what is not a figure is nothing."""
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        return None
    try:
        figure = Decimal(raw)
        if not figure.is_finite():
            return None
        rounded = figure.quantize(step, ROUND_HALF_UP)
        return rounded or abs(rounded)  # turns -0 into 0
    except InvalidOperation:
        return None


def told(spec: FactSpec, step: Decimal, raw: object) -> Told:
    """Return what a fact says, in the type it promises; an answer of another type counts as unknown."""
    if spec.type == "bool" and (raw is True or raw is False):
        return raw
    if isinstance(raw, Silence):
        return raw
    answer: Known | None = None
    if spec.type == "bool":
        return UNKNOWN
    if spec.type == "choice":
        answer = raw if isinstance(raw, str) and raw in spec.values else None
    elif spec.type == "list":
        answer = _readings(raw, step)
    else:
        answer = decimal_or_none(raw, step)
    return UNKNOWN if answer is None else answer


def _readings(raw: object, step: Decimal) -> tuple[Reading, ...] | None:
    if not isinstance(raw, tuple | list) or not all(isinstance(one, ListedEntry) for one in raw):
        return None
    entries: Iterable[ListedEntry] = raw
    return tuple(Reading(one.code, one.label, decimal_or_none(one.reading, step)) for one in entries)


def holds(condition: Condition, spec: Spec, context: Context) -> bool | None:
    """Return whether a condition holds on the slot's date; nothing when its fact or parameter is unknown.

    A fact that is not applicable does not hold.
    """
    if condition.between:
        return _between(condition.between, context)
    value = told(spec.facts[condition.fact], WHOLE, context.facts.get(condition.fact, UNKNOWN))
    if value is UNKNOWN:
        return None
    if value is NOT_APPLICABLE:
        return False
    if condition.among:
        return value in condition.among
    if condition.ge is not None:
        return isinstance(value, Decimal) and value >= condition.ge
    return value is condition.eq


def _between(limits: tuple[Operand, ...], context: Context) -> bool | None:
    """Return whether the date lies in a season, both ends included; a season may run over the new year."""
    first, last = (context.parameters.get(limit.param) for limit in limits)
    if not isinstance(first, str) or not isinstance(last, str):
        return None
    day = context.date.strftime("%m-%d")
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last


def all_hold(names: Iterable[str], spec: Spec, context: Context) -> bool | None:
    """Return whether all conditions hold: false as soon as one does not, nothing when one is unknown."""
    answers = [holds(spec.conditions[name], spec, context) for name in names]
    if False in answers:
        return False
    return None if None in answers else True


def applies(spec: Spec, context: Context) -> bool | None:
    """Return whether a place has this check-list at all on that date; nothing when that is unknown."""
    return all_hold(spec.template.when, spec, context)
