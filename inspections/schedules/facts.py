"""Facts asked in bulk, and parameters as a check-list reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from logistics_portal.kit.registry import Fact, FactValue, Held, Together, facts
from logistics_portal.records.selectors import parameters
from schools.register.models import Place

LONGEST = 9

Known = dict[int, dict[str, FactValue]]


def ask(keys: Iterable[str], places: Collection[Place], on: date) -> Known:
    """Return for each place what the wings know of these keys on a day; what is left out is unknown."""
    known: Known = {place.pk: {} for place in places}
    place_ids = list(known)
    school_ids = list(dict.fromkeys(place.school_id for place in places))
    wanted = [fact for key in dict.fromkeys(keys) if (fact := facts.get(key)) is not None]
    if not place_ids:
        return known
    for by_place, answers in _answers(wanted, place_ids, school_ids, on):
        for place in places:
            for key, told in answers.items():
                answer = told.get(place.pk if by_place else place.school_id)
                if answer is not None:
                    known[place.pk][key] = answer
    return known


def _answers(
    wanted: Sequence[Fact], place_ids: Sequence[int], school_ids: Sequence[int], on: date
) -> Iterator[tuple[bool, Mapping[str, Mapping[int, FactValue]]]]:
    """Yield what is known, asking facts of one room together where they offer it."""
    grouped: dict[tuple[Together, str], list[str]] = defaultdict(list)
    for fact in wanted:
        ids = place_ids if fact.per == "place" else school_ids
        if fact.together is not None:
            grouped[fact.together, fact.per].append(fact.key)
        else:
            yield fact.per == "place", {fact.key: fact.ask(ids, on)}
    for (together, per), keys in grouped.items():
        yield per == "place", together(keys, place_ids if per == "place" else school_ids, on)


class Ahead:
    """What dated facts say over a stretch of days, read once for all of them."""

    def __init__(self, keys: Iterable[str], places: Collection[Place], first: date, last: date) -> None:
        self.spans: dict[tuple[str, int], Sequence[Held]] = {}
        wanted = [fact for key in dict.fromkeys(keys) if (fact := facts.get(key)) is not None]
        self.keys = {fact.key for fact in wanted if fact.spans is not None and fact.per == "place"}
        ids = [place.pk for place in places]
        for fact in wanted:
            if fact.key in self.keys and fact.spans is not None and ids:
                told = fact.spans(ids, first, last)
                self.spans |= {(fact.key, place): held for place, held in told.items()}

    def on(self, place: Place, day: date) -> dict[str, FactValue]:
        """Return what is known of a place on a day; what is left out is unknown."""
        return {
            key: held.value
            for key in self.keys
            for held in self.spans.get((key, place.pk), ())
            if held.first <= day <= held.last
        }


def figures(on: date) -> Mapping[str, int | str]:
    """Return the parameters in force on a day: whole numbers as such, everything else as it was written."""
    return {code: _figure(value) for code, value in parameters(on).items()}


def _figure(value: str) -> int | str:
    plain = value.removeprefix("-")
    return int(value) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST else value
