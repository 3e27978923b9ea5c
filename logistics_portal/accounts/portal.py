"""What units and people plug into the portal."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts import deciding
from logistics_portal.accounts.models import PeopleImport, User
from logistics_portal.accounts.permissions import GRANTS, SCHOOL_ROLES, Permission, Role
from logistics_portal.kit import registry
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import MenuEntry, Todo, TodoSource

ABOVE_SCHOOLS = frozenset(role.value for role in frozenset(Role) - SCHOOL_ROLES)
PEOPLE = frozenset({Role.SECURITY_ADMIN.value, Role.AUDITOR.value, Role.PRINCIPAL.value})

ASKING = frozenset(role.value for role in GRANTS[Permission.POST_REQUEST_SEE])


def requests(user: User, now: datetime) -> list[Todo]:
    """Tell which posts asked for, which imports and which lists for them wait for this person."""
    asked = [
        Todo(
            gettext("岗位申请：%(name)s，%(role)s") % {"name": row.full_name, "role": row.title},
            reverse("accounts:request", args=[row.pk]),
            urgency="warn",
            place=row.unit.name,
        )
        for row in deciding.waiting_for(user, local_date(now))
    ]
    imports = [_sheet(gettext("待确认：导入学校人员 %(count)d 行"), row) for row in deciding.imports_waiting_for(user)]
    lists = [_sheet(gettext("请核对名单：导入学校人员 %(count)d 行"), row) for row in deciding.lists_waiting_for(user)]
    return asked + imports + lists


def _sheet(words: str, row: PeopleImport) -> Todo:
    page = reverse("accounts:import-check", args=[row.file.name])
    return Todo(words % {"count": row.rows}, page, urgency="warn", place=row.unit.name)


registry.todos.add(TodoSource("accounts.requests", requests, order=45))
for entry in (
    MenuEntry("accounts.requests", _("岗位申请"), "accounts:requests", _("管理"), 525, ASKING, icon="edit"),
    MenuEntry("accounts.people", _("人员与岗位"), "accounts:people", _("管理"), 520, PEOPLE, icon="users"),
    MenuEntry("accounts.units", _("各级机构"), "accounts:units", _("管理"), 530, ABOVE_SCHOOLS, icon="building"),
    MenuEntry("accounts.acts", _("操作记录"), "accounts:acts", _("管理"), 590, frozenset({Role.AUDITOR.value})),
):
    registry.menu.add(entry)
