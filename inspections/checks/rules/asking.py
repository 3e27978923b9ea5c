"""What a form asks on a day, what its section button does, and how many taps it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inspections.checklists.rules.context import NOT_APPLICABLE, Context, Reading
from inspections.checklists.rules.forms import Choice, Kind
from inspections.checklists.rules.shape import Json
from inspections.checklists.rules.spec import Spec

from .answering import FAIL, NA, PASS, known
from .plans import Compiled, Plan, compiled
from .sight import NaReason, Sight

OPENING_AND_HANDING_IN = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the form shows it; figures are texts with the decimals of their unit."""

    code: str
    zh: str
    en: str
    kind: str
    section: str
    stage: str
    severity: str
    critical: bool
    asked: bool
    na_allowed: bool
    condition_unknown: bool
    settled: str
    prefill: str | None
    expected: str | None
    unit: str
    places: int
    low: str | None
    high: str | None
    lowest: str
    highest: str
    repeats: bool
    entries: tuple[Reading, ...]
    choices: tuple[Choice, ...]
    photo_on_fail: bool
    asks_stop_service: bool
    min_length: int
    max_length: int


def questions(spec: Json | Spec | Compiled, context: Context, stage: str | None = None) -> list[Question]:
    """Return every item of a form, or of one stage, as it stands on that day, in version order."""
    sight = Sight(compiled(spec), context)
    return [_question(plan, sight) for plan in sight.form.plans if stage in (None, plan.stage)]


def _question(plan: Plan, sight: Sight) -> Question:
    item, asked = plan.item, sight.asked(plan)
    low, high, _absent = sight.limits(plan)
    nothing_due = bool(plan.fact) and sight.fact(plan.fact) is NOT_APPLICABLE
    settled = sight.settled(plan)
    return Question(
        code=plan.code,
        zh=item.zh,
        en=item.en,
        kind=plan.kind.value,
        section=item.section,
        stage=plan.stage,
        severity=item.severity,
        critical=plan.critical,
        asked=asked is not False,
        na_allowed=plan.na_allowed or asked is None or nothing_due or settled is not None,
        condition_unknown=asked is None,
        settled=(settled or (NaReason.FACT if nothing_due else "")),
        prefill=_prefill(plan, sight),
        expected=_expected(plan, sight),
        unit=item.answer.unit,
        places=plan.places,
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        lowest=str(plan.lowest),
        highest=str(plan.highest),
        repeats=bool(plan.repeat_by),
        entries=sight.entries(plan) if plan.repeat_by else (),
        choices=item.answer.choices,
        photo_on_fail=plan.photo,
        asks_stop_service=plan.stop_service,
        min_length=plan.min_length,
        max_length=plan.max_length,
    )


def _prefill(plan: Plan, sight: Sight) -> str | None:
    """Return the answer that a fact gives, as it would be submitted."""
    fact = known(plan, sight)
    if fact is None:
        return None
    if isinstance(fact, bool):
        return PASS if fact else FAIL
    return str(fact)


def _expected(plan: Plan, sight: Sight) -> str | None:
    """Return the figure shown beside the field, where it is known."""
    fact = sight.fact(plan.item.expected) if plan.item.expected else None
    return str(fact) if isinstance(fact, Decimal) else None


def _open_for_button(plan: Plan, sight: Sight) -> bool:
    """Whether the section button may touch an item at all."""
    if plan.critical or plan.kind in (Kind.CHOICE, Kind.TEXT) or sight.asked(plan) is False:
        return False
    return sight.settled(plan) is None


def rest_of_section(
    spec: Json | Spec | Compiled, context: Context, section: str, current: Mapping[str, Any]
) -> dict[str, Json]:
    """Return the answers that "本区其余正常" adds to `current`; merge them with `{**current, **added}`.

    It sets open yes-or-no items to pass and accepts prefilled figures that pass. It never touches a critical item, a
    choice, a text, a figure nobody gave, or what the portal knows to be wrong.
    """
    sight = Sight(compiled(spec), context)
    added: dict[str, Json] = {}
    for plan in sight.form.plans:
        if plan.item.section != section or not _open_for_button(plan, sight):
            continue
        given = current.get(plan.code)
        entry: Json = dict(given) if isinstance(given, Mapping) else {}
        answer = _rest(plan, sight, entry.get("a"))
        if answer is not None:
            added[plan.code] = {**entry, "a": answer}
    return added


def _rest(plan: Plan, sight: Sight, given: Any) -> Any:
    """Return the answer the button gives to one item, or nothing."""
    if plan.repeat_by:
        return _rest_of_entries(plan, sight, given)
    if given not in (None, ""):
        return None
    prefill = _prefill(plan, sight)
    if plan.kind is Kind.BOOL:
        return PASS if prefill in (None, PASS) else None
    if prefill is None or prefill == NA:
        return None
    return prefill if _good(plan, sight, Decimal(prefill)) else None


def _rest_of_entries(plan: Plan, sight: Sight, given: Any) -> dict[str, Any] | None:
    """Return the entries with the good readings filled in, or nothing when there is none to fill."""
    if given is not None and not isinstance(given, Mapping):
        return None
    before: dict[str, Any] = dict(given or {})
    readings = {
        entry.code: str(entry.figure)
        for entry in sight.entries(plan)
        if before.get(entry.code) in (None, "") and entry.figure is not None and _good(plan, sight, entry.figure)
    }
    return before | readings if readings else None


def _good(plan: Plan, sight: Sight, figure: Decimal) -> bool:
    low, high, _absent = sight.limits(plan)
    inside = plan.lowest <= figure <= plan.highest
    return inside and (plan.info or ((low is None or figure >= low) and (high is None or figure <= high)))


def taps(spec: Json | Spec | Compiled, context: Context, stage: str | None = None, beds: int = 0) -> tuple[int, int]:
    """Return how many taps and typed figures a check with nothing wrong takes.

    Opening, handing in, each critical item, each choice and one button per section with something open are a tap each;
    a figure nobody gave is typed. `beds` are the beds tapped in the roll call before the form.
    """
    sight = Sight(compiled(spec), context)
    tapped, typed, sections = OPENING_AND_HANDING_IN + beds, 0, set()
    for plan in sight.form.plans:
        if stage not in (None, plan.stage) or sight.asked(plan) is False or sight.settled(plan):
            continue
        by_hand = _typed(plan, sight)
        typed += by_hand
        if plan.critical or plan.kind is Kind.CHOICE:
            tapped += 0 if by_hand else 1
        elif not by_hand or by_hand < _fields(plan, sight):
            sections.add(plan.item.section)
    return tapped + len(sections), typed


def _fields(plan: Plan, sight: Sight) -> int:
    return len(sight.entries(plan)) if plan.repeat_by else 1


def _typed(plan: Plan, sight: Sight) -> int:
    """Return how many fields of an item must be typed."""
    if plan.repeat_by:
        return sum(entry.figure is None for entry in sight.entries(plan))
    if plan.kind is Kind.TEXT:
        return 1
    return int(plan.is_figure and _prefill(plan, sight) is None)
