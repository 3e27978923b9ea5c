"""What units and people need done by the clock: changes whose day has come, sheets nobody confirmed."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from celery import shared_task
from django.utils import timezone

from logistics_portal.accounts.services import idle, imports, units

SIGN_INS_KEPT = 190  # days


@shared_task
def apply_unit_changes() -> int:
    """Carry out the agreed changes of the tree whose day has come; running twice is harmless."""
    return units.apply_due(at=timezone.now())


@shared_task
def watch_idle_accounts() -> int:
    """Switch off what was not used for ninety days, tell of what soon will be; running twice is harmless."""
    now = timezone.now()
    off = idle.switch_off_idle(at=now)
    return off + idle.tell_idle(at=now)


@shared_task
def forget_old_sign_ins() -> int:
    """Throw away the log of sign-ins, and of those that failed, after 190 days (rights §5, access log)."""
    handler = AxesProxyHandler
    return int(handler.reset_logs(age_days=SIGN_INS_KEPT)) + int(handler.reset_failure_logs(age_days=SIGN_INS_KEPT))


@shared_task
def cancel_old_imports() -> int:
    """Put aside the sheets nobody carried out within seven days; running twice is harmless."""
    return imports.cancel_old(at=timezone.now())
