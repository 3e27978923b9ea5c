"""What the hall plugs into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.permissions import SCHOOL_ROLES, Role
from logistics_portal.kit import registry
from logistics_portal.kit.registry import Fact, FactValue, MenuEntry
from schools.terms import selectors

BUREAU = frozenset(role.value for role in frozenset(Role) - SCHOOL_ROLES - {Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN})


def term_months(schools: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return in how many months of the term schools serve meals; outside a term nothing is said."""
    return dict(selectors.term_months(schools, on))


registry.menu.add(MenuEntry("schools.list", _("学校"), "schools:list", "registers", 10, icon="school"))
registry.menu.add(MenuEntry("schools.calendars", _("校历"), "schools:calendars", "registers", 50, icon="calendar"))
registry.menu.add(MenuEntry("schools.closures", _("停课"), "schools:closures", "registers", 51, icon="calendar-off"))
registry.menu.add(
    MenuEntry("schools.proposals", _("变更申请"), "schools:proposals", "registers", 12, icon="git-pull-request")
)
registry.menu.add(MenuEntry("schools.imports", _("导入"), "schools:imports", "registers", 13, BUREAU, icon="upload"))
registry.facts.add(Fact("schools.term_months", "school", term_months))
