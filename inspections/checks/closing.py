"""Closing slots: what ran out without a check is written down as missed, once; a later run changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from django.db import transaction
from django.db.models import Min, Q

from inspections.checklists.models import Checklist
from inspections.checks import awaiting, releasing
from inspections.checks.models import Check
from inspections.checks.selectors import compiled_of
from inspections.schedules import selectors as schedules
from inspections.schedules.models import ClosedDay, Missed
from inspections.schedules.rules import ScheduleKind, Slot, Timeliness, overlaps_exemption
from inspections.schedules.selectors import SlotId
from inspections.schedules.versions import specs_of, wordings
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import ONE_DAY, Span, local_date, midnight, month_of, week_of
from logistics_portal.records.selectors import figures_read_once
from schools.register.models import Place, PlaceQuerySet, School
from schools.terms.rules.rows import Habits

AT_ONCE = 2000
DAYS_AT_ONCE = 31
Gap = tuple[Place, int, Slot]


@dataclass(frozen=True, slots=True)
class Closing:
    """What a run did: how many slots were written down as missed, and which days are closed for good now."""

    missed: int
    days: int


@figures_read_once()
def close_slots(*, at: datetime, since: date | None = None) -> Closing:
    """Write down every slot that ran out by `at` without a check, for all check-lists; safe to run again.

    A check-list is taken up on the first day not yet closed, however long the portal was down; a new one on the
    first day any place came under checks. Each day is its own transaction.
    """
    missed = days = 0
    for checklist in Checklist.objects.order_by("pk"):
        first = since or _first_open_day(checklist)
        if first is None:
            continue
        for span in _pieces(Span(first, local_date(at))):
            done = _close(checklist, span, at)
            missed, days = missed + done.missed, days + done.days
    lapse(at=at)
    releasing.lapse_unused(at=at)
    return Closing(missed, days)


def lapse(*, at: datetime) -> int:
    """Mark what was begun and never completed as incomplete once a phone could no longer hand the rest in."""
    last = local_date(at) - schedules.longest_offline(local_date(at)) - ONE_DAY
    begun = Check.objects.filter(state=Check.State.RECEIVING, date__lt=last).select_related("version")
    gone = [row.pk for row in begun.defer("answers", "values", "version__spec") if _ran_out(row, at)]
    return Check.objects.filter(pk__in=gone, state=Check.State.RECEIVING).update(state=Check.State.INCOMPLETE)


def _ran_out(check: Check, at: datetime) -> bool:
    """Say whether nothing more of a check can be handed in: its slot, and the days of a phone after it, are over."""
    slot = awaiting.hours_of(
        check, compiled_of(specs_of({check.version_id: check.version.spec_hash})[check.version_id])
    )
    return at > max(slot.closes_at, slot.due_at + schedules.clocks_on(slot.date).offline)


def write_missed(gaps: Iterable[Gap], *, at: datetime) -> int:
    """Write down slots as missed with the first reviewer of the day; those written before stay as they are."""
    rows = list(gaps)
    counties = counties_on({place.school_id for place, _checklist, _slot in rows}, {it[2].date for it in rows})
    made = Missed.objects.bulk_create(
        [
            Missed(
                place=place,
                school_id=place.school_id,
                county_id=counties[place.school_id, slot.date],
                checklist_id=checklist,
                date=slot.date,
                seq=slot.seq,
                due_at=slot.due_at,
                written_at=at,
            )
            for place, checklist, slot in rows
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    return len(made)


@transaction.atomic
def reclose(*, schools: Collection[int], first: date, last: date, at: datetime) -> int:
    """Bring what was written as missed in line with the calendar as it is now, on closed days only.

    A slot that is no longer due is marked as superseded, one that is due again counts again, one that came to be due
    is written. Weekly and monthly slots of the weeks and months touched are looked at as well. Returns the changes.
    """
    places = list(_places(schools))
    changed = 0
    for checklist in Checklist.objects.order_by("pk"):
        span = _touched(checklist, Span(first, last))
        days = ClosedDay.objects.filter(checklist=checklist, date__range=(span.first, span.last))
        closed = set(days.values_list("date", flat=True))
        if closed:
            changed += _reclose(checklist, [it for it in places if it.kind == checklist.subject], closed, at)
    return changed


def counties_on(schools: Collection[int], days: Collection[date]) -> dict[tuple[int, date], int]:
    """Return each school's first reviewer on each day, by the tree as it stood; a move changes no past day."""
    rows = School.objects.filter(pk__in=schools).select_related("unit__parent__parent__parent")
    found: dict[tuple[int, date], int] = {}
    for school in rows.prefetch_related("unit__periods__parent__parent__parent"):
        periods = list(school.unit.periods.all())
        for day in days:
            held = next((it for it in periods if _holds(it.from_date, it.until_date, day)), None)
            above: Unit = held.parent if held and held.parent else school.unit
            found[school.pk, day] = above.first_reviewer.pk
    return found


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _first_open_day(checklist: Checklist) -> date | None:
    """Return the day from which slots may still be open: after the last run of closed days."""
    places = Place.objects.filter(kind=checklist.subject)
    start: date | None = places.aggregate(start=Min("checked_from"))["start"]
    valid: date | None = checklist.versions.filter(valid_from__isnull=False).aggregate(start=Min("valid_from"))["start"]
    if start is None or valid is None:
        return None
    closed = ClosedDay.objects.filter(checklist=checklist).order_by("-date").values_list("date", flat=True).first()
    return max(start, valid) if closed is None else max(start, valid, closed + ONE_DAY)


def _pieces(span: Span) -> Iterable[Span]:
    first = span.first
    while first <= span.last:
        last = min(span.last, first + timedelta(days=DAYS_AT_ONCE - 1))
        yield Span(first, last)
        first = last + ONE_DAY


def _touched(checklist: Checklist, span: Span) -> Span:
    """Return the days on which slots may change when the calendar changes on the days of `span`.

    Those before and after it are among them: whether boarders sleep here hangs on the days around a night.
    """
    span = Habits().reach(span.first, span.last)
    held = wordings(span.first, span.last, checklists=[checklist.pk]).rows
    first, last = span.first, span.last
    for it in held:
        if it.schedule.kind == ScheduleKind.WEEKLY:
            first, last = min(first, week_of(span.first).first), max(last, week_of(span.last).last)
        if it.schedule.kind == ScheduleKind.MONTHLY:
            early = timedelta(days=it.schedule.before_term)
            first, last = min(first, month_of(span.first - early).first), max(last, month_of(span.last).last)
    return Span(first, last)


def _places(schools: Collection[int] | None = None, kind: str = "") -> PlaceQuerySet:
    rows = Place.objects.select_related("school__unit")
    rows = rows.filter(kind=kind) if kind else rows
    return rows if schools is None else rows.filter(school__in=schools)


@transaction.atomic
def _close(checklist: Checklist, span: Span, at: datetime) -> Closing:
    """Write down what ran out in a stretch of days, and close its days as far as everything of them ran out."""
    closes = _closing_times(checklist, span)
    written: Counter[date] = Counter()
    rows = _places(kind=checklist.subject).filter(
        Q(until_date__isnull=True) | Q(until_date__gte=span.first), checked_from__lte=span.last
    )
    for places in _chunks(rows.order_by("pk").iterator(chunk_size=AT_ONCE)):
        gaps = [it for it in _gaps(checklist, places, span) if it[2].closes_at <= at]
        write_missed(gaps, at=at)
        written.update(slot.date for _place, _checklist, slot in gaps)
    days = list(takewhile(lambda day: closes[day] <= at, span))
    ClosedDay.objects.bulk_create(
        [ClosedDay(checklist=checklist, date=day, at=at, written=written[day]) for day in days], ignore_conflicts=True
    )
    return Closing(sum(written.values()), len(days))


def _closing_times(checklist: Checklist, span: Span) -> dict[date, datetime]:
    """Return when the last slot of each day runs out, whether one is due or not."""
    held = wordings(span.first, span.last, checklists=[checklist.pk]).rows
    clocks = schedules.clocks_between(span.last)
    found = {}
    for day in span:
        late = next(it.late for start, it in reversed(clocks) if start <= day)
        dues = [it.schedule.due.on(day) for it in held if it.valid_from <= day <= it.valid_to]
        found[day] = max(dues, default=midnight(day)) + late
    return found


def _gaps(checklist: Checklist, places: Sequence[Place], span: Span) -> list[Gap]:
    """Return the slots of some places that nobody filled in time and nothing frees."""
    slots = schedules.due(places, span.first, span.last, checklists=[checklist.pk])
    by_id = {place.pk: place for place in places}
    exempt = schedules.exemptions(by_id, span.first, span.last)
    done = _done(checklist, by_id, span)
    return [
        (by_id[key.place_id], key.checklist_id, slot)
        for key, these in slots.items()
        for slot in these
        if SlotId(*key, *slot.key) not in done and not overlaps_exemption(slot, exempt.get(key, ()))
    ]


def _done(checklist: Checklist, place_ids: Collection[int], span: Span) -> set[SlotId]:
    rows = Check.objects.complete().filter(
        checklist=checklist,
        place__in=place_ids,
        date__range=(span.first, span.last),
        timeliness__in=[Timeliness.ON_TIME, Timeliness.LATE],
    )
    return {SlotId(*row) for row in rows.values_list("place_id", "checklist_id", "date", "seq")}


def _reclose(checklist: Checklist, places: Sequence[Place], closed: Collection[date], at: datetime) -> int:
    span = Span(min(closed), max(closed))
    due = schedules.due(places, span.first, span.last, checklists=[checklist.pk])
    required = {SlotId(*key, *slot.key) for key, these in due.items() for slot in these}
    known = schedules.missed_slots([place.pk for place in places], span.first, span.last)
    mine = {key: row for key, row in known.items() if key.checklist_id == checklist.pk and key.date in closed}
    gone = [row for key, row in mine.items() if key not in required and row.superseded == Missed.Superseded.NO]
    back = [row for key, row in mine.items() if key in required and row.superseded == Missed.Superseded.CALENDAR]
    _mark(gone, Missed.Superseded.CALENDAR, at)
    _mark(back, Missed.Superseded.NO, None)
    gaps = [
        it
        for it in _gaps(checklist, places, span)
        if it[2].date in closed and it[2].closes_at <= at and SlotId(it[0].pk, it[1], *it[2].key) not in known
    ]
    write_missed(gaps, at=at)
    touched = {row.date for row in [*gone, *back]} | {slot.date for _place, _checklist, slot in gaps}
    ClosedDay.objects.filter(checklist=checklist, date__in=touched).update(at=at)
    return len(gone) + len(back) + len(gaps)


def _mark(rows: Sequence[Missed], word: str, at: datetime | None) -> None:
    Missed.objects.filter(pk__in=[row.pk for row in rows]).update(superseded=word, superseded_at=at)


def _chunks(places: Iterable[Place]) -> Iterator[list[Place]]:
    rows = iter(places)
    while some := list(islice(rows, AT_ONCE)):
        yield some
