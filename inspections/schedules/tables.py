"""The list of exemptions, and what it can be narrowed by."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter
from django_tables2 import A

from inspections.schedules.models import Exemption
from logistics_portal.kit.forms import DayField
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, PortalFilter, PortalTable

TONES = {"requested": "info", "approved": "good", "refused": "bad", "withdrawn": "idle", "revoked": "idle"}


class ExemptionTable(PortalTable):
    """Exemptions asked for, newest first."""

    caption = _("免检申请")
    empty_title = _("没有免检申请")
    phone: ClassVar[tuple[str, ...]] = ("place", "first_date", "reason", "state")
    file_name = "exemptions"

    place = Column(verbose_name=_("场所"), accessor="place__name", linkify=("inspections:exemption", {"pk": A("pk")}))
    school = Column(verbose_name=_("学校"), accessor="place__school__name")
    checklist = Column(verbose_name=_("检查表"), accessor="checklist__name")
    first_date = DayColumn(verbose_name=_("从"))
    last_date = DayColumn(verbose_name=_("到"))
    reason = Column(verbose_name=_("原因"))
    state = BadgeColumn(TONES, verbose_name=_("状态"))
    requested_at = DayColumn(verbose_name=_("申请时间"))

    class Meta(PortalTable.Meta):
        order_by = ("-requested_at",)

    def render_checklist(self, record: Exemption) -> str:
        """Return the name of the check-list in the reader's language."""
        return record.checklist.label

    value_checklist = render_checklist


class ExemptionFilter(PortalFilter):
    """What the list can be narrowed by."""

    state = ChoiceFilter(label=_("状态"), choices=Exemption.State.choices)
    reason = ChoiceFilter(label=_("原因"), choices=Exemption.Reason.choices)
    since = DateFilter(label=_("从"), field_name="last_date", lookup_expr="gte", widget=DayField().widget)
    until = DateFilter(label=_("到"), field_name="first_date", lookup_expr="lte", widget=DayField().widget)
    first: ClassVar[tuple[str, ...]] = ("state", "reason", "since", "until")
