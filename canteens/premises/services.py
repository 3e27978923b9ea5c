"""What writes a canteen's file: opened with its place, kept up to date, its mode of supply by dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Required, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext

from canteens.premises.models import Canteen, Supply
from logistics_portal.accounts.models import User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Place, School
from schools.register.rules.opening import Opening
from schools.register.services import places


class File(TypedDict, total=False):
    """What a canteen's file may hold."""

    seats: int
    diners: int
    serves_breakfast: bool
    serves_lunch: bool
    serves_supper: bool
    licence_no: str
    licence_until: date | None
    own_production: bool | None


class FirstSupply(TypedDict, total=False):
    """Who cooks from the first day on, and the operator where it is not the school."""

    mode: Required[str]
    operator_name: str


@transaction.atomic
def open_canteen(
    *, school: School, opening: Opening, supply: FirstSupply, by: User | None, at: datetime, **file: Unpack[File]
) -> Canteen:
    """Add a canteen to a school: the place, its file and how it is supplied from the first day on (R36)."""
    place = places.add_place(school=school, kind=Place.Kind.CANTEEN, by=by, at=at, **opening)
    canteen = keep_file(place=place, by=by, at=at, **file)
    set_supply(canteen=canteen, from_date=place.from_date, by=by, at=at, **supply)
    return canteen


@transaction.atomic
def keep_file(*, place: Place, by: User | None, at: datetime, **file: Unpack[File]) -> Canteen:
    """Write the file of a canteen, begun when the place has none yet."""
    if place.kind != Place.Kind.CANTEEN:
        raise NotAllowed(gettext("这个场所不是食堂。"))
    canteen = Canteen.objects.select_for_update().filter(place=place).first() or Canteen(place=place)
    before = {name: getattr(canteen, name) for name in file} if canteen.pk else {}
    for name, value in file.items():
        setattr(canteen, name, value)
    canteen.save()
    records.log(by=by, verb="canteen.keep_file", on=canteen, at=at, before=before, after=dict(file))
    return canteen


@transaction.atomic
def set_supply(
    *, canteen: Canteen, mode: str, from_date: date, by: User | None, at: datetime, operator_name: str = ""
) -> Supply:
    """Say who cooks from a day on; the mode before ends the day before, later modes stay as they are entered.

    Raises `NotAllowed` when a contracted or delivered mode names no operator, or the day is before the canteen's first.
    """
    canteen = Canteen.objects.select_for_update(of=("self",)).select_related("place").get(pk=canteen.pk)
    if mode != Supply.Mode.SELF_RUN and not operator_name.strip():
        raise NotAllowed(gettext("承包经营或校外供餐须写明经营（供餐）单位。"))
    if from_date < canteen.place.from_date:
        raise NotAllowed(gettext("供餐方式不能早于食堂启用日期 %(day)s。") % {"day": canteen.place.from_date})
    later = canteen.supplies.filter(from_date__gt=from_date).order_by("from_date").first()
    until = later.from_date - timedelta(days=1) if later else None
    canteen.supplies.filter(from_date__lt=from_date).exclude(until_date__lt=from_date).update(
        until_date=from_date - timedelta(days=1)
    )
    supply, _new = Supply.objects.update_or_create(
        canteen=canteen,
        from_date=from_date,
        defaults={"mode": mode, "operator_name": operator_name.strip(), "until_date": until},
    )
    after = {"mode": mode, "from": from_date, "operator": operator_name}
    records.log(by=by, verb="canteen.set_supply", on=canteen, at=at, after=after)
    return supply
