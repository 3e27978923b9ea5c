"""The periods reports are written for, and when each is ready. No database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import (
    SHANGHAI,
    Span,
    local_date,
    month_key,
    month_of,
    next_month,
    read_month,
    read_week,
    week_key,
    week_of,
)
from logistics_portal.kit.errors import NotAllowed

YEARS = range(2009, 2101)  # the programme began in 2009


class PeriodKind(TextChoices):
    """How long a stretch a report covers."""

    WEEKLY = "weekly", _("周报")
    MONTHLY = "monthly", _("月报")


@dataclass(frozen=True, slots=True)
class Timetable:
    """When reports are made: all slots of the period are closed by then (decisions, Figures)."""

    weekly_weekday: int = 3
    weekly_at: time = time(9, 30)
    monthly_day: int = 8
    monthly_at: time = time(2, 0)
    catch_up: int = 60


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One week or month of reporting."""

    first: date
    last: date
    kind: PeriodKind

    @property
    def key(self) -> str:
        """Return how the period is written in addresses and file names: `2026-W43` or `2026-10`."""
        return week_key(self.first) if self.kind == PeriodKind.WEEKLY else month_key(self.first)

    @property
    def span(self) -> Span:
        """Return its days."""
        return Span(self.first, self.last)

    def ready_at(self, timetable: Timetable | None = None) -> datetime:
        """Return when the report may be written: Wednesday 09:30 after the week, the 8th 02:00 after the month."""
        figures = timetable or Timetable()
        if self.kind == PeriodKind.WEEKLY:
            return datetime.combine(self.last + timedelta(days=figures.weekly_weekday), figures.weekly_at, SHANGHAI)
        return datetime.combine(next_month(self.first).replace(day=figures.monthly_day), figures.monthly_at, SHANGHAI)

    def following(self) -> Period:
        """Return the next period of the kind."""
        return period_of(self.kind, self.last + timedelta(days=1))

    def previous(self) -> Period:
        """Return the period of the kind before this one."""
        return period_of(self.kind, self.first - timedelta(days=1))


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the week or month that a day lies in."""
    span = week_of(day) if kind == PeriodKind.WEEKLY else month_of(day)
    return Period(span.first, span.last, kind)


def parse(text: str) -> Period:
    """Return the period that `2026-W43` or `2026-10` names, or refuse what is neither."""
    for read, kind in ((read_week, PeriodKind.WEEKLY), (read_month, PeriodKind.MONTHLY)):
        try:
            span = read(text)
        except NotAllowed:
            continue
        if span.last.year in YEARS:
            return Period(span.first, span.last, kind)
    raise NotAllowed(gettext("报告期应写成“2026-W43”或“2026-10”，请改正“%(text)s”。") % {"text": text[:40]})


def latest_ready(kind: PeriodKind, now: datetime, timetable: Timetable | None = None) -> Period:
    """Return the newest period whose report may be written at that moment."""
    period = period_of(kind, local_date(now))
    while period.ready_at(timetable) > now:
        period = period.previous()
    return period


def due_periods(
    kind: PeriodKind, last_done: Period | None, now: datetime, timetable: Timetable | None = None
) -> list[Period]:
    """Return the periods still to be written, oldest first; after a downtime these are several.

    With nothing done yet only the newest is due. At most `catch_up` periods are returned, the newest ones.
    """
    newest = latest_ready(kind, now, timetable)
    if last_done is not None and last_done.kind != kind:
        raise ValueError(last_done.kind)
    found: list[Period] = []
    period = newest
    limit = (timetable or Timetable()).catch_up if last_done else 1
    while len(found) < limit and (last_done is None or period > last_done):
        found.append(period)
        period = period.previous()
    return found[::-1]
