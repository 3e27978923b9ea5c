"""What the clock does with findings."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inspections.findings import services


@shared_task(ignore_result=True)
def climb_ladders() -> int:
    """Remind, escalate and expire; running it twice tells nobody twice."""
    return services.climb_ladders(at=timezone.now())


@shared_task(ignore_result=True)
def tell_fresh() -> int:
    """Call those who must know of a finding just opened."""
    return services.tell_fresh(at=timezone.now())
