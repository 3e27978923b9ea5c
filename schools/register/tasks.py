"""What the register does in the background: big imports, sheets whose time is over, flags whose day has come."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from logistics_portal.records.work import Running, portal_task
from schools.register import sheets
from schools.register.models import ImportFile
from schools.register.services import ahead, clock
from schools.register.services import schools as services


@portal_task
def apply_import(job: Running, *, import_id: int) -> dict[str, int]:
    """Write a confirmed import whole or not at all; one already written is left as it is."""
    row = ImportFile.objects.select_related("file", "unit", "by", "confirmed_by").get(pk=import_id)
    if row.state == ImportFile.State.APPLIED:
        return dict(row.figures)
    job.progress(0, 2)
    row = sheets.apply(row=row, by=row.confirmed_by, at=timezone.now())
    return {name: number for name, number in row.figures.items() if isinstance(number, int)}


@shared_task
def sweep_imports() -> dict[str, int]:
    """Give up the sheets nobody confirmed in time and let old files go; running twice is harmless."""
    now = timezone.now()
    return {"given_up": clock.give_up(at=now), "gone": clock.let_files_go(at=now)}


@shared_task
def apply_changes() -> int:
    """Carry out the moves of schools whose day has come; running twice is harmless."""
    return ahead.apply_due(at=timezone.now())


@shared_task
def reconcile_flags() -> int:
    """Bring the schools' own columns in step with the flags in force today; running twice is harmless."""
    return services.reconcile_flags(on=timezone.localdate())
