"""Keeping what was missed in line with the calendar: each change of it is looked at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from inspections.checks.closing import reclose
from inspections.schedules.models import ClosedDay
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import local_date
from logistics_portal.records import jobs
from schools.register.models import School
from schools.terms.models import Closure, Edition
from schools.terms.rules.rows import Habits

LOOK_BACK = timedelta(days=30)
AT_ONCE = 500
WORK = "inspections.checks.tasks.reclose_days"


def order_recloses(*, at: datetime) -> int:
    """Order one job for every calendar published and every closure decided of late; ordered before, nothing new."""
    since = at - LOOK_BACK
    ordered = 0
    editions = Edition.objects.filter(state=Edition.State.PUBLISHED, published_at__gte=since).select_related("unit")
    for edition in editions:
        first = date(edition.school_year, 8, 1)
        last = min(local_date(at), date(edition.school_year + 1, 8, 31))
        ordered += _order(f"edition:{edition.pk}", edition.unit, first, last, at)
    decided = [Closure.State.APPROVED, Closure.State.REVOKED]
    of_late = Q(decided_at__gte=since) | Q(revoked_at__gte=since)
    for closure in Closure.objects.filter(of_late, state__in=decided).select_related("unit"):
        key = f"closure:{closure.pk}:{closure.state}"
        ordered += _order(key, closure.unit, closure.first_date, closure.last_date, at)
    return ordered


def reclose_below(*, unit: Unit, first: date, last: date, at: datetime) -> int:
    """Bring what was missed in line for all schools at and below a unit, some hundred at a time."""
    schools = list(School.objects.below(unit).order_by("pk").values_list("pk", flat=True))
    parts = [schools[start : start + AT_ONCE] for start in range(0, len(schools), AT_ONCE)]
    return sum(reclose(schools=part, first=first, last=last, at=at) for part in parts)


def _order(key: str, unit: Unit, first: date, last: date, at: datetime) -> int:
    """Order the work where a day of it has been closed already; days still open close by the new calendar."""
    touched = Habits().reach(first, last)
    if first > last or not ClosedDay.objects.filter(date__range=(touched.first, touched.last)).exists():
        return 0
    payload = {"unit": unit.pk, "first": first.isoformat(), "last": last.isoformat()}
    jobs.order(kind=WORK, key=key, payload=payload, unit=unit, by=None, at=at)
    return 1
