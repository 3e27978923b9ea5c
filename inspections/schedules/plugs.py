"""What exemptions plug into the portal: the menu line, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.schedules import services
from inspections.schedules.figures import answer_dues
from logistics_portal.accounts.models import User
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, Todo, TodoSource


def answers(user: User, now: datetime) -> Sequence[Todo]:
    """Tell an office which requests wait for its answer, the oldest first."""
    rows = services.waiting_for(user, now)
    if not rows:
        return []
    dues = answer_dues([row.requested_at for row in rows])
    return [
        Todo(
            gettext("待审批：免检 %(day)s 起（%(name)s）") % {"day": row.first_date, "name": row.checklist.label},
            reverse("inspections:exemption", args=[row.pk]),
            due_at=due,
            urgency="warn",
            place=f"{row.place.school.name} · {row.place.name}",
        )
        for row, due in zip(rows, dues, strict=True)
    ]


def plug() -> None:
    """Plug the room in."""
    entry = MenuEntry("exemptions", _("免检"), "inspections:exemptions", _("日常"), 150, icon="circle-minus")
    registry.menu.add(entry)
    registry.todos.add(TodoSource("exemptions", answers, order=42))
