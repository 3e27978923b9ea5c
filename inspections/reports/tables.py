"""The list of reports."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from django_tables2 import A

from inspections.reports import words
from inspections.reports.models import Report
from inspections.reports.rules import PeriodKind, parse
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalFilter, PortalTable

STATES = {"ordered": "info", "issued": "good", "superseded": "idle", "parked": "bad"}


class ReportTable(PortalTable):
    """The reports a person may read."""

    caption = _("报告中心")
    empty_title = _("还没有报告")
    empty_text = _("周报、月报在各日关账后自动生成。")
    phone = ("period", "unit", "state")

    period = Column(verbose_name=_("期间"), linkify=("inspections:report", {"pk": A("pk")}), order_by=("last_date",))
    kind = Column(verbose_name=_("类别"))
    unit = Column(verbose_name=_("单位"), accessor="unit__name")
    version = NumberColumn(verbose_name=_("版次"))
    state = BadgeColumn(STATES, verbose_name=_("状态"))
    issued_at = DayColumn(verbose_name=_("发出时间"))

    class Meta(PortalTable.Meta):
        order_by = ("-period",)

    def render_period(self, record: Report) -> str:
        """Return the period as titles write it: 2026年第46周."""
        return words.period_text(parse(record.period))

    value_period = render_period


class ReportFilter(PortalFilter):
    """What reports can be narrowed by."""

    first = ("q", "kind", "state")

    q = CharFilter(label=_("单位或期间"), method="find")
    kind = ChoiceFilter(label=_("类别"), choices=PeriodKind.choices)
    state = ChoiceFilter(label=_("状态"), choices=Report.State.choices)

    def find(self, rows: QuerySet[Report], _name: str, text: str) -> QuerySet[Report]:
        """Keep the bureaus whose name or code, or the periods whose key, contain the text."""
        return rows.filter(Q(unit__name__icontains=text) | Q(unit__code__startswith=text) | Q(period__icontains=text))
