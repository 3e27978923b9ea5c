"""The holidays of a year: seeded from a package, later years by upload, counted once a second person publishes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from logistics_portal.accounts.models import User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.terms.models import NationalYear
from schools.terms.rules import national
from schools.terms.selectors import forget_holidays


@transaction.atomic
def draft_year(*, year: int, days: national.Named, source: str, by: User | None, at: datetime) -> NationalYear:
    """Keep an uploaded year as a draft; it counts nothing until somebody else publishes it.

    Raises `NotAllowed` when it says what is already in force.
    """
    same = NationalYear.objects.select_for_update().filter(year=year)
    held = same.filter(published_at__isnull=False).order_by("-number").first()
    if held is not None and held.days == days:
        raise NotAllowed(gettext("与现行的 %(year)s 年节假日完全相同，没有变化。") % {"year": year})
    same.filter(published_at__isnull=True).delete()
    number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    made = NationalYear.objects.create(year=year, number=number, days=days, source=source, drafted_by=by)
    records.log(by=by, verb="holidays.draft", on=made, at=at, after={"year": year, "number": number})
    return made


@transaction.atomic
def publish_year(*, row: NationalYear, by: User | None, at: datetime) -> NationalYear:
    """Let a drafted year count from now on."""
    row = NationalYear.objects.select_for_update().get(pk=row.pk)
    if row.published_at is not None:
        raise NotAllowed(gettext("这一版已经发布。"))
    if by is not None and row.drafted_by_id == by.pk:
        raise NotAllowed(gettext("上传人不能自己发布，请本单位负责人发布。"))
    row.published_by, row.published_at = by, at
    row.save(update_fields=["published_by", "published_at"])
    forget_holidays()
    records.log(by=by, verb="holidays.publish", on=row, at=at, after={"year": row.year, "number": row.number})
    return row


@transaction.atomic
def seed_years(*, years: dict[int, national.Named], source: str, at: datetime) -> list[int]:
    """Publish the years not known yet and return them; a year somebody has published is left as it is."""
    known = set(NationalYear.objects.filter(published_at__isnull=False).values_list("year", flat=True))
    new = [year for year in sorted(years) if year not in known]
    for year in new:
        row = draft_year(year=year, days=years[year], source=source, by=None, at=at)
        publish_year(row=row, by=None, at=at)
    return new


def change_of(row: NationalYear) -> list[national.Change]:
    """Return the days that a number of a year names otherwise than the one in force before it."""
    earlier = NationalYear.objects.filter(year=row.year, number__lt=row.number, published_at__isnull=False)
    before = earlier.order_by("-number").first()
    return national.difference(before.days if before else {}, row.days)


def from_dates(holidays: dict[date, str], work_days: dict[date, str]) -> dict[int, national.Named]:
    """Return the named days of two lists by year."""
    found: dict[int, national.Named] = {}
    for kind, days in ((national.HOLIDAY, holidays), (national.WORK, work_days)):
        for day, name in sorted(days.items()):
            found.setdefault(day.year, {})[day.isoformat()] = {"kind": kind, "name": name}
    return {year: dict(sorted(named.items())) for year, named in found.items()}
