"""The slots behind a figure: one by one for the schools of one first reviewer, day by day for a bureau above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum
from django.urls import reverse

from inspections.checks import month
from inspections.checks.selectors import Row, rows_between
from inspections.dashboards.forms import DONE, FAILING, GAPS, LATE, ON_TIME, WAITING, SlotAsk
from inspections.dashboards.rules import Tally
from inspections.dashboards.selectors import DAY_BY_DAY, Tree, own_places, tally_rows
from inspections.schedules import selectors as schedules
from inspections.schedules.rules import Standing, overlaps_exemption
from inspections.schedules.selectors import DutyKey
from inspections.tallies.models import CountyDay
from logistics_portal.accounts.models import Unit, User
from schools.register.models import Place

WAITS = frozenset({Standing.OPEN, Standing.RECEIVING, Standing.OVERDUE})
MISSED = frozenset({Standing.MISSED, Standing.VOIDED})
HANDED_IN = frozenset({Standing.DONE, Standing.LATE})
STANDINGS = {
    "": HANDED_IN | MISSED | WAITS,
    DONE: HANDED_IN,
    ON_TIME: frozenset({Standing.DONE}),
    LATE: frozenset({Standing.LATE}),
    GAPS: MISSED | WAITS,
    WAITING: WAITS,
    FAILING: HANDED_IN,
}


def due_rows(places: Sequence[Place], first: date, last: date, at: datetime) -> list[Row]:
    """Return the slots a tally counts as due: those that have opened and were not freed, handed in or not."""
    return due_only(rows_between(places, first, last, at))


def due_only(rows: Sequence[Row]) -> list[Row]:
    """Keep the slots that have opened and were not freed; a check handed in for a freed one counts nowhere."""
    if not rows:
        return []
    days = [row.slot.date for row in rows]
    free = schedules.exemptions(sorted({row.place.pk for row in rows}), min(days), max(days))
    return [
        row
        for row in rows
        if row.standing in STANDINGS[""]
        and not overlaps_exemption(row.slot, free.get(DutyKey(row.place.pk, row.wording.checklist_id), ()))
    ]


def day_by_day(rows: Iterable[Row]) -> list[Row]:
    """Keep the slots of daily, nightly and delivery lists, which bureaus compare."""
    return [row for row in rows if row.wording.schedule.kind in DAY_BY_DAY]


def closed(rows: Iterable[Row], at: datetime) -> list[Row]:
    """Keep the slots for which nothing can be handed in any more."""
    return [row for row in rows if row.slot.closes_at <= at]


def tally_of(rows: Collection[Row]) -> Tally:
    """Return how many of some slots were handed in in time, late, with something wrong."""
    timely = sum(row.standing == Standing.DONE for row in rows)
    late = sum(row.standing == Standing.LATE for row in rows)
    return Tally(len(rows), timely, late, sum(_fails(row) for row in rows))


def shown(rows: Iterable[Row], show: str) -> list[Row]:
    """Return the slots that stand as asked for: all, handed in, in time, late, not handed in, with something wrong."""
    kept = [row for row in rows if row.standing in STANDINGS.get(show, STANDINGS[""])]
    return [row for row in kept if _fails(row)] if show == FAILING else kept


def _fails(row: Row) -> bool:
    return row.standing in HANDED_IN and row.check is not None and row.check.n_fail > 0


@dataclass(frozen=True)
class SlotRow:
    """A slot as a list shows it."""

    pk: tuple[int, int, date, int]
    date: date
    school: str
    place: str
    checklist: str
    due_at: datetime
    standing: Standing
    fails: int | None
    url: str


def listed(rows: Iterable[Row]) -> list[SlotRow]:
    """Return slots for a list, the newest first; each leads to its check, or to its day in the month of its place."""
    found = [
        SlotRow(
            pk=(row.place.pk, row.wording.checklist_id, row.slot.date, row.slot.seq),
            date=row.slot.date,
            school=row.place.school.name,
            place=row.place.name,
            checklist=row.wording.label,
            due_at=row.slot.due_at,
            standing=row.standing,
            fails=row.check.n_fail if row.check is not None and row.standing in HANDED_IN else None,
            url=_url(row),
        )
        for row in rows
    ]
    return sorted(found, key=lambda it: (it.date, it.due_at), reverse=True)


def _url(row: Row) -> str:
    if row.check is not None:
        return reverse("inspections:check", args=[row.check.pk])
    return month.day_address(row.place.school_id, row.place.pk, row.slot.date)


def of_bureau(viewer: User, tree: Tree, ask: SlotAsk, at: datetime) -> list[Row]:
    """Return the day-by-day slots of the schools a bureau reviews itself, on the days asked for."""
    places = own_places(viewer, tree, first=ask.first, last=ask.last, subject=ask.subject)
    if ask.school:
        places = [place for place in places if place.school.code == ask.school]
    return _kept(day_by_day(due_rows(places, ask.first, ask.last, at)), ask)


def of_school(places: Sequence[Place], ask: SlotAsk, at: datetime) -> list[Row]:
    """Return the slots of a school of all its check-lists; only the closed ones where these are asked for."""
    chosen = [place for place in places if not ask.subject or place.kind == ask.subject]
    rows = _kept(due_rows(chosen, ask.first, ask.last, at), ask)
    return closed(rows, at) if ask.closed else rows


def _kept(rows: Iterable[Row], ask: SlotAsk) -> list[Row]:
    return [
        row
        for row in rows
        if (not ask.days or row.slot.date in ask.days) and (not ask.checklist or row.wording.code == ask.checklist)
    ]


class Folded(NamedTuple):
    """What the tallies say of some slots, as boards show it."""

    duty: int
    timely: int
    late: int


def folded(viewer: User, unit: Unit, ask: SlotAsk, today: date) -> Folded:
    """Return what was folded for the schools a bureau reviews itself, on the days asked for; one query."""
    return total(day_rows(viewer, unit, ask, today).filter(county=unit))


def day_rows(viewer: User, root: Unit, ask: SlotAsk, today: date) -> QuerySet[CountyDay]:
    """Return the tallies behind a figure: first reviewer by first reviewer, day by day, list by list."""
    rows = tally_rows(viewer, root, today=today, subject=ask.subject).filter(date__range=(ask.first, ask.last))
    if ask.days:
        rows = rows.filter(date__in=ask.days)
    if ask.checklist:
        rows = rows.filter(checklist__code=ask.checklist)
    counted = rows.annotate(duty=F("required") - F("exempt"), done=F("timely") + F("late"))
    return counted.annotate(gap=F("duty") - F("done")).exclude(duty=0, done=0)


def total(rows: QuerySet[CountyDay]) -> Folded:
    """Return some tallies together; one query."""
    sums = rows.aggregate(duty_n=Sum("required") - Sum("exempt"), timely_n=Sum("timely"), late_n=Sum("late"))
    return Folded(sums["duty_n"] or 0, sums["timely_n"] or 0, sums["late_n"] or 0)
