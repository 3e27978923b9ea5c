"""What checks plug into the portal: menu lines, to-dos, facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from inspections.checks import duties, facts, origins, releasing, selectors
from inspections.checks.scope import own_places
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit import registry
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import MenuEntry, Panel, Todo, TodoSource

AT_MOST = 12
TONES = {"warn": "warn", "bad": "bad"}


def to_do(user: User, now: datetime) -> Sequence[Todo]:
    """Tell a person at a school which checks are to be filled in now."""
    if user.roles.isdisjoint(SCHOOL_ROLES):
        return []
    met = duties.of(user, selectors.rows_to_do(own_places(user), now, local_date(now)))
    rows = [duty.row for duty in met if duty.waits or (duty.fills and duty.row.lacks_photos)]
    return [
        Todo(row.name, row.url, due_at=row.slot.due_at, urgency=TONES.get(row.tone, "info"), place=row.place.name)
        for row in rows[:AT_MOST]
    ]


def corrections(user: User, now: datetime) -> Sequence[Todo]:
    """Tell an office which corrections wait for its answer, and a school which it may make now."""
    asked = releasing.waiting_for(user)
    dues = releasing.answer_dues(asked)
    told = [
        Todo(
            gettext("待同意更正：%(name)s") % {"name": row.check_row.checklist.label},
            releasing.address(row),
            due_at=dues[row.pk],
            urgency="warn",
            place=row.check_row.school.name,
        )
        for row in asked
    ]
    mine = [] if user.roles.isdisjoint(SCHOOL_ROLES) else releasing.to_use(user, now)
    return told + [
        Todo(
            gettext("可以更正：%(name)s") % {"name": row.check_row.checklist.label},
            releasing.address(row),
            due_at=row.until,
            urgency="warn",
            place=row.check_row.place.name,
        )
        for row in mine
    ]


def plug() -> None:
    """Plug the room in."""
    school = frozenset(str(role) for role in SCHOOL_ROLES)
    daily = _("日常")
    registry.menu.add(
        MenuEntry("checks.today", _("今日"), "inspections:today", daily, 110, roles=school, icon="list-check")
    )
    registry.menu.add(
        MenuEntry("checks", pgettext_lazy("menu", "检查记录"), "inspections:checks", daily, 130, icon="checklist")
    )
    registry.todos.add(TodoSource("checks", to_do, order=10))
    registry.todos.add(TodoSource("checks.corrections", corrections, order=15))
    template = "inspections/checks/finding_panel.html"
    registry.panels.add(Panel("checks.finding", "finding", template, origins.finding_panel))
    for fact in facts.FACTS:
        registry.facts.add(fact)
