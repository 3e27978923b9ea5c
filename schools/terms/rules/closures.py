"""Closures: which step may follow which, and who must decide. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import ONE_DAY, day_end, local_date
from logistics_portal.kit.errors import NotAllowed
from schools.register.rules.changes import slots_closed, year_freezes_at


class State(TextChoices):
    """Where a closure stands."""

    REQUESTED = "requested", _("待批")
    APPROVED = "approved", _("已批")
    REFUSED = "refused", _("驳回")
    WITHDRAWN = "withdrawn", _("撤回")
    REVOKED = "revoked", _("撤销")


Stretch = tuple[date, date]

STEPS = {
    ("approve", State.REQUESTED): State.APPROVED,
    ("refuse", State.REQUESTED): State.REFUSED,
    ("withdraw", State.REQUESTED): State.WITHDRAWN,
    ("revoke", State.APPROVED): State.REVOKED,
}


class Decider(StrEnum):
    """Who must answer a request: somebody of the first reviewer, its head, or the head one level above."""

    CLERK = "clerk"
    HEAD = "head"
    HEAD_ABOVE = "head_above"


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of closures as they stand on a day; the portal's parameters of the same names replace them."""

    clerk_days: int = 5
    near_days: int = 7
    slot_closes_hours: int = 48
    freeze_day: int = 15
    most_days: int = 366
    days_ahead: int = 366


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step."""
    try:
        return STEPS[step, State(state)]
    except KeyError:
        raise NotAllowed(
            gettext("这条停课记录的状态是“%(state)s”，不能这样办理。") % {"state": State(state).label}
        ) from None


def freezes_at(day: date, limits: Limits) -> datetime:
    """Return when the data of the day's year are frozen for the evaluation (15 January 24:00 of the next year)."""
    return year_freezes_at(day.year, limits.freeze_day)


def frozen(day: date, at: datetime, limits: Limits) -> bool:
    """Say whether the data of the day's year are frozen."""
    return at >= freezes_at(day, limits)


def within_reason(first: date, last: date, at: datetime, limits: Limits) -> None:
    """Refuse days in the wrong order, more of them than a year, and days that lie years ahead."""
    if last < first:
        raise NotAllowed(gettext("结束日期不能早于开始日期。"))
    if (last - first).days + 1 > limits.most_days:
        raise NotAllowed(gettext("一次停课最多 %(most)s 天，请核对日期。") % {"most": limits.most_days})
    if (first - local_date(at)).days > limits.days_ahead:
        raise NotAllowed(gettext("最早提前 %(most)s 天办理停课，请核对日期。") % {"most": limits.days_ahead})


def days_together(asked: Stretch, others: Iterable[Stretch], near: int) -> int:
    """Return the days of a closure and of those that follow one another with at most `near` days between.

    A long closure asked for in pieces is as long as its pieces; the days between, on which the school runs, are not
    counted.
    """
    first, last = asked
    days, far = (last - first).days + 1, sorted(others)
    gap = timedelta(days=near + 1)
    while reached := [it for it in far if it[0] <= last + gap and it[1] >= first - gap]:
        days += sum((end - start).days + 1 for start, end in reached)
        first = min(first, *(start for start, _end in reached))
        last = max(last, *(end for _start, end in reached))
        far = [it for it in far if it not in reached]
    return days


def decider(first: date, last: date, at: datetime, limits: Limits, days: int = 0) -> Decider:
    """Return who must answer: more than five days or past days the head, days already closed the head above.

    `days` are those of the closure with the ones near it, where there are any. Raises `NotAllowed` once the year's
    data are frozen.
    """
    if frozen(first, at, limits):
        raise NotAllowed(gettext("%(year)s 年的数据已冻结，不能再办理停课。") % {"year": first.year})
    if slots_closed(first, at, limits.slot_closes_hours):
        return Decider.HEAD_ABOVE
    past = day_end(first) <= at
    if past or max(days, (last - first).days + 1) > limits.clerk_days:
        return Decider.HEAD
    return Decider.CLERK


def open_from(first: date, last: date, at: datetime, limits: Limits) -> date | None:
    """Return the first of the days whose checks are not closed yet, or nothing when all are."""
    day = first
    while day <= last and slots_closed(day, at, limits.slot_closes_hours):
        day += ONE_DAY
    return day if day <= last else None
