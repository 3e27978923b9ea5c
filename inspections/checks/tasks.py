"""What the clock does with checks."""

from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from inspections.checks import calendars, closing, reminding
from inspections.checks.rules.calls import Call
from logistics_portal.accounts.models import Unit
from logistics_portal.records.work import Running, portal_task


@shared_task(ignore_result=True)
def close_slots() -> int:
    """Write down what ran out without a check; running it twice writes nothing twice."""
    return closing.close_slots(at=timezone.now()).missed


@shared_task(ignore_result=True)
def order_recloses() -> int:
    """Order the work that a changed calendar asks for, once per change."""
    return calendars.order_recloses(at=timezone.now())


@portal_task
def reclose_days(job: Running, unit: int, first: str, last: str) -> dict[str, Any]:
    """Bring what was missed below a unit in line with its calendar."""
    changed = calendars.reclose_below(
        unit=Unit.objects.get(pk=unit),
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        at=timezone.now(),
    )
    return {"changed": changed, "job": job.pk}


@shared_task(ignore_result=True)
def remind_doers() -> int:
    """Remind the doer and the logistics officer of checks not handed in."""
    return reminding.remind(at=timezone.now(), call=Call.FIRST)


@shared_task(ignore_result=True)
def remind_weekly() -> int:
    """Remind the doer and the logistics officer of weekly sheets on their last day."""
    return reminding.remind(at=timezone.now(), call=Call.NOON)


@shared_task(ignore_result=True)
def remind_vice_principals() -> int:
    """Remind the vice principal of checks not handed in."""
    return reminding.remind(at=timezone.now(), call=Call.SECOND)


@shared_task(ignore_result=True)
def call_missing_stages() -> int:
    """Call the duty leader and the principal about a night without roll call or patrol."""
    return reminding.call_missing_stages(at=timezone.now())


@shared_task(ignore_result=True)
def list_missing_rolls() -> int:
    """Put buildings without roll call on the offices' lists."""
    return reminding.list_for_offices(at=timezone.now())


@shared_task(ignore_result=True)
def tell_missed() -> int:
    """Tell schools and offices what was missed."""
    return reminding.tell_missed(at=timezone.now())
