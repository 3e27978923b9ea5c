"""What the report centre plugs into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.permissions import GRANTS, Permission
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry

READERS = frozenset(role.value for role in GRANTS[Permission.REPORT_SEE])


def plug() -> None:
    """Offer the report centre to those who may read reports."""
    registry.menu.add(
        MenuEntry("reports", _("报告中心"), "inspections:reports", _("资料"), 400, READERS, icon="report")
    )
