"""Which checks are due, when each may be handed in, and whether it came in time. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.checklists.rules.clock import Instant
from logistics_portal.kit.dates import SHANGHAI, Span, each_month, each_week, month_of, week_of
from logistics_portal.kit.errors import NotAllowed

SlotKey = tuple[date, int]


class ScheduleKind(TextChoices):
    """How often a check-list is due."""

    DAILY = "daily", _("每日")
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    PER_DELIVERY = "per_delivery", _("每次到货")
    NIGHTLY = "nightly", _("每夜")


class Window(TextChoices):
    """Where a slot stands at an instant, as long as nothing has been handed in."""

    PLANNED = "planned", _("未到")
    OPEN = "open", _("待检")
    LATE = "late", _("补录")
    MISSED = "missed", _("漏检")


class Standing(TextChoices):
    """Where a slot stands, with what was handed in, freed or written down for it."""

    PLANNED = "planned", _("未到")
    OPEN = "open", _("待检")
    RECEIVING = "receiving", _("已交部分")
    OVERDUE = "overdue", _("待补录")
    DONE = "done", _("按时")
    LATE = "late", _("补录")
    MISSED = "missed", _("漏检")
    VOIDED = "voided", _("已作废")
    EXEMPT = "exempt", _("免检")


class Timeliness(TextChoices):
    """How a check that was handed in counts."""

    ON_TIME = "on_time", _("按时")
    LATE = "late", _("补录")
    MISSED = "missed", _("漏检")


class Mark(TextChoices):
    """What stands beside a check that did not come in the usual way."""

    NONE = "", _("无")
    BACKFILLED = "backfilled", _("补录")
    UPLOADED_LATE = "uploaded_late", _("补传")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The figures of hand-in, as in force on the slot's date (rights-and-states §5)."""

    late: timedelta = timedelta(hours=48)
    offline: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The `schedule` block of a check-list, read once."""

    kind: ScheduleKind
    day_kind: str
    opens: Instant
    due: Instant
    anchor: int = 1
    before_term: int = 0

    @classmethod
    def read(cls, block: Mapping[str, object]) -> Schedule:
        """Return the schedule that the plain block of a check-list says; raises `ValueError` or `KeyError`."""
        return cls(
            kind=ScheduleKind(str(block["kind"])),
            day_kind=str(block["day_kind"]),
            opens=Instant.read(str(block["opens"])),
            due=Instant.read(str(block["due"])),
            anchor=int(str(block.get("anchor", 1))),
            before_term=int(str(block.get("before_term", 0))),
        )


class Slot(NamedTuple):
    """A duty to check: one date and number of one place and check-list, never stored.

    Handed in by `due_at` it is on time, by `closes_at` late; then the slot is closed.
    """

    date: date
    seq: int
    opens_at: datetime
    due_at: datetime
    closes_at: datetime

    @property
    def key(self) -> SlotKey:
        """Return what tells this slot from the others of its place and check-list."""
        return self.date, self.seq


@dataclass(frozen=True, slots=True)
class Duty:
    """What the calendar and the registers say of one place under one check-list.

    `days` are the place's days of the schedule's kind; they must cover `days_needed(…)`. The place is under this
    check-list from `valid_from` to `valid_to`. `term_starts` are the first days of terms; `deliveries` how many
    arrived on a day (a day left out, or 0, still has one slot).
    """

    days: Collection[date]
    valid_from: date = date.min
    valid_to: date = date.max
    term_starts: Collection[date] = ()
    deliveries: Mapping[date, int] = field(default_factory=dict)

    def lives(self, day: date) -> bool:
        """Return whether the place is under the check-list on that day."""
        return self.valid_from <= day <= self.valid_to


def days_needed(schedule: Schedule, first: date, last: date) -> Span:
    """Return the stretch of days a duty must know so that its slots from `first` to `last` come out right."""
    if schedule.kind == ScheduleKind.WEEKLY:
        return Span(week_of(first).first, week_of(last).last)
    if schedule.kind == ScheduleKind.MONTHLY:
        return Span(month_of(first).first, month_of(last).last)
    return Span(first, last)


def slots(schedule: Schedule, duty: Duty, first: date, last: date, clocks: Clocks | None = None) -> list[Slot]:
    """Return the slots dated from `first` to `last`, in order of date and number (R106; checklists §1).

    A slot is dated: daily and per delivery the day itself, nightly the evening, weekly and monthly the anchor.
    """
    first, last = max(first, duty.valid_from), min(last, duty.valid_to)
    found: Iterable[Slot]
    late = (clocks or Clocks()).late
    if schedule.kind == ScheduleKind.WEEKLY:
        found = (_slot(schedule, day, late) for day in _weekly(schedule, duty, first, last))
    elif schedule.kind == ScheduleKind.MONTHLY:
        found = _monthly(schedule, duty, Span(first, last), late)
    else:
        found = _daily(schedule, duty, Span(first, last), late)
    return sorted(found)


def window(slot: Slot, at: datetime) -> Window:
    """Return where a slot stands at an instant; at `due_at` itself it is still open, at `closes_at` still late."""
    if at < slot.opens_at:
        return Window.PLANNED
    if at <= slot.due_at:
        return Window.OPEN
    return Window.LATE if at <= slot.closes_at else Window.MISSED


_WAITING = {
    Window.PLANNED: Standing.PLANNED,
    Window.OPEN: Standing.OPEN,
    Window.LATE: Standing.OVERDUE,
    Window.MISSED: Standing.MISSED,
}
_HANDED_IN = {
    Timeliness.ON_TIME: Standing.DONE,
    Timeliness.LATE: Standing.LATE,
    Timeliness.MISSED: Standing.MISSED,
}


def standing(
    slot: Slot, at: datetime, *, check: tuple[str, str] | None = None, exempt: bool = False, missed: bool = False
) -> Standing:
    """Return how a slot stands; `check` is the state and the timeliness of what was handed in for it.

    An exemption frees a slot unless a whole check is there all the same; a voided check leaves it missed.
    """
    state, timely = check or ("", "")
    if state == "received":
        return _HANDED_IN[Timeliness(timely)]
    if exempt:
        return Standing.EXEMPT
    if state == "voided":
        return Standing.VOIDED
    stands = Standing.MISSED if missed else _WAITING[window(slot, at)]
    return Standing.RECEIVING if state == "receiving" and stands != Standing.MISSED else stands


class Receipt(NamedTuple):
    """How a check counts by the moment the server had all of it, and what is marked on it."""

    timeliness: Timeliness
    mark: Mark


def timeliness(slot: Slot, received_at: datetime, *, offline: bool, clocks: Clocks | None = None) -> Receipt:
    """Return how a check counts that the server received at that moment, or refuse it.

    In the browser a slot takes checks until it closes; from a phone that was offline until seven days after due,
    marked 补传, and after the slot has closed it stays missed all the same.
    """
    stands = window(slot, received_at)
    if stands == Window.PLANNED:
        raise NotAllowed(gettext("这项检查还没有到填报时间，请到时再填。"))
    if stands == Window.OPEN:
        return Receipt(Timeliness.ON_TIME, Mark.NONE)
    if stands == Window.LATE:
        return Receipt(Timeliness.LATE, Mark.UPLOADED_LATE if offline else Mark.BACKFILLED)
    if not offline:
        raise NotAllowed(gettext("已过补录期限，这次检查记为漏检，不能再填。"))
    if received_at > slot.due_at + (clocks or Clocks()).offline:
        raise NotAllowed(gettext("已过补传期限。记录仍在手机上，请导出文件交县级管理部门。"))
    return Receipt(Timeliness.MISSED, Mark.UPLOADED_LATE)


def completed(slot: Slot, at: datetime) -> Receipt:
    """Return how a check counts whose last piece, a photo, came at that moment; what comes too late stays missed."""
    stands = window(slot, at)
    if stands in {Window.PLANNED, Window.OPEN}:
        return Receipt(Timeliness.ON_TIME, Mark.NONE)
    return Receipt(Timeliness.LATE if stands == Window.LATE else Timeliness.MISSED, Mark.UPLOADED_LATE)


class Exempt(NamedTuple):
    """Slots freed by an approved exemption: all of these dates, or one number of them."""

    first: date
    last: date
    seq: int = 0


def overlaps_exemption(slot: Slot, exemptions: Iterable[Exempt]) -> bool:
    """Return whether an approved exemption frees this slot; the slot's date decides, not the hours it is open."""
    return any(it.first <= slot.date <= it.last and it.seq in {0, slot.seq} for it in exemptions)


def stage_dues(stages: Iterable[Mapping[str, object]], day: date) -> dict[str, datetime]:
    """Return until when each stage of a night form must be in, by the stage's code."""
    return {str(stage["code"]): Instant.read(str(stage["due"])).on(day) for stage in stages}


def hours_on(schedule: Schedule, day: date, clocks: Clocks, seq: int = 1) -> Slot:
    """Return the hours a slot of that date has or would have, whatever the calendar says of the day."""
    return _slot(schedule, day, clocks.late, seq)


def _slot(schedule: Schedule, day: date, late: timedelta, seq: int = 1) -> Slot:
    due = schedule.due.on(day)
    return Slot(day, seq, schedule.opens.on(day), due, due + late)


def _daily(schedule: Schedule, duty: Duty, span: Span, late: timedelta) -> Iterator[Slot]:
    many = schedule.kind == ScheduleKind.PER_DELIVERY
    first, last = span.first, span.last
    for day in set(duty.days):
        if first <= day <= last:
            yield _slot(schedule, day, late)
            if many:
                yield from (_slot(schedule, day, late, seq) for seq in range(2, duty.deliveries.get(day, 1) + 1))


def _weekly(schedule: Schedule, duty: Duty, first: date, last: date) -> Iterator[date]:
    days = {day for day in duty.days if duty.lives(day)}
    for week in each_week(first, last):
        anchor = week.first + timedelta(days=schedule.anchor - 1)
        if first <= anchor <= last and not days.isdisjoint(week):
            yield anchor


def _monthly(schedule: Schedule, duty: Duty, span: Span, late: timedelta) -> Iterator[Slot]:
    early = _before_terms(schedule, duty, late)
    replaced = {(slot.date.year, slot.date.month) for slot in early}
    months = {(day.year, day.month) for day in duty.days if duty.lives(day)} - replaced
    for month in each_month(span.first, span.last):
        anchor = month.first.replace(day=schedule.anchor)
        if (month.first.year, month.first.month) in months and anchor in span:
            yield _slot(schedule, anchor, late)
    yield from (slot for slot in early if slot.date in span)


def _before_terms(schedule: Schedule, duty: Duty, late: timedelta) -> list[Slot]:
    """Return the slots that open some days before a term and are due at 00:00 of its first day."""
    if not schedule.before_term:
        return []
    found = []
    for start in sorted(set(duty.term_starts)):
        day = start - timedelta(days=schedule.before_term)
        if duty.lives(day) and duty.lives(start):
            due = datetime.combine(start, time.min, SHANGHAI)
            found.append(Slot(day, 1, schedule.opens.on(day), due, due + late))
    return found
