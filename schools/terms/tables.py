"""Lists of closures, and what they can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter, ModelChoiceFilter
from django_tables2 import A

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, PortalFilter, PortalTable
from schools.register.selectors import bureaus_of
from schools.terms.models import Closure, Edition

STATES = {"requested": "info", "approved": "good", "refused": "warn", "withdrawn": "idle", "revoked": "idle"}
EDITION_STATES = {"draft": "info", "published": "good", "retired": "idle"}


class ClosureTable(PortalTable):
    """Closures asked for and decided."""

    caption = _("停课")
    empty_title = _("没有停课记录")
    phone = ("unit", "first_date", "state")

    unit = Column(verbose_name=_("学校（范围）"), accessor="unit__name", linkify=("schools:closure", {"pk": A("pk")}))
    first_date = DayColumn(verbose_name=_("起"))
    last_date = DayColumn(verbose_name=_("止"))
    reason = Column(verbose_name=_("原因"))
    requested_by = Column(verbose_name=_("申请人"), accessor="requested_by__full_name")
    requested_at = DayColumn(verbose_name=_("申请时间"))
    state = BadgeColumn(STATES, verbose_name=_("状态"))

    class Meta(PortalTable.Meta):
        order_by = "-first_date"


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class ClosureFilter(PortalFilter):
    """What a list of closures can be narrowed by."""

    state = ChoiceFilter(label=_("状态"), choices=Closure.State.choices)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    day = DateFilter(label=_("这一天停课"), method="by_day")
    first = ("state", "unit", "day")

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the closures below a bureau."""
        return rows.filter(unit__path__startswith=unit.path)

    def by_day(self, rows: Any, _name: str, day: Any) -> Any:
        """Keep the closures that cover a day."""
        return rows.filter(first_date__lte=day, last_date__gte=day)


class EditionTable(PortalTable):
    """The calendars that reach a person."""

    caption = _("校历")
    empty_title = _("还没有校历")
    empty_text = _("由省厅发布学期，市、县可以增加特别安排。")
    phone = ("unit", "school_year", "state")

    unit = Column(verbose_name=_("单位"), accessor="unit__name", linkify=("schools:calendar", {"pk": A("pk")}))
    school_year = Column(verbose_name=_("学年"))
    number = Column(verbose_name=_("版次"))
    state = BadgeColumn(EDITION_STATES, verbose_name=_("状态"))
    published_at = DayColumn(verbose_name=_("发布时间"))
    note = Column(verbose_name=_("说明"))

    class Meta(PortalTable.Meta):
        order_by = ("-school_year", "state")

    def render_school_year(self, value: int) -> str:
        """Return both years."""
        return f"{value}–{value + 1}"


class EditionFilter(PortalFilter):
    """What a list of calendars can be narrowed by."""

    state = ChoiceFilter(label=_("状态"), choices=Edition.State.choices)
    first = ("state",)
