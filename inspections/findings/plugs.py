"""What findings plug into the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inspections.findings.facts import FACTS
from inspections.findings.selectors import todos
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, TodoSource


def plug() -> None:
    """Add menu entry, to-dos and facts of findings."""
    registry.menu.add(MenuEntry("findings", _("整改"), "inspections:findings", _("日常"), 120, icon="tools"))
    registry.todos.add(TodoSource("findings", todos, 20))
    for fact in FACTS:
        registry.facts.add(fact)
