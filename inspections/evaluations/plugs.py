"""What the annual evaluation plugs into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry


def plug() -> None:
    """Offer the list of results."""
    registry.menu.add(
        MenuEntry("evaluations", _("年度评价"), "inspections:evaluations", _("督导与评价"), 220, icon="scale")
    )
