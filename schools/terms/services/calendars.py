"""A unit's calendar: drafted by one person, published by another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import school_year_span
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.models import AuditRow
from schools.register.models import School
from schools.terms.models import Edition, Extra, Term
from schools.terms.rules import rows
from schools.terms.rules.calendar import Calendar
from schools.terms.selectors import calendar_for, national_calendar, rows_of

WRITING = ("calendar.set_term", "calendar.remove_term", "calendar.add_extra", "calendar.remove_extra")


@dataclass(frozen=True)
class Impact:
    """What publishing a draft would change: how many schools, how many school-days, and the days themselves."""

    schools: int
    days: int
    dates: tuple[tuple[date, int], ...]
    clashes: tuple[str, ...]


@transaction.atomic
def draft(*, unit: Unit, school_year: int, by: User | None, at: datetime, note: str = "") -> Edition:
    """Return a new draft of a unit's calendar, begun as a copy of the one in force.

    Raises `NotAllowed` while another draft of that year is open.
    """
    same = Edition.objects.select_for_update().filter(unit=unit, school_year=school_year)
    if same.filter(state=Edition.State.DRAFT).exists():
        raise NotAllowed(gettext("这个学年已有一份草稿，请接着改那一份。"))
    number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Edition.objects.create(unit=unit, school_year=school_year, number=number, note=note, drafted_by=by)
    before = same.filter(state=Edition.State.PUBLISHED).first()
    if before is not None:
        _copy(before, made)
    records.log(by=by, verb="calendar.draft", on=made, at=at, after={"year": school_year, "number": number})
    return made


@transaction.atomic
def set_term(*, edition: Edition, name: str, first: date, last: date, by: User | None, at: datetime) -> Term:
    """Set the days of a term of a draft, adding the term when the draft has none of that name."""
    edition = _open(edition)
    rows.within_year(first, last, edition.school_year)
    if last <= first:
        raise NotAllowed(gettext("学期的最后一天应晚于开学日。"))
    crossing = edition.terms.exclude(name=name).filter(first_date__lte=last, last_date__gte=first).first()
    if crossing is not None:
        raise NotAllowed(gettext("与“%(name)s”日期重叠，请先改那一学期。") % {"name": crossing.name})
    term, _new = Term.objects.update_or_create(
        edition=edition, name=name, defaults={"first_date": first, "last_date": last}
    )
    records.log(by=by, verb="calendar.set_term", on=edition, at=at, after={"term": name, "first": first, "last": last})
    return term


@transaction.atomic
def remove_term(*, term: Term, by: User, at: datetime) -> None:
    """Take a term out of a draft."""
    edition = _open(term.edition)
    records.log(by=by, verb="calendar.remove_term", on=edition, at=at, before={"term": term.name})
    term.delete()


@transaction.atomic
def add_extra(*, edition: Edition, by: User | None, at: datetime, **days: Any) -> Extra:
    """Add days that differ from the plain week to a draft: `kind first_date last_date serves_meals reason`."""
    edition = _open(edition)
    extra = Extra(edition=edition, **days)
    rows.within_year(extra.first_date, extra.last_date, edition.school_year)
    rows.Extra(extra.first_date, extra.last_date, rows.Kind(extra.kind), serving=extra.serves_meals)
    extra.save(force_insert=True)
    records.log(by=by, verb="calendar.add_extra", on=edition, at=at, after=days)
    return extra


@transaction.atomic
def remove_extra(*, extra: Extra, by: User, at: datetime) -> None:
    """Take added days out of a draft."""
    edition = _open(extra.edition)
    told = {"kind": extra.kind, "first": extra.first_date, "last": extra.last_date, "reason": extra.reason}
    records.log(by=by, verb="calendar.remove_extra", on=edition, at=at, before=told)
    extra.delete()


@transaction.atomic
def publish(*, edition: Edition, by: User | None, at: datetime) -> Edition:
    """Make a draft the calendar in force and retire the one before it (R106).

    Raises `NotAllowed` when one who drafted it or wrote in it publishes it, when it is empty, or when two of its rows
    clash.
    """
    edition = _open(edition)
    if by is not None and wrote_in(edition, by):
        raise NotAllowed(gettext("起草或改过这份草稿的人不能自己发布，请本单位另一位负责人发布。"))
    found = clashes(edition)
    if found:
        raise NotAllowed(found[0])
    if edition.unit.kind == Unit.Kind.PROVINCE and not edition.terms.exists():
        raise NotAllowed(gettext("全省校历至少要有一个学期。"))
    before = Edition.objects.filter(
        unit=edition.unit, school_year=edition.school_year, state=Edition.State.PUBLISHED
    ).select_for_update()
    before.update(state=Edition.State.RETIRED)
    edition.state, edition.published_by, edition.published_at = Edition.State.PUBLISHED, by, at
    edition.save(update_fields=["state", "published_by", "published_at"])
    records.log(by=by, verb="calendar.publish", on=edition, at=at, after={"number": edition.number})
    return edition


@transaction.atomic
def discard(*, edition: Edition, by: User, at: datetime) -> None:
    """Put a draft away; its number is not used again."""
    edition = _open(edition)
    edition.state = Edition.State.RETIRED
    edition.save(update_fields=["state"])
    records.log(by=by, verb="calendar.discard", on=edition, at=at, before={"number": edition.number})


def wrote_in(edition: Edition, person: User) -> bool:
    """Say whether a person drafted a calendar or wrote in it: their own rows are not theirs to publish."""
    if edition.drafted_by_id == person.pk:
        return True
    kept = AuditRow.objects.filter(on_table="schools.edition", on_id=edition.pk, outcome=AuditRow.Outcome.DONE)
    return kept.filter(by=person, verb__in=WRITING).exists()


def clashes(edition: Edition) -> list[str]:
    """Return a sentence for each two rows of a calendar that contradict each other."""
    terms, extras = rows_of(edition)
    return rows.clashes(rows.Rows(national_calendar(), terms=tuple(terms), extras=tuple(extras)))


def impact(*, edition: Edition) -> Impact:
    """Return what publishing a draft would change for the schools below its unit, over its school year."""
    span = school_year_span(edition.school_year)
    schools = list(School.objects.below(edition.unit).living(on=span.first).order_by("pk").values_list("pk", flat=True))
    before = calendar_for(schools, span.first, span.last)
    after = calendar_for(schools, span.first, span.last, trial=edition)
    seen: dict[tuple[int, int], list[date]] = {}
    counted: dict[date, int] = {}
    touched = 0
    for pk in schools:
        key = (id(before[pk]), id(after[pk]))
        if key not in seen:
            seen[key] = _moved(before[pk], after[pk], span)
        touched += bool(seen[key])
        for day in seen[key]:
            counted[day] = counted.get(day, 0) + 1
    return Impact(touched, sum(counted.values()), tuple(sorted(counted.items())), tuple(clashes(edition)))


def _moved(before: Calendar, after: Calendar, span: Iterable[date]) -> list[date]:
    return [day for day in span if before.day(day).moves != after.day(day).moves]


def _open(edition: Edition) -> Edition:
    locked = Edition.objects.select_for_update(of=("self",)).select_related("unit").get(pk=edition.pk)
    if locked.state != Edition.State.DRAFT:
        raise NotAllowed(gettext("只有草稿可以修改或发布，请另起一份草稿。"))
    return locked


def _copy(old: Edition, new: Edition) -> None:
    Term.objects.bulk_create(
        Term(edition=new, name=it.name, first_date=it.first_date, last_date=it.last_date)
        for it in old.terms.order_by("first_date", "pk")
    )
    Extra.objects.bulk_create(
        Extra(
            edition=new,
            kind=it.kind,
            first_date=it.first_date,
            last_date=it.last_date,
            serves_meals=it.serves_meals,
            reason=it.reason,
        )
        for it in old.extras.order_by("first_date", "pk")
    )
