"""What check-lists plug into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry


def plug() -> None:
    """Add the menu entry of check-lists."""
    registry.menu.add(
        MenuEntry(
            "checklists", pgettext_lazy("menu", "检查表"), "inspections:checklists", _("资料"), 420, icon="checklist"
        )
    )
