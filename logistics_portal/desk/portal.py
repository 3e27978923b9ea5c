"""What the ground itself plugs into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.permissions import GRANTS, Permission
from logistics_portal.desk.figures.selectors import READERS, waiting_for
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, TodoSource

WATCHERS = frozenset(role.value for role in GRANTS[Permission.JOB_VIEW])

registry.menu.add(MenuEntry("desk.figures", _("规则参数"), "figures:list", _("资料"), 430, READERS, icon="settings"))
registry.menu.add(MenuEntry("desk.jobs", _("后台任务"), "jobs:list", _("管理"), 590, WATCHERS, icon="clock"))
registry.todos.add(TodoSource("desk.figures", waiting_for, order=70))
