"""What the clock does with the queue and with mail: every half minute, lost work is found and what is due is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import current_app, shared_task
from django.utils import timezone

from logistics_portal.records import jobs, mail
from logistics_portal.records.selectors import figures_read_once
from logistics_portal.records.work import Running, portal_task


@shared_task(ignore_result=True, expires=60)
def sweep() -> None:
    """Take back what was lost, send what waits, and show that this worker hears its messages."""
    now = timezone.now()
    jobs.beat_pulse(at=now)
    jobs.sweep(at=now, known=list(current_app.tasks))


@shared_task(ignore_result=True, expires=30)
def tell_by_mail() -> int:
    """Order the digest that is due, and send alarms, digests and what failed before; nothing where mail is off."""
    if not mail.is_on():
        return 0
    now = timezone.now()
    with figures_read_once():
        mail.order_digest(at=now)
        mail.collect_urgent(at=now)
        return mail.send_waiting(at=now)


@portal_task
def collect_digest(job: Running, moment: str) -> dict[str, Any]:
    """Write the mails of one digest; they are sent within half a minute."""
    return {"people": mail.collect_digest(moment=datetime.fromisoformat(moment)), "job": job.pk}
