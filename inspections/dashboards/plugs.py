"""What dashboards plug into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inspections.dashboards.panels import desk_panel
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, Panel

READERS = frozenset(role.value for role in frozenset(Role) - {Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN})


def plug() -> None:
    """Plug the menu entry and the desk's panel in."""
    registry.menu.add(
        MenuEntry("board", _("概况"), "inspections:board-home", _("日常"), 101, READERS, icon="chart-bar")
    )
    registry.panels.add(Panel("board", "desk", "inspections/dashboards/desk.html", desk_panel, order=10))
