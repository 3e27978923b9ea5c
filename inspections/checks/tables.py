"""The list of checks, and what it can be narrowed by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, ModelChoiceFilter, NumberFilter
from django_tables2 import A

from inspections.checklists.models import Checklist
from inspections.checks.models import Check
from inspections.schedules.rules import Timeliness
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.forms import DayField
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalFilter, PortalTable
from schools.register.models import Place

STATE_TONES = {"received": "good", "receiving": "info", "voided": "bad", "incomplete": "warn"}
RELEASE_TONES = {
    "requested": "info",
    "released": "warn",
    "refused": "bad",
    "withdrawn": "idle",
    "used": "good",
    "lapsed": "idle",
}
LISTED = (
    *("date", "n_fail", "timeliness", "state", "handed_in_at"),
    *("checklist__name", "checklist__name_en", "school__name", "place__name", "by__full_name"),
)
FAILED = (("yes", _("有异常")), ("no", _("没有异常")))


def _checklists() -> list[tuple[str, str]]:
    return [(it.code, it.label) for it in Checklist.objects.order_by("position", "pk")]


class CheckTable(PortalTable):
    """Checks that were handed in, newest first."""

    caption = _("检查记录")
    empty_title = _("没有检查记录")
    phone: ClassVar[tuple[str, ...]] = ("date", "checklist", "place", "n_fail")
    file_name = "checks"

    date = DayColumn(verbose_name=_("日期"), linkify=("inspections:check", {"pk": A("pk")}))
    checklist = Column(verbose_name=_("检查表"), accessor="checklist__name")
    school = Column(verbose_name=_("学校"), accessor="school__name")
    place = Column(verbose_name=_("场所"), accessor="place__name")
    n_fail = NumberColumn(verbose_name=_("异常（项）"))
    timeliness = BadgeColumn({"on_time": "good", "late": "warn", "missed": "bad"}, verbose_name=_("及时性"))
    state = BadgeColumn(STATE_TONES, verbose_name=_("状态"))
    by = Column(verbose_name=_("填报人"), accessor="by__full_name")
    handed_in_at = DayColumn(verbose_name=_("服务器收到"))

    class Meta(PortalTable.Meta):
        order_by = ("-date", "-handed_in_at")

    def render_checklist(self, record: Check) -> str:
        """Return the name of the check-list in the reader's language."""
        return record.checklist.label

    value_checklist = render_checklist


def _units(request: Any) -> QuerySet[Unit]:
    return Unit.objects.visible_to(request.user).bureaus().order_by("path")


class CheckFilter(PortalFilter):
    """What a list of checks can be narrowed by; corrected ones are shown on request only."""

    since = DateFilter(label=_("从"), field_name="date", lookup_expr="gte", widget=DayField().widget)
    until = DateFilter(label=_("到"), field_name="date", lookup_expr="lte", widget=DayField().widget)
    failed = ChoiceFilter(label=_("异常"), choices=FAILED, method="by_failures")
    timeliness = ChoiceFilter(label=_("及时性"), choices=Timeliness.choices)
    q = CharFilter(label=_("学校、场所"), method="by_text", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_units, method="by_unit")
    subject = ChoiceFilter(label=_("场所类别"), choices=Place.Kind.choices, field_name="place__kind")
    checklist = ChoiceFilter(label=_("检查表"), choices=_checklists, field_name="checklist__code")
    school = CharFilter(label=_("学校代码"), field_name="school__code", max_length=20)
    place = NumberFilter(label=_("场所编号"), field_name="place", min_value=1, max_value=2_147_483_647)
    item = CharFilter(label=_("异常项代码"), field_name="failures__item_code", max_length=12)
    first: ClassVar[tuple[str, ...]] = ("since", "until", "failed", "timeliness", "q")

    def by_failures(self, rows: QuerySet[Check], _name: str, value: str) -> QuerySet[Check]:
        """Keep the checks with something wrong, or those without."""
        return rows.filter(n_fail__gt=0) if value == "yes" else rows.filter(n_fail=0)

    def by_text(self, rows: QuerySet[Check], _name: str, value: str) -> QuerySet[Check]:
        """Keep the checks of schools and places whose name holds these words."""
        return rows.filter(Q(school__name__icontains=value) | Q(place__name__icontains=value))

    def by_unit(self, rows: QuerySet[Check], _name: str, value: Unit) -> QuerySet[Check]:
        """Keep the checks at and below a bureau."""
        return rows.filter(school__unit__path__startswith=value.path)
