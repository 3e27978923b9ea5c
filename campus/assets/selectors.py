"""What is known of a campus on a day: what it has, what it says it has not, and whose papers run out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db.models import DateField, Q, QuerySet, Value

from campus.assets import rules
from campus.assets.models import Facility, NoFacility
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date, month_of
from logistics_portal.kit.prepared import prepared
from logistics_portal.kit.registry import FactValue
from logistics_portal.records.selectors import figures_read_once
from schools.register import papers
from schools.register.models import Place

Ask = Callable[[Sequence[int], date], dict[int, FactValue]]
COUNTED = {
    "campus.building_sites": Facility.Kind.BUILDING_SITE,
    "campus.labour_sites": Facility.Kind.LABOUR_SITE,
}
KINDS = {
    "campus.well": Facility.Kind.WELL,
    "campus.secondary_supply": Facility.Kind.SECONDARY_SUPPLY,
    "campus.boiler": Facility.Kind.BOILER,
    "campus.lab": Facility.Kind.LAB,
    "campus.shop": Facility.Kind.SHOP,
    "campus.fire_room": Facility.Kind.FIRE_ROOM,
    **COUNTED,
}


def in_use(places: Sequence[int], kinds: Sequence[str], on: date) -> dict[str, dict[int, int]]:
    """Return kind by kind how many facilities are in use on a day; a campus that never spoke of one is left out.

    One query: a word of none stands as a facility that was gone before anything began.
    """
    found: dict[str, dict[int, int]] = {kind: {} for kind in kinds}
    for place, kind, until in _told_and_gone(list(places), list(kinds), on):
        found[kind][place] = found[kind].get(place, 0) + int(until is None or until >= on)
    return found


@prepared
def _told_and_gone(
    places: Sequence[int], kinds: Sequence[str], on: date
) -> QuerySet[Facility, tuple[int, str, date | None]]:
    told = Facility.objects.filter(place__in=places, kind__in=kinds, from_date__lte=on)
    none = NoFacility.objects.filter(place__in=places, kind__in=kinds, said_on__lte=on)
    gone = none.annotate(until=Value(date.min, DateField()))
    columns = ("place_id", "kind")
    return told.values_list(*columns, "until_date").union(gone.values_list(*columns, "until"), all=True)


def facilities(keys: Sequence[str], places: Sequence[int], on: date) -> dict[str, dict[int, FactValue]]:
    """Answer several questions about facilities in one query: yes or no, or how many."""
    held = in_use(places, [KINDS[key] for key in keys], on)
    return {key: _answered(key, held[KINDS[key]]) for key in keys}


def facility(key: str) -> Ask:
    """Return the question behind one key."""

    def ask(places: Sequence[int], on: date) -> dict[int, FactValue]:
        return facilities([key], places, on)[key]

    return ask


def _answered(key: str, held: dict[int, int]) -> dict[int, FactValue]:
    return {place: number if key in COUNTED else number > 0 for place, number in held.items()}


def inspections_valid(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether every statutory date reaches the month's last day; what is not on file leaves it unknown."""
    held = _certificates(places, rules.STATUTORY, on)
    none = _said_none(places, rules.STATUTORY, on)
    told = {place: rules.all_valid(held[place], none[place], rules.STATUTORY, month_of(on).last) for place in places}
    return {place: valid for place, valid in told.items() if valid is not None}


def extinguishers_valid(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether the fire equipment is in date to the month's last day; none on file is unknown."""
    kinds = (Facility.Kind.EXTINGUISHERS,)
    held = _certificates(places, kinds, on)
    told = {place: rules.all_valid(held[place], set(), kinds, month_of(on).last) for place in places}
    return {place: valid for place, valid in told.items() if valid is not None}


@figures_read_once()
def register_of(place: Place, on: date) -> list[rules.Line]:
    """Return kind by kind what a campus has, has not, or has not said."""
    held: dict[str, list[rules.Piece]] = defaultdict(list)
    for facility in place.facilities.order_by("kind", "name", "pk"):
        until = facility.certificate_until
        gone = facility.until_date is not None and facility.until_date < on
        held[facility.kind].append(rules.Piece(facility, papers.expiry(until, on) if until else None, gone))
    none = {row.kind: row for row in place.without_facilities.all()}
    return [
        rules.Line(
            kind=kind.value,
            label=str(kind.label),
            facilities=tuple(held[kind]),
            none_since=none[kind].said_on if kind in none else None,
        )
        for kind in Facility.Kind
    ]


def certificates_running_out(user: User, now: datetime) -> list[Facility]:
    """Return the facilities whose certificate is within the first warning or has ended and is the user's matter.

    How early the first warning comes is the province's figure of that day; the worst come first, 21 at most.
    """
    on = local_date(now)
    found = Facility.objects.visible_to(user).filter(
        papers.renewable_by(user), certificate_until__lte=papers.horizon(on)
    )
    living = Q(until_date__isnull=True) | Q(until_date__gte=on)
    return list(found.filter(living).select_related("place__school").order_by("certificate_until", "pk")[:21])


def _certificates(places: Sequence[int], kinds: Sequence[str], on: date) -> dict[int, list[tuple[str, date | None]]]:
    living = Q(until_date__isnull=True) | Q(until_date__gte=on)
    held: dict[int, list[tuple[str, date | None]]] = defaultdict(list)
    found = Facility.objects.filter(living, place__in=places, kind__in=kinds, from_date__lte=on)
    for place, kind, until in found.values_list("place_id", "kind", "certificate_until"):
        held[place].append((kind, until))
    return held


def _said_none(places: Sequence[int], kinds: Sequence[str], on: date) -> dict[int, set[str]]:
    none: dict[int, set[str]] = defaultdict(set)
    found = NoFacility.objects.filter(place__in=places, kind__in=kinds, said_on__lte=on)
    for place, kind in found.values_list("place_id", "kind"):
        none[place].add(kind)
    return none
