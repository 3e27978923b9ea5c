"""Sensible rows of the hall and of the wings' first registers."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from campus.assets.models import Facility, NoFacility
from canteens.premises.models import Canteen, Supply
from dormitories.buildings.models import Building
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import SHANGHAI
from schools.register.models import Place, School, Trait
from schools.terms.models import Closure, Edition, Extra, NationalYear, Term
from tests.factories.ground import with_period

LONG_AGO = date(2009, 11, 6)
_numbers = count(1)
_KINDS = {0: Unit.Kind.PROVINCE, 1: Unit.Kind.CITY, 2: Unit.Kind.COUNTY}


def bureau(path: str = "220000/220100/220102/") -> Unit:
    """Return the bureau at `path`, made with the bureaus above it."""
    parent, walked = None, ""
    for depth, code in enumerate(path.strip("/").split("/")):
        walked += f"{code}/"
        kind = Unit.Kind.SPECIAL_COMMITTEE if code.startswith("L") else _KINDS[depth]
        parent, new = Unit.objects.get_or_create(
            path=walked,
            defaults={
                "code": code,
                "name": f"单位{code}",
                "kind": kind,
                "parent": parent,
                "division": code,
                "from_date": LONG_AGO,
            },
        )
        if new:
            with_period(parent)
    assert parent is not None
    return parent


def school(at: Unit | str = "220000/220100/220102/", **fields: Any) -> School:
    """Return a day school with meals under the bureau `at`, with its dated traits."""
    above = bureau(at) if isinstance(at, str) else at
    code = fields.pop("code", f"2122{next(_numbers):06d}")
    name = fields.pop("name", f"第{code[-4:]}小学")
    opened = fields.setdefault("opened_date", LONG_AGO)
    unit = Unit.objects.create(
        code=code,
        name=name,
        kind=Unit.Kind.SCHOOL,
        parent=above,
        path=f"{above.path}{code}/",
        division=above.division,
        from_date=opened,
    )
    fields.setdefault("kind", School.Kind.PRIMARY)
    fields.setdefault("division", above.division)
    fields.setdefault("serves_meals", True)
    fields.setdefault("initials", "dxx")
    with_period(unit)
    row = School.objects.create(unit=unit, code=code, name=name, **fields)
    flags = {
        Trait.Flag.BOARDING: row.is_boarding,
        Trait.Flag.MEALS: row.serves_meals,
        Trait.Flag.RURAL: row.is_rural_compulsory,
        Trait.Flag.WEEKENDS: row.keeps_weekends,
    }
    Trait.objects.bulk_create(
        Trait(school=row, flag=flag, value=value, from_date=opened) for flag, value in flags.items()
    )
    return row


def place(at: School | None = None, kind: str = Place.Kind.CANTEEN, **fields: Any) -> Place:
    """Return a place of a school, without its wing's file."""
    at = at or school()
    fields.setdefault("name", f"{Place.Kind(kind).label}{next(_numbers)}")
    fields.setdefault("from_date", at.opened_date)
    fields.setdefault("checked_from", fields["from_date"])
    return Place.objects.create(school=at, kind=kind, **fields)


def canteen(at: School | None = None, mode: str = Supply.Mode.SELF_RUN, **fields: Any) -> Canteen:
    """Return a canteen with its file and one mode of supply since its place opened."""
    where = fields.pop("place", None) or place(at, Place.Kind.CANTEEN)
    row = Canteen.objects.create(place=where, **({"seats": 200, "diners": 300} | fields))
    if mode:
        Supply.objects.create(canteen=row, mode=mode, from_date=where.from_date)
    return row


def building(at: School | None = None, **fields: Any) -> Building:
    """Return a girls' dormitory building with its file."""
    where = fields.pop("place", None) or place(at, Place.Kind.DORMITORY)
    return Building.objects.create(place=where, **({"sex": Building.Sex.GIRLS, "beds": 120} | fields))


def campus(at: School | None = None, **fields: Any) -> Place:
    """Return the campus of a school."""
    return place(at, Place.Kind.CAMPUS, **fields)


def facility(at: Place | None = None, kind: str = Facility.Kind.BOILER, **fields: Any) -> Facility:
    """Return a facility of a campus, in use since the campus opened."""
    at = at or campus()
    fields.setdefault("name", f"{Facility.Kind(kind).label}{next(_numbers)}")
    return Facility.objects.create(place=at, kind=kind, **({"from_date": at.from_date} | fields))


def no_facility(at: Place, kind: str, said_on: date = LONG_AGO) -> NoFacility:
    """Return the word of a campus that it has none of a kind."""
    return NoFacility.objects.create(place=at, kind=kind, said_on=said_on)


def calendar(
    at: Unit | None = None,
    year: int = 2026,
    terms: tuple[tuple[date, date], ...] = (
        (date(2026, 9, 1), date(2027, 1, 15)),
        (date(2027, 3, 1), date(2027, 7, 10)),
    ),
    **fields: Any,
) -> Edition:
    """Return a published calendar of the province (or of `at`) with two terms."""
    at = at or bureau("220000/")
    fields.setdefault("state", Edition.State.PUBLISHED)
    fields.setdefault("number", 1 + Edition.objects.filter(unit=at, school_year=year).count())
    fields.setdefault("published_at", datetime(2026, 6, 1, tzinfo=SHANGHAI))
    row = Edition.objects.create(unit=at, school_year=year, **fields)
    for name, (first, last) in zip(("第一学期", "第二学期"), terms, strict=False):
        Term.objects.create(edition=row, name=name, first_date=first, last_date=last)
    return row


def added_days(edition: Edition, first: date, last: date | None = None, **fields: Any) -> Extra:
    """Return days of a calendar that differ from the plain week; without a kind they are free."""
    fields = {"kind": Extra.Kind.CLOSED, "reason": "运动会"} | fields
    return Extra.objects.create(edition=edition, first_date=first, last_date=last or first, **fields)


def closure(at: Unit, first: date, last: date | None = None, *, asked_by: Any, **fields: Any) -> Closure:
    """Return a closure asked for and not yet decided."""
    asked = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    fields = {"reason": "暴雪", "requested_at": asked} | fields
    return Closure.objects.create(unit=at, first_date=first, last_date=last or first, requested_by=asked_by, **fields)


def national_year(year: int = 2026, days: dict[str, dict[str, str]] | None = None, **fields: Any) -> NationalYear:
    """Return the holidays of a year; without days, National Day and its make-up day."""
    usual = {
        f"{year}-10-01": {"kind": "holiday", "name": "国庆节"},
        f"{year}-10-02": {"kind": "holiday", "name": "国庆节"},
        f"{year}-10-10": {"kind": "work", "name": "国庆节"},
    }
    fields = {"number": 1, "source": "test", "published_at": datetime(2025, 11, 5, tzinfo=SHANGHAI)} | fields
    return NationalYear.objects.create(year=year, days=usual if days is None else days, **fields)
