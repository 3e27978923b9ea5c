"""Where a finding came from: the checks that found it, on the finding's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inspections.checks.models import Check
from logistics_portal.accounts.models import User

SHOWN = 5


def finding_panel(request: HttpRequest, finding: Any) -> dict[str, Any] | None:
    """Return the checks that found something, as far as this person may see them, the newest first; or nothing."""
    user = request.user
    if not isinstance(user, User):
        return None
    found = Check.objects.visible_to(user).filter(failures__finding=finding).select_related("checklist", "by")
    checks = list(found.order_by("-date", "-handed_in_at", "-pk")[: SHOWN + 1])
    return {"checks": checks[:SHOWN], "more": len(checks) > SHOWN, "code": finding.item_code} if checks else None
