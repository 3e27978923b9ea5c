"""What check-lists plug into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry


def plug() -> None:
    """Add the menu entry of check-lists."""
    registry.menu.add(MenuEntry("checklists", _("检查表"), "inspections:checklists", _("资料"), 420, icon="checklist"))
