"""What is known of canteens on a day: who cooks, own produce, papers that run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext

from canteens.premises.models import Canteen, Supply
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import FactValue, Held
from schools.register import papers
from schools.register.models import Place

COUNTED_AHEAD = timedelta(days=60)  # the check-list asks for the papers of the next 60 days in these words


def supply_modes(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return the mode of supply in force on a day; a canteen without one is left out."""
    held = Q(until_date__isnull=True) | Q(until_date__gte=on)
    found = Supply.objects.filter(held, canteen__place__in=places, from_date__lte=on).order_by("from_date")
    return dict(found.values_list("canteen__place_id", "mode"))


def supply_spans(places: Sequence[int], first: date, last: date) -> dict[int, list[Held]]:
    """Return which mode of supply held over which days, for the canteens that have one."""
    held = Q(until_date__isnull=True) | Q(until_date__gte=first)
    rows = Supply.objects.filter(held, canteen__place__in=places, from_date__lte=last).order_by("from_date")
    found: dict[int, list[Held]] = {}
    for place, mode, since, until in rows.values_list("canteen__place_id", "mode", "from_date", "until_date"):
        found.setdefault(place, []).append(Held(since, until or date.max, mode))
    return found


def own_production(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether own pork or vegetables are used, as the canteen's file says it; unsaid is left out."""
    found = Canteen.objects.filter(place__in=places).values_list("place_id", "own_production")
    return {place: told for place, told in found if told is not None}


def papers_expiring(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many licences of a canteen end within sixty days; one whose end is not on file is left out."""
    found = Canteen.objects.filter(place__in=places).values_list("place_id", "licence_until")
    last = on + COUNTED_AHEAD
    return {place: int(on <= until <= last) for place, until in found if until is not None}


def mode_on(canteen: Canteen, on: date) -> Supply | None:
    """Return how a canteen is supplied on a day."""
    held = Q(until_date__isnull=True) | Q(until_date__gte=on)
    return canteen.supplies.filter(held, from_date__lte=on).order_by("-from_date").first()


def licences_running_out(user: User, now: datetime) -> list[Canteen]:
    """Return the canteens whose licence is within the first warning or has ended and is the user's matter, worst first.

    How early the first warning comes is the province's figure of that day; 21 are returned at most.
    """
    on = local_date(now)
    found = Canteen.objects.visible_to(user).filter(papers.renewable_by(user), licence_until__lte=papers.horizon(on))
    in_use = Q(place__until_date__isnull=True) | Q(place__until_date__gte=on)
    return list(found.filter(in_use).select_related("place__school").order_by("licence_until", "pk")[:21])


def canteen_of(place: Place) -> Canteen | None:
    """Return the file behind a place, where there is one."""
    return Canteen.objects.filter(place=place).select_related("place__school").first()


def typed_of(canteen: Canteen | None, names: Sequence[str]) -> dict[str, object]:
    """Return what the form of a file begins with."""
    typed = {name: getattr(canteen, name) for name in names} if canteen else {}
    if "own_production" in typed:
        typed["own_production"] = {True: "true", False: "false"}.get(typed["own_production"], "")
    return typed


def licence_of(canteen: Canteen | None, on: date) -> papers.Expiry | None:
    """Return how near the end of the licence is."""
    if canteen is None or canteen.licence_until is None:
        return None
    return papers.expiry(canteen.licence_until, on)


def facts_of(canteen: Canteen) -> list[tuple[str, object]]:
    """Return the file of a canteen as label and value."""
    meals = [
        (canteen.serves_breakfast, gettext("早餐")),
        (canteen.serves_lunch, gettext("午餐")),
        (canteen.serves_supper, gettext("晚餐")),
    ]
    own = {True: gettext("是"), False: gettext("否"), None: gettext("未登记")}
    return [
        (gettext("座位数"), f"{canteen.seats:,}"),
        (gettext("每餐就餐人数"), f"{canteen.diners:,}"),
        (gettext("供应餐次"), gettext("、").join(word for served, word in meals if served)),
        (gettext("食品经营许可证号"), canteen.licence_no),
        (gettext("许可证有效期至"), canteen.licence_until),
        (gettext("有自产猪菜"), own[canteen.own_production]),
    ]
