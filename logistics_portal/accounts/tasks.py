"""What units and people need done at night: sheets nobody confirmed are put aside."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from logistics_portal.accounts.services import imports


@shared_task
def cancel_old_imports() -> int:
    """Put aside the sheets nobody carried out within seven days; running twice is harmless."""
    return imports.cancel_old(at=timezone.now())
