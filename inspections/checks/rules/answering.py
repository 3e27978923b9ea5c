"""One answer: what it says, whether it is good, and whether it departs from what the portal knew."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, Reading
from inspections.checklists.rules.forms import Kind

from .plans import Plan
from .sayings import Saying
from .sight import Sight
from .typed import NotTaken, clean, figure, kept

NA = "na"
PASS, FAIL = "pass", "fail"


class Said(NamedTuple):
    """What an answer came to: its character, what is kept of it, and what the portal knew otherwise."""

    char: str
    good: bool
    value: Any = None
    figure: Decimal | None = None
    failing: tuple[str, ...] = ()
    differs: Any = None
    absent: tuple[str, ...] = ()
    left_out: bool = False


NOTHING = Said("-", good=True)
PASSED = Said("1", good=True)


def read(plan: Plan, raw: object, sight: Sight) -> Said:
    """Return what an answer says; raises `NotTaken` when it is of the wrong type, too exact or a slip."""
    if plan.kind is Kind.BOOL:
        return _bool(plan, raw, sight)
    if plan.is_figure:
        return _repeated(plan, raw, sight) if plan.repeat_by else _figure(plan, raw, sight)
    return _choice(plan, raw, sight) if plan.kind is Kind.CHOICE else _text(plan, raw)


def known(plan: Plan, sight: Sight) -> Any:
    """Return what the portal knew about an item as it is stored: `na`, a value, or nothing."""
    if not plan.fact:
        return None
    fact = sight.fact(plan.fact)
    if fact is UNKNOWN:
        return None
    if fact is NOT_APPLICABLE:
        return NA
    return kept(fact, plan) if isinstance(fact, Decimal) else fact


def _bool(plan: Plan, raw: object, sight: Sight) -> Said:
    if raw not in (PASS, FAIL):
        raise NotTaken("pass_or_fail")
    good = raw == PASS
    fact = known(plan, sight) if plan.fact else None
    if good and fact in (None, True):
        return PASSED
    return Said("1" if good else "0", good=good, differs=None if fact is None or fact is good else fact)


def _choice(plan: Plan, raw: object, sight: Sight) -> Said:
    if not isinstance(raw, str) or raw not in plan.letters:
        raise NotTaken("choice")
    fact = known(plan, sight)
    return Said(plan.letters[raw], good=raw in plan.passing, differs=None if fact in (None, raw) else fact)


def _text(plan: Plan, raw: object) -> Said:
    text = clean(raw, plan.max_length)
    if not text:
        raise NotTaken("open")
    good = len(text) >= plan.min_length
    return Said("1" if good else "0", good=good, value=text)


def _figure(plan: Plan, raw: object, sight: Sight) -> Said:
    answer = figure(raw, plan)
    low, high, absent = sight.limits(plan)
    good = _within(answer, low, high) or plan.info
    value = kept(answer, plan)
    fact = known(plan, sight)
    differs = None if fact is None or fact == value else fact
    return Said("1" if good else "0", good, value, answer, differs=differs, absent=absent)


def _within(answer: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether a figure is on the good side of both limits; the limits themselves are good."""
    return (low is None or answer >= low) and (high is None or answer <= high)


def _repeated(plan: Plan, raw: object, sight: Sight) -> Said:
    """Return what the figures of all entries say together: one that fails makes the item fail."""
    entries = sight.entries(plan)
    if not entries:
        return NOTHING
    if not isinstance(raw, dict):
        raise NotTaken("one_by_one")
    if any(code not in {entry.code for entry in entries} for code in raw):
        raise NotTaken("not_listed")
    low, high, absent = sight.limits(plan)
    answers = _entries(plan, entries, raw)
    given = [(entry, answer) for entry, answer in answers if answer is not None]
    failing = [entry.label or entry.code for entry, one in given if not (plan.info or _within(one, low, high))]
    return Said(
        ("0" if failing else "1") if given else "-",
        good=not failing,
        value={entry.code: NA if answer is None else kept(answer, plan) for entry, answer in answers},
        failing=tuple(failing),
        differs=_other_readings(plan, answers),
        absent=absent if given else (),
        left_out=len(given) < len(answers),
    )


def _other_readings(plan: Plan, answers: list[tuple[Reading, Decimal | None]]) -> dict[str, int | str] | None:
    """Return the readings that a person departed from, or nothing."""
    differing = [entry for entry, answer in answers if entry.figure is not None and entry.figure != answer]
    return {entry.code: kept(entry.figure, plan) for entry in differing if entry.figure is not None} or None


def _entries(plan: Plan, entries: Sequence[Reading], raw: dict[str, object]) -> list[tuple[Reading, Decimal | None]]:
    """Return the figure of every entry; raises `NotTaken` with all that cannot be taken at once."""
    answers: list[tuple[Reading, Decimal | None]] = []
    refused: list[Saying] = []
    for entry in entries:
        try:
            answers.append((entry, _entry(plan, entry, raw.get(entry.code))))
        except NotTaken as refusal:
            refused.append(refusal.saying)
    if refused:
        whole = reduce(lambda one, other: Saying("both", {"one": one, "other": other}), refused)
        raise NotTaken(whole.key, **whole.words)
    return answers


def _entry(plan: Plan, entry: Reading, raw: object) -> Decimal | None:
    """Return one entry's figure, or nothing when it is left out, which needs `na` to be allowed."""
    name = entry.label or entry.code
    if raw is None or raw == "":
        raise NotTaken("entry_open", entry=name)
    if raw == NA:
        if not plan.na_allowed:
            raise NotTaken("entry_na", entry=name)
        return None
    try:
        return figure(raw, plan)
    except NotTaken as refusal:
        raise NotTaken("entry", entry=name, reason=refusal.saying) from refusal
