"""When people are told: safety at once, the rest in two digests a day, nothing else at night. No clock, no table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import ONE_DAY, SHANGHAI, local_date


class Urgency(TextChoices):
    """How soon a notice is told by mail; the inbox shows all of them at once."""

    ALARM = "alarm", _("告警")  # safety: at once, day and night
    REMINDER = "reminder", _("提醒")  # has an hour of its own: then, but not at night
    NORMAL = "normal", _("通知")  # with the next digest


@dataclass(frozen=True, slots=True)
class Hours:
    """The figures of telling people (rights and states §5); parameters replace digests and quiet hours."""

    digests: tuple[time, ...] = (time(7, 30), time(16, 30))
    quiet_from: time = time(22)
    quiet_until: time = time(6)
    catch_up: timedelta = timedelta(hours=3)  # a digest missed while nothing ran is still made so long
    look_back: timedelta = timedelta(days=3)  # older notices are left to the inbox
    pauses: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
    )


DEFAULTS = Hours()


def is_quiet(at: datetime, hours: Hours = DEFAULTS) -> bool:
    """Say whether it is night: from the first quiet moment up to, but not at, the last."""
    clock = at.astimezone(SHANGHAI).time()
    if hours.quiet_from <= hours.quiet_until:
        return hours.quiet_from <= clock < hours.quiet_until
    return clock >= hours.quiet_from or clock < hours.quiet_until


def may_go(urgency: str, at: datetime, hours: Hours = DEFAULTS) -> bool:
    """Say whether something of this urgency may be sent at that moment."""
    return urgency == Urgency.ALARM or not is_quiet(at, hours)


def digest_of(at: datetime, hours: Hours = DEFAULTS, next_day: Hours | None = None) -> datetime:
    """Return the moment of the digest that tells of something that happened at `at`: the first one not before it.

    `hours` are the figures of that day; `next_day` those of the day after, where they may be others.
    """
    day = local_date(at)
    moments = [*_of(day, hours), *_of(day + ONE_DAY, next_day or hours)]
    return min(moment for moment in moments if moment >= at)


def last_digest(at: datetime, hours: Hours = DEFAULTS) -> datetime:
    """Return the moment of the latest digest up to `at`."""
    return max(moment for moment in _around(at, hours) if moment <= at)


def digest_to_make(at: datetime, hours: Hours = DEFAULTS) -> datetime | None:
    """Return the digest whose time has come, unless that was too long ago or it is night."""
    moment = last_digest(at, hours)
    return None if is_quiet(at, hours) or at - moment >= hours.catch_up else moment


def next_try(attempts: int, at: datetime, hours: Hours = DEFAULTS) -> datetime | None:
    """Return when a mail that failed so often is tried again, or nothing: it is given up."""
    return at + hours.pauses[attempts - 1] if attempts <= len(hours.pauses) else None


def _around(at: datetime, hours: Hours) -> list[datetime]:
    day = local_date(at)
    return [moment for one in (day - ONE_DAY, day, day + ONE_DAY) for moment in _of(one, hours)]


def _of(day: date, hours: Hours) -> list[datetime]:
    return [datetime.combine(day, clock, SHANGHAI) for clock in hours.digests]
