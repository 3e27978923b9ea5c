"""When tallies are folded, on a worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inspections.tallies import services, today
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.records import jobs
from logistics_portal.records.work import Running, portal_task

FOLD_RECENT = "inspections.tallies.tasks.fold_recent"


@shared_task(ignore_result=True, expires=3600)
def order_fold() -> None:
    """Order the fold of every day that may have changed; ordering it twice in an hour orders it once."""
    now = timezone.now()
    hour = now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H")
    jobs.order(kind=FOLD_RECENT, key=hour, payload={}, unit=None, by=None, at=now)


@portal_task
def fold_recent(job: Running) -> dict[str, int]:
    """Fold the days of the last six weeks anew; a second run writes the same."""
    now = timezone.now()
    days = services.fold_recent(at=now)
    today.note_fold(at=now)
    return {"days": days}


@shared_task(ignore_result=True, expires=600)
def fold_today() -> None:
    """Fold yesterday and today anew, so that screens are never older than a quarter of an hour."""
    today.fold_today(at=timezone.now())
