"""How stored rows become the rows of a calendar: number of a term, dated flags laid over each other, days cut out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from logistics_portal.kit.dates import ONE_DAY
from schools.terms.rules.rows import FOR_EVER, Extra, Traits

Spans = dict[str, list[tuple[date, date]]]

AUTUMN, SPRING, SUMMER = 1, 2, 3
OPENS = {AUTUMN: frozenset({8, 9, 10, 11, 12}), SUMMER: frozenset({6, 7})}


def term_number(first: date) -> int:
    """Return which term of its school year one is by the month it opens: autumn 1, spring 2, a summer term 3."""
    return next((number for number, months in OPENS.items() if first.month in months), SPRING)


def combine(spans: Mapping[str, Sequence[tuple[date, date]]]) -> list[Traits]:
    """Return the flags `boarding`, `weekends`, `meals`, each true over its spans, as spans on which all stand still."""
    edges = {date.min, FOR_EVER}
    for held in spans.values():
        for first, last in held:
            edges.update((first, _after(last)))
    found = []
    for first, until in pairwise(sorted(edges)):
        on = {flag: any(start <= first <= end for start, end in held) for flag, held in spans.items()}
        last = FOR_EVER if until == FOR_EVER else until - ONE_DAY
        found.append(
            Traits(
                first,
                last,
                boarding=on.get("boarding", False),
                boarding_weekends=on.get("weekends", False),
                supplies_meals=on.get("meals", False),
            )
        )
    return found


def cut_out(extras: Iterable[Extra], days: Iterable[Extra]) -> list[Extra]:
    """Return `extras` without the stretches that `days` speak of: an approved closure beats the calendar."""
    left = list(extras)
    for gap in days:
        left = [piece for extra in left for piece in _without(extra, gap.first, gap.last)]
    return left


def _without(extra: Extra, first: date, last: date) -> list[Extra]:
    if extra.last < first or last < extra.first:
        return [extra]
    pieces = []
    if extra.first < first:
        pieces.append(replace(extra, last=first - ONE_DAY))
    if last < extra.last:
        pieces.append(replace(extra, first=last + ONE_DAY))
    return pieces


def _after(last: date) -> date:
    return FOR_EVER if last == FOR_EVER else last + ONE_DAY
