"""What writes the facilities of a campus, and its word that it has none of a kind."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext

from campus.assets.models import Facility, NoFacility
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Place, School
from schools.register.rules.opening import Opening
from schools.register.services import places


class File(TypedDict, total=False):
    """What is kept of a facility."""

    name: str
    certificate_no: str
    certificate_until: date | None
    from_date: date
    until_date: date | None


@transaction.atomic
def open_campus(*, school: School, opening: Opening, by: User | None, at: datetime) -> Place:
    """Add a campus to a school."""
    return places.add_place(school=school, kind=Place.Kind.CAMPUS, by=by, at=at, **opening)


@transaction.atomic
def add_facility(*, place: Place, kind: str, by: User | None, at: datetime, **file: Unpack[File]) -> Facility:
    """Enter a facility of a campus; its earlier word that it has none of this kind no longer stands (R60)."""
    if place.kind != Place.Kind.CAMPUS:
        raise NotAllowed(gettext("设施只能登记在校园下。"))
    if Facility.objects.filter(place=place, kind=kind, name=file["name"]).exists():
        raise NotAllowed(gettext("已有同类同名的设施“%(name)s”。") % {"name": file["name"]})
    NoFacility.objects.filter(place=place, kind=kind).delete()
    facility = Facility.objects.create(place=place, kind=kind, **file)
    records.log(by=by, verb="facility.add", on=facility, at=at, after={"kind": kind, **file})
    return facility


@transaction.atomic
def edit_facility(*, facility: Facility, by: User | None, at: datetime, **file: Unpack[File]) -> Facility:
    """Change what is kept of a facility: its certificate was renewed, it went out of use."""
    facility = Facility.objects.select_for_update().get(pk=facility.pk)
    before = {name: getattr(facility, name) for name in file}
    for name, value in file.items():
        setattr(facility, name, value)
    if facility.until_date is not None and facility.until_date < facility.from_date:
        raise NotAllowed(gettext("停用日期不能早于启用日期。"))
    facility.save()
    records.log(by=by, verb="facility.edit", on=facility, at=at, before=before, after=dict(file))
    return facility


@transaction.atomic
def say_none(*, place: Place, kind: str, by: User | None, at: datetime) -> NoFacility:
    """Record that a campus has none of a kind: an answer, not a blank (R20)."""
    on = local_date(at)
    living = place.facilities.filter(kind=kind).exclude(until_date__lt=on)
    if living.exists():
        raise NotAllowed(gettext("已登记有此类设施，请先填写它的停用日期。"))
    row, new = NoFacility.objects.get_or_create(place=place, kind=kind, defaults={"said_on": on})
    if new:
        records.log(by=by, verb="facility.say_none", on=row, at=at, after={"kind": kind})
    return row
