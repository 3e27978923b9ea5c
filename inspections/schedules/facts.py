"""Facts asked in bulk, and parameters as a check-list reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from logistics_portal.kit.registry import FactValue, facts
from logistics_portal.records.selectors import parameters
from schools.register.models import Place

LONGEST = 9

Known = dict[int, dict[str, FactValue]]


def ask(keys: Iterable[str], places: Collection[Place], on: date) -> Known:
    """Return for each place what the wings know of these keys on a day; what is left out is unknown."""
    known: Known = {place.pk: {} for place in places}
    place_ids = list(known)
    school_ids = list(dict.fromkeys(place.school_id for place in places))
    for key in keys:
        fact = facts.get(key)
        if fact is None or not place_ids:
            continue
        by_place = fact.per == "place"
        answers = fact.ask(place_ids if by_place else school_ids, on)
        for place in places:
            answer = answers.get(place.pk if by_place else place.school_id)
            if answer is not None:
                known[place.pk][key] = answer
    return known


def figures(on: date) -> Mapping[str, int | str]:
    """Return the parameters in force on a day: whole numbers as such, everything else as it was written."""
    return {code: _figure(value) for code, value in parameters(on).items()}


def _figure(value: str) -> int | str:
    plain = value.removeprefix("-")
    return int(value) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST else value
