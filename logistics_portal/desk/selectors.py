"""What the frame of every page and the desk tell one person: menu, dock, to-dos, unread notices."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import GRANTS, Permission, Role
from logistics_portal.kit import registry
from logistics_portal.kit.dates import ONE_DAY
from logistics_portal.kit.registry import MenuEntry, Todo
from logistics_portal.records import hours
from logistics_portal.records.figures import hours_at
from logistics_portal.records.models import Notice

logger = logging.getLogger(__name__)
TONE_ORDER = {"bad": 0, "warn": 1, "info": 2}
KEEPERS = frozenset({Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN})  # they keep the portal, not the schools
GROUPS_AT_MOST = 8
ALARMS_PINNED = 20
EVERY_ORDER = range(10_000)
ACROSS = range(20)  # panels of these orders stand across the desk, above what to do
BESIDE = range(20, 10_000)
SHEETS = ("tokens", "base", "layout", "components", "pieces", "tables", "forms", "charts", "phone")


@dataclass(frozen=True)
class Line:
    """A line of a menu: where it leads, and whether the reader is there."""

    label: str
    url: str
    icon: str
    current: bool = False
    key: str = ""


@dataclass(frozen=True)
class Group:
    """Some lines of the menu under one heading."""

    label: str
    lines: list[Line]


def address(name: str) -> str:
    """Return the address called `name`, or nothing where its room is not built."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def menu_for(user: User, path: str) -> list[Group]:
    """Return the side menu of a person: the desk first, then what their roles may open, grouped."""
    home = reverse("desk:home")
    entries = [entry for entry in registry.menu if _is_theirs(entry, user)]
    entries.sort(key=lambda entry: (entry.order, entry.key))
    urls = {entry.key: address(entry.url_name) for entry in entries}
    here = max((url for url in urls.values() if url and path.startswith(url)), key=len, default="")
    groups: dict[str, list[Line]] = {}
    for entry in entries:
        if urls[entry.key]:
            groups.setdefault(str(entry.group), []).append(_line(entry, urls[entry.key], here))
    first = Group("", [Line(gettext("工作台"), home, "home", path == home, "desk")])
    return [first, *(Group(label, lines) for label, lines in groups.items())][:GROUPS_AT_MOST]


def _is_theirs(entry: MenuEntry, user: User) -> bool:
    """Say whether a person sees a line: by role, or, where none is named, whoever works with schools (rights §1)."""
    return bool(entry.roles & user.roles) if entry.roles else not user.roles or bool(user.roles - KEEPERS)


def _line(entry: MenuEntry, url: str, here: str) -> Line:
    return Line(str(entry.label), url, entry.icon or "file-text", url == here, entry.key)


def dock_for(menu: list[Group], path: str) -> list[Line]:
    """Return the bar at the foot of a phone: 今日 · 整改 · 台账 · 我的 (scanning comes with the phone check)."""
    home, ledgers, mine = reverse("desk:home"), reverse("desk:menu"), reverse("desk:me")
    lines = {line.key: line for group in menu for line in group.lines}
    today, findings = lines.get("checks.today"), lines.get("findings")
    first = today or Line(gettext("今日"), home, "calendar", path == home)
    second = (
        Line(gettext("整改"), findings.url, "tools", findings.current)
        if findings
        else Line(gettext("消息"), reverse("desk:inbox"), "bell", path == reverse("desk:inbox"))
    )
    return [
        replace(first, label=gettext("今日"), icon="calendar"),
        second,
        Line(gettext("台账"), ledgers, "folder", path == ledgers),
        Line(gettext("我的"), mine, "user", path == mine),
    ]


def todos_for(user: User, now: datetime) -> list[Todo]:
    """Return what a person should do next, the most pressing first; a source that fails is left out and logged."""
    sources = sorted(registry.todos, key=lambda source: (source.order, source.key))
    told = [todo for source in sources for todo in _told(source, user, now)]
    return sorted(told, key=lambda todo: (TONE_ORDER.get(todo.urgency, 2), todo.due_at is None, todo.due_at or now))


def _told(source: registry.TodoSource, user: User, now: datetime) -> Iterator[Todo]:
    try:
        yield from source.tell(user, now)
    except DatabaseError:
        logger.exception("to-dos not told", extra={"source": source.key})


def panels_for(
    request: HttpRequest, page: str, subject: object, *, orders: range = EVERY_ORDER
) -> list[tuple[str, dict[str, object]]]:
    """Return the template and context of every panel of those `orders` that has something to say on a page."""
    chosen = (panel for panel in registry.panels if panel.page == page and panel.order in orders)
    plugged = sorted(chosen, key=lambda panel: (panel.order, panel.key))
    filled = ((panel.template, panel.context(request, subject)) for panel in plugged)
    return [(template, context) for template, context in filled if context is not None]


@dataclass(frozen=True)
class Bundle:
    """Some notices under one heading: what one digest tells."""

    title: str
    notices: list[Notice]


def pinned(user: User) -> list[Notice]:
    """Return the alarms a person has not opened, newest first; they stand above everything else."""
    alarms = user.notices.unread().filter(urgency=hours.Urgency.ALARM)
    return list(alarms.order_by("-at", "-pk")[:ALARMS_PINNED])


def bundles(notices: Iterable[Notice], now: datetime) -> list[Bundle]:
    """Return notices, newest first, by the digest that tells of them, by the figures of the day it falls on."""
    by_digest: dict[datetime, list[Notice]] = {}
    for notice in notices:
        moment = hours.digest_of(notice.at, hours_at(notice.at), hours_at(notice.at + ONE_DAY))
        by_digest.setdefault(moment, []).append(notice)
    return [Bundle(_heading(moment, now), held) for moment, held in by_digest.items()]


def _heading(moment: datetime, now: datetime) -> str:
    words = {"moment": f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"}
    if moment > now:
        return gettext("新到（%(moment)s 汇总）") % words
    return gettext("%(moment)s 汇总") % words


def may_export(user: User) -> bool:
    """Say whether a person may take a list away as a file: one of their roles may export what it sees."""
    return any(role.value in user.roles for role in GRANTS[Permission.EXPORT_VIEW])


def who_may(refused: tuple[object, ...]) -> str:
    """Return the roles that hold the permission a refusal names, joined for reading; nothing when it names none."""
    permission = next((reason for reason in refused if isinstance(reason, Permission)), None)
    return gettext("、").join(str(role.label) for role in GRANTS[permission]) if permission else ""
