"""What is known of canteens on a day: who cooks, own produce, papers that run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from canteens.premises.models import Canteen, Supply
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import FactValue
from schools.register.rules import papers


def supply_modes(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return the mode of supply in force on a day; a canteen without one is left out."""
    held = Q(until_date__isnull=True) | Q(until_date__gte=on)
    found = Supply.objects.filter(held, canteen__place__in=places, from_date__lte=on).order_by("from_date")
    return dict(found.values_list("canteen__place_id", "mode"))


def own_production(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether own pork or vegetables are used, as the canteen's file says it; unsaid is left out."""
    found = Canteen.objects.filter(place__in=places).values_list("place_id", "own_production")
    return {place: told for place, told in found if told is not None}


def papers_expiring(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many licences of a canteen end within sixty days; one whose end is not on file is left out."""
    found = Canteen.objects.filter(place__in=places).values_list("place_id", "licence_until")
    last = papers.horizon(on)
    return {place: int(on <= until <= last) for place, until in found if until is not None}


def mode_on(canteen: Canteen, on: date) -> Supply | None:
    """Return how a canteen is supplied on a day."""
    held = Q(until_date__isnull=True) | Q(until_date__gte=on)
    return canteen.supplies.filter(held, from_date__lte=on).order_by("-from_date").first()


def licences_running_out(user: User, now: datetime) -> list[Canteen]:
    """Return the canteens a user sees whose licence ends within sixty days or has ended, the worst first."""
    on = local_date(now)
    found = Canteen.objects.visible_to(user).filter(licence_until__lte=papers.horizon(on))
    in_use = Q(place__until_date__isnull=True) | Q(place__until_date__gte=on)
    return list(found.filter(in_use).select_related("place__school").order_by("licence_until", "pk")[:21])
