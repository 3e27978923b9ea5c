"""What units and people plug into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.permissions import SCHOOL_ROLES, Role
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry

ABOVE_SCHOOLS = frozenset(role.value for role in frozenset(Role) - SCHOOL_ROLES)
PEOPLE = frozenset({Role.SECURITY_ADMIN.value, Role.AUDITOR.value})

for entry in (
    MenuEntry("accounts.people", _("人员与岗位"), "accounts:people", _("管理"), 520, PEOPLE, icon="users"),
    MenuEntry("accounts.units", _("机构"), "accounts:units", _("管理"), 530, ABOVE_SCHOOLS, icon="building"),
    MenuEntry("accounts.acts", _("操作记录"), "accounts:acts", _("管理"), 590, frozenset({Role.AUDITOR.value})),
):
    registry.menu.add(entry)
