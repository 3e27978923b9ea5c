"""The clock of incidents and vetoes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inspections.incidents.services.ticking import tick


@shared_task(ignore_result=True, expires=600)
def watch_incidents() -> int:
    """Remind of reports that are due, call the next level for those overdue, end award windows; harmless when twice."""
    return tick(at=timezone.now())
