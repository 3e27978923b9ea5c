"""Reports, on a worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from inspections.reports import services
from inspections.reports.models import Report
from logistics_portal.records.work import Running, portal_task


@shared_task(ignore_result=True)
def order_reports() -> int:
    """Order every report whose time has come; what was missed while nothing ran is caught up."""
    return services.order_due(at=timezone.now())


@portal_task
def write_report(job: Running, *, report_id: int) -> dict[str, int]:
    """Write one bureau's report; running it twice writes it once."""
    report = services.write(report=Report.objects.get(pk=report_id), at=timezone.now())
    job.progress(1, 1)
    return {"report": report.pk}
