"""What units and people need done by the clock: changes whose day has come, sheets nobody confirmed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from logistics_portal.accounts.services import imports, units


@shared_task
def apply_unit_changes() -> int:
    """Carry out the agreed changes of the tree whose day has come; running twice is harmless."""
    return units.apply_due(at=timezone.now())


@shared_task
def cancel_old_imports() -> int:
    """Put aside the sheets nobody carried out within seven days; running twice is harmless."""
    return imports.cancel_old(at=timezone.now())
