"""What is told of figures: theme by theme, one with its history, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import SCHOOL_ROLES, Permission, Role
from logistics_portal.kit.components import Event, Tab
from logistics_portal.kit.registry import Todo
from logistics_portal.records import bases, trails
from logistics_portal.records.models import AuditRow, Parameter, ParameterChange
from logistics_portal.records.rules import Kind, State, Theme
from logistics_portal.records.units import unit_word

READERS = frozenset(role.value for role in frozenset(Role) - SCHOOL_ROLES)
TRAIL = 50
SET_BY_PROVINCE = "S"
SURE = {
    "C": ("good", _("有据")),
    "P": ("info", _("数值待核")),
    "M": ("warn", _("待省级确认")),
    "O": ("warn", _("自定，待省级确认")),
    SET_BY_PROVINCE: ("good", _("省级已定")),
}


@dataclass(frozen=True)
class Line:
    """One figure as the list shows it: the value of today, what comes next, and whether a change waits."""

    now: Parameter
    coming: Parameter | None
    waiting: bool

    @property
    def name(self) -> str:
        """Return its name in the reader's language."""
        return name_of(self.now)

    @property
    def value(self) -> str:
        """Return its value with the unit."""
        return with_unit(self.now, self.now.value)

    @property
    def next_value(self) -> str:
        """Return the value that comes next, with the unit."""
        return with_unit(self.coming, self.coming.value) if self.coming else ""

    @property
    def basis(self) -> str:
        """Return what it rests on, by name."""
        return bases.in_words(self.now.basis)

    @property
    def sure(self) -> tuple[str, str]:
        """Return how sure it is, as tone and words."""
        return sure_of(self.now)


@dataclass(frozen=True)
class Group:
    """The figures of one theme."""

    key: str
    label: str
    lines: Sequence[Line]


def require_reader(user: User) -> None:
    """Refuse whoever holds no post at a bureau."""
    if not user.roles & READERS:
        raise PermissionDenied("parameters")


def province() -> Unit:
    """Return the province, whose figures these are."""
    return Unit.objects.get(kind=Unit.Kind.PROVINCE)


def groups(today: date) -> list[Group]:
    """Return every figure under its theme, in the order of the sheets."""
    rows: dict[str, list[Parameter]] = defaultdict(list)
    for row in Parameter.objects.order_by("theme", "position", "code", "valid_from"):
        rows[row.code].append(row)
    waiting = set(ParameterChange.objects.filter(state=State.PROPOSED).values_list("code", flat=True))
    lines: dict[str, list[Line]] = defaultdict(list)
    for code, held in rows.items():
        lines[held[-1].theme].append(_line(held, today, code in waiting))
    return [Group(theme.value, str(theme.label), lines[theme.value]) for theme in Theme if theme.value in lines]


def _line(held: Sequence[Parameter], today: date, waiting: bool) -> Line:
    coming = next((row for row in held if row.valid_from > today), None)
    now = next((row for row in reversed(held) if row.valid_from <= today), held[0])
    return Line(now, coming, waiting)


def values_of(code: str) -> list[Parameter]:
    """Return every value of a figure, the newest first, with who proposed and who confirmed it."""
    rows = Parameter.objects.filter(code=code).select_related("change__proposed_by", "change__decided_by")
    return list(rows.order_by("-valid_from"))


def changes_of(code: str) -> QuerySet[ParameterChange]:
    """Return the changes of a figure that came to nothing or still wait, the newest first."""
    rows = ParameterChange.objects.filter(code=code).exclude(state=State.CONFIRMED)
    return rows.select_related("proposed_by", "decided_by").order_by("-proposed_at", "-pk")[:TRAIL]


def changes() -> QuerySet[ParameterChange]:
    """Return every change ever proposed."""
    return ParameterChange.objects.select_related("proposed_by", "decided_by")


def trail(code: str) -> list[Event]:
    """Return what was done to a figure, the newest first."""
    ids = ParameterChange.objects.filter(code=code).values("pk")
    table = ParameterChange._meta.label_lower  # noqa: SLF001 - Django's documented way to a model's name
    rows = AuditRow.objects.filter(on_table=table, on_id__in=ids).select_related("by", "post__unit", "unit")
    return trails.told(rows.order_by("-at", "-pk")[:TRAIL])


def name_of(row: Parameter) -> str:
    """Return a figure's name in the reader's language."""
    english = (get_language() or "").startswith("en")
    return row.name_en if english and row.name_en else row.name


def with_unit(row: Parameter, value: str) -> str:
    """Return a value with the unit it is counted in."""
    return f"{value} {unit_word(row.unit)}".strip()


def unit_of(row: Parameter) -> str:
    """Return the unit in the reader's language."""
    return unit_word(row.unit)


def sure_of(row: Parameter) -> tuple[str, str]:
    """Return how sure a figure is, as tone and words."""
    tone, words = SURE.get(row.sure, SURE["O"])
    return tone, str(words)


def bounds_of(row: Parameter) -> str:
    """Return in words what a figure may be."""
    told = {"kind": Kind(row.kind).label, "low": row.lowest or "…", "high": row.highest or "…"}
    return gettext("%(kind)s，%(low)s 至 %(high)s") % told


def waiting_for(user: User, now: datetime) -> list[Todo]:
    """Tell a head of the province's office which changes wait for a second person."""
    posts = [post for post in user.live_posts if post.unit.kind == Unit.Kind.PROVINCE]
    if not any(post.allows(Permission.PARAMETER_CONFIRM, at=post.unit) for post in posts):
        return []
    rows = ParameterChange.objects.filter(state=State.PROPOSED).exclude(proposed_by=user).order_by("valid_from", "pk")
    held = {row.code: row for row in Parameter.objects.filter(code__in=rows.values("code"))}
    return [
        Todo(
            gettext("参数变更待确认：“%(name)s”自 %(day)s 起改为 %(value)s")
            % {"name": name_of(held[row.code]), "value": with_unit(held[row.code], row.value), "day": row.valid_from},
            reverse("figures:figure", args=[row.code]),
            urgency="warn",
        )
        for row in rows
    ]


def tabs_of(all_groups: Sequence[Group]) -> list[Tab]:
    """Return a tab for all figures and one for each theme."""
    url, count = reverse("figures:list"), sum(len(group.lines) for group in all_groups)
    themes = [Tab(group.key, group.label, f"{url}?theme={group.key}", len(group.lines)) for group in all_groups]
    return [Tab("", gettext("全部"), url, count), *themes]


def fixed_limits() -> list[tuple[str, str]]:
    """Return the limits of signing in: settings of the server, which no page changes."""
    minutes = gettext("%(number)s 分钟")
    return [
        (gettext("业务部门无操作退出"), minutes % {"number": settings.SESSION_IDLE_BUREAU_MINUTES}),
        (gettext("学校无操作退出"), minutes % {"number": settings.SESSION_IDLE_SCHOOL_MINUTES}),
        (gettext("登录最长时间"), gettext("%(number)s 小时") % {"number": settings.SESSION_COOKIE_AGE // 3600}),
        (gettext("重要操作再次验证"), minutes % {"number": settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60}),
        (gettext("连续输错锁定"), gettext("%(number)s 次") % {"number": settings.AXES_FAILURE_LIMIT}),
        (gettext("锁定时长"), minutes % {"number": round(settings.AXES_COOLOFF_TIME * 60)}),
        (gettext("一次性链接有效"), gettext("%(number)s 小时") % {"number": settings.PASSWORD_RESET_TIMEOUT // 3600}),
    ]
