"""Counting slots against what came in: which were due, exempt, in time, late, missed. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, Sum

from inspections.checks.models import Check
from inspections.findings.models import Finding
from inspections.schedules import selectors as schedules
from inspections.schedules.models import Missed
from inspections.schedules.rules import Slot, Timeliness, overlaps_exemption
from inspections.schedules.selectors import DutyKey
from logistics_portal.accounts.models import Unit, UnitPeriod
from logistics_portal.kit.dates import month_of
from schools.register.models import Place

AT_ONCE = 4000  # places whose slots are worked out together


class DayKey(NamedTuple):
    """One first reviewer, one day, one check-list."""

    county_id: int
    date: date
    checklist_id: int


class MonthKey(NamedTuple):
    """One school under one first reviewer, one month, one kind of place."""

    school_id: int
    county_id: int
    month: date
    subject: str


@dataclass
class Tally:
    """What became of some slots."""

    required: int = 0
    exempt: int = 0
    timely: int = 0
    late: int = 0
    missed: int = 0
    with_failures: int = 0
    failures: int = 0


@dataclass
class Counted:
    """Everything counted over some days."""

    days: dict[DayKey, Tally] = field(default_factory=lambda: defaultdict(Tally))
    months: dict[MonthKey, Tally] = field(default_factory=lambda: defaultdict(Tally))
    freed: set[tuple[int, int, date, int]] = field(default_factory=set)
    closed_until: dict[int, date] = field(default_factory=dict)


class Counties:
    """Which bureau was a school's first reviewer on a day: today's, unless the school's unit moved."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.now = {unit.pk: unit.first_reviewer.pk for unit in units}
        self.moved: dict[int, list[UnitPeriod]] = defaultdict(list)
        moved = UnitPeriod.objects.filter(unit__in=self.now, until_date__isnull=False, parent__isnull=False)
        for period in moved.select_related("parent__parent__parent").order_by("from_date"):
            self.moved[period.unit_id].append(period)

    def on(self, unit_id: int, day: date) -> int:
        """Return the id of the first reviewer of a school's unit on a day."""
        for period in self.moved.get(unit_id, ()):
            if period.from_date <= day <= (period.until_date or day) and period.parent is not None:
                return period.parent.first_reviewer.pk
        return self.now[unit_id]


def count(first: date, last: date, at: datetime, *, places: Sequence[Place] | None = None) -> Counted:
    """Count the slots dated from `first` to `last`: days as they stand at `at`, months only what has closed by then."""
    chosen = list(places) if places is not None else list(_places(first, last))
    counties = Counties({place.school.unit_id: place.school.unit for place in chosen}.values())
    found = Counted()
    for start in range(0, len(chosen), AT_ONCE):
        _count_slots(found, chosen[start : start + AT_ONCE], counties, (first, last, at))
    ids = None if places is None else [place.pk for place in chosen]
    _count_checks(found, first, last, ids)
    _count_missed(found, first, last, ids)
    return found


def _places(first: date, last: date) -> Iterable[Place]:
    living = Place.objects.filter(Q(until_date__isnull=True) | Q(until_date__gte=first), from_date__lte=last)
    return living.select_related("school__unit__parent__parent").order_by("pk")


def _count_slots(
    found: Counted, places: Sequence[Place], counties: Counties, span: tuple[date, date, datetime]
) -> None:
    first, last, at = span
    by_id = {place.pk: place for place in places}
    free = schedules.exemptions(list(by_id), first, last)
    for key, slots in schedules.due(places, first, last).items():
        place = by_id[key.place_id]
        for slot in slots:
            if slot.opens_at > at:
                break
            _count_slot(found, (key, place), slot, counties.on(place.school.unit_id, slot.date))
            if slot.closes_at <= at:
                _close_slot(found, (key, place), slot, counties.on(place.school.unit_id, slot.date))
        for slot in slots if key in free else ():
            if overlaps_exemption(slot, free[key]):
                _free_slot(found, (key, place), slot, (counties, at))


def _count_slot(found: Counted, duty: tuple[DutyKey, Place], slot: Slot, county: int) -> None:
    found.days[DayKey(county, slot.date, duty[0].checklist_id)].required += 1


def _close_slot(found: Counted, duty: tuple[DutyKey, Place], slot: Slot, county: int) -> None:
    key, place = duty
    month = month_of(slot.date).first
    found.months[MonthKey(place.school_id, county, month, place.kind)].required += 1
    found.closed_until[key.checklist_id] = max(found.closed_until.get(key.checklist_id, slot.date), slot.date)


def _free_slot(found: Counted, duty: tuple[DutyKey, Place], slot: Slot, where: tuple[Counties, datetime]) -> None:
    (key, place), (counties, at) = duty, where
    county = counties.on(place.school.unit_id, slot.date)
    if slot.opens_at <= at:
        found.days[DayKey(county, slot.date, key.checklist_id)].exempt += 1
    if slot.closes_at <= at:
        found.months[MonthKey(place.school_id, county, month_of(slot.date).first, place.kind)].exempt += 1
    found.freed.add((key.place_id, key.checklist_id, slot.date, slot.seq))


def _count_checks(found: Counted, first: date, last: date, place_ids: list[int] | None) -> None:
    """Group what was handed in by county, day and school; an entry for a freed slot counts nowhere."""
    rows = Check.objects.complete().filter(date__range=(first, last))
    if place_ids is not None:
        rows = rows.filter(place__in=place_ids)
    freed = {key[0] for key in found.freed}
    plain = rows.exclude(place__in=freed) if freed else rows
    grouped = plain.values("county", "school", "date", "checklist", "timeliness", subject=F("place__kind")).annotate(
        n=Count("pk"), failing=Count("pk", filter=Q(n_fail__gt=0)), fails=Sum("n_fail")
    )
    for row in grouped.iterator(chunk_size=5000):
        _add_check(found, row)
    names = ("place", "seq", "county", "school", "date", "checklist", "timeliness", "n_fail")
    for one in rows.filter(place__in=freed).values(*names, subject=F("place__kind")) if freed else ():
        if (one["place"], one["checklist"], one["date"], one["seq"]) not in found.freed:
            _add_check(found, {**one, "n": 1, "failing": int(one["n_fail"] > 0), "fails": one["n_fail"]})


def _add_check(found: Counted, row: Mapping[str, Any]) -> None:
    kind = {Timeliness.ON_TIME: "timely", Timeliness.LATE: "late"}.get(Timeliness(row["timeliness"]))
    tallies = [found.days[DayKey(row["county"], row["date"], row["checklist"])]]
    if row["date"] <= found.closed_until.get(row["checklist"], date.min):
        month = month_of(row["date"]).first
        tallies.append(found.months[MonthKey(row["school"], row["county"], month, row["subject"])])
    for tally in tallies:
        if kind:
            setattr(tally, kind, getattr(tally, kind) + row["n"])
        tally.failures += row["fails"] or 0
        tally.with_failures += row["failing"]


def _count_missed(found: Counted, first: date, last: date, place_ids: list[int] | None) -> None:
    rows = Missed.objects.filter(superseded="", date__range=(first, last))
    if place_ids is not None:
        rows = rows.filter(place__in=place_ids)
    grouped = rows.values_list("county", "school", "date", "checklist", "place__kind").annotate(n=Count("pk"))
    for county, school, day, checklist, subject, number in grouped.iterator(chunk_size=5000):
        found.days[DayKey(county, day, checklist)].missed += number
        if day <= found.closed_until.get(checklist, date.min):
            found.months[MonthKey(school, county, month_of(day).first, subject)].missed += number


def failing_items(first: date, last: date) -> dict[tuple[int, date, str], int]:
    """Count how often each item failed in each county on each day, recurrences on an open finding included."""
    rows = (
        Finding.objects.filter(failures__check_row__date__range=(first, last), failures__check_row__state="received")
        .values_list("failures__check_row__county", "failures__check_row__date", "failures__item_code")
        .annotate(n=Count("failures"))
    )
    return {(county, day, code): number for county, day, code, number in rows}
