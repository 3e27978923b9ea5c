"""What keeps the queue honest: every half minute, lost work is found again and a pulse is written."""

from __future__ import annotations

from celery import current_app, shared_task
from django.utils import timezone

from logistics_portal.records import jobs


@shared_task(ignore_result=True, expires=60)
def sweep() -> None:
    """Take back what was lost, send what waits, and show that this worker hears its messages."""
    now = timezone.now()
    jobs.beat_pulse(at=now)
    jobs.sweep(at=now, known=list(current_app.tasks))
