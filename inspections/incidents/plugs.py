"""What incidents and vetoes plug into the portal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inspections.incidents import selectors
from inspections.incidents.duties import todos
from inspections.incidents.models import Incident, Veto
from inspections.incidents.tables import STATES, VETOES
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import BUREAU_ROLES, GRANTS, PROVINCE_ROLES, Permission, Role
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, Panel, TodoSource

READERS = frozenset(role.value for role in GRANTS[Permission.EXPORT_VIEW])
BUREAUS = READERS & frozenset(role.value for role in BUREAU_ROLES | PROVINCE_ROLES)
SHOWN = 8
DAILY, EVALUATION = _("日常"), _("督导与评价")


def school_panel(request: HttpRequest, school: Any) -> dict[str, Any] | None:
    """Return the incidents and vetoes of a school for its page; nothing to those who only keep the system."""
    user = request.user
    if not isinstance(user, User) or not user.can(Permission.EXPORT_VIEW, at=school.unit):
        return None
    cases = Incident.objects.visible_to(user).filter(school=school)
    rows = cases.prefetch_related(*selectors.with_decisions(), "vetoes").order_by("-happened_at", "-pk")[:SHOWN]
    vetoes = Veto.objects.visible_to(user).filter(school=school).order_by("-year", "-pk")[:SHOWN]
    may_report = user.can(Permission.INCIDENT_REPORT, at=school.unit)
    return {
        "vetoes": [(veto, VETOES[veto.state]) for veto in vetoes],
        "incidents": [(row, STATES[row.state], _word(row)) for row in rows],
        "report_url": reverse("inspections:incident-report", args=[school.pk]) if may_report else "",
    }


def _word(incident: Incident) -> tuple[str, str] | None:
    state = selectors.veto_word(incident)
    return (VETOES[state.value], str(state.label)) if state is not None else None


def plug() -> None:
    """Add menu entries, to-dos and the school's panel."""
    registry.menu.add(MenuEntry("incidents", _("安全事故"), "inspections:incidents", DAILY, 140, READERS, "urgent"))
    registry.menu.add(
        MenuEntry(
            "vetoes", _("一票否决登记簿"), "inspections:vetoes", EVALUATION, 230, READERS - {Role.DORM_KEEPER}, "ban"
        )
    )
    registry.menu.add(
        MenuEntry("softenings", _("降低性变更"), "inspections:softenings", EVALUATION, 240, BUREAUS, "flag")
    )
    registry.panels.add(Panel("incidents", "school", "inspections/incidents/school_panel.html", school_panel, 30))
    registry.todos.add(TodoSource("incidents", todos, 10))
