"""What check-lists plug into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Version
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import GRANTS, Permission
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, Todo, TodoSource

AT_MOST = 10


def drafts(user: User, now: datetime) -> Sequence[Todo]:
    """Tell the head of an office which drafts of its own wait to be published; nobody publishes what they drafted."""
    offices = [post.unit_id for post in user.live_posts if post.role in GRANTS[Permission.CHECKLIST_PUBLISH]]
    if not offices:
        return []
    rows = Version.objects.visible_to(user).filter(unit__in=offices, state=Version.State.DRAFT)
    rows = rows.exclude(drafted_by=user).select_related("checklist", "unit").defer("spec").order_by("drafted_at", "pk")
    return [
        Todo(
            gettext("待发布：%(name)s") % {"name": row.checklist.label},
            reverse("inspections:checklist-version", args=[row.pk]),
            urgency="warn",
            place=row.unit.name,
        )
        for row in rows[:AT_MOST]
    ]


def plug() -> None:
    """Add the menu entry of check-lists and the drafts that wait."""
    registry.todos.add(TodoSource("checklists.drafts", drafts, order=45))
    registry.menu.add(
        MenuEntry(
            "checklists", pgettext_lazy("menu", "检查表"), "inspections:checklists", _("资料"), 420, icon="checklist"
        )
    )
