"""What the hall plugs into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES, Role
from logistics_portal.kit import registry
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import Fact, FactValue, MenuEntry, Todo, TodoSource
from logistics_portal.records.selectors import book
from schools import demo
from schools.register import selectors as register
from schools.terms import reach, selectors

ANSWER_DAYS = "CLOSURE_ANSWER_DAYS", 2
SCHOOL = frozenset(role.value for role in SCHOOL_ROLES)
BUREAU = frozenset(role.value for role in frozenset(Role) - SCHOOL_ROLES - {Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN})


def term_months(schools: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return in how many months of the term schools serve meals; outside a term nothing is said."""
    return dict(selectors.term_months(schools, on))


def answers(user: User, now: datetime) -> list[Todo]:
    """Tell what waits for this person's answer, until when in working days: changes of schools and closures."""
    changes, closures = register.waiting_for(user), reach.waiting_for(user, now)
    if not changes and not closures:
        return []
    code, usual = ANSWER_DAYS
    held, working_days = book(), selectors.national_calendar().deadline

    def due(asked_at: datetime) -> datetime:
        day = local_date(asked_at)
        return working_days(day, held.number(code, day, usual))

    told = [
        Todo(
            gettext("待审批：%(kind)s") % {"kind": row.get_kind_display()},
            reverse("schools:proposal", args=[row.pk]),
            due_at=due(row.asked_at),
            urgency="warn",
            place=row.school.name,
        )
        for row in changes
    ]
    return told + [
        Todo(
            gettext("待审批：停课 %(day)s 起") % {"day": row.first_date},
            reverse("schools:closure", args=[row.pk]),
            due_at=due(row.requested_at),
            urgency="warn",
            place=row.unit.name,
        )
        for row in closures
    ]


for entry in (
    MenuEntry("schools.list", pgettext_lazy("menu", "学校"), "schools:list", _("业务"), 310, icon="school"),
    MenuEntry("schools.own", _("本校校历"), "schools:own-month", _("业务"), 345, SCHOOL, icon="calendar"),
    MenuEntry("schools.closures", _("停课"), "schools:closures", _("业务"), 350, icon="ban"),
    MenuEntry("schools.calendars", pgettext_lazy("menu", "校历"), "schools:calendars", _("资料"), 410, icon="calendar"),
    MenuEntry("schools.proposals", _("变更申请"), "schools:proposals", _("业务"), 360, icon="edit"),
    MenuEntry("schools.imports", _("学校导入"), "schools:imports", _("管理"), 510, BUREAU, icon="upload"),
):
    registry.menu.add(entry)
registry.todos.add(TodoSource("schools.answers", answers, order=40))
registry.facts.add(Fact("schools.term_months", "school", term_months))
registry.demos.add(registry.Demo("schools", demo.plant, 10))
