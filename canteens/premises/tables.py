"""The list of canteens, and what it can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, ModelChoiceFilter
from django_tables2 import A

from canteens.premises.models import Canteen, Supply
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import Column, NumberColumn, PortalFilter, PortalTable
from schools.register import papers
from schools.register.models import Place
from schools.register.selectors import bureaus_of

SOON, OVER, NONE = "soon", "over", "none"


class CanteenTable(PortalTable):
    """The canteens a person may see."""

    caption = pgettext_lazy("menu", "食堂")
    empty_title = _("还没有登记食堂")
    empty_text = _("在学校页面添加食堂。")
    phone = ("name", "mode", "licence_until")

    name = Column(verbose_name=_("食堂"), linkify=("canteens:canteen", {"pk": A("pk")}))
    school = Column(verbose_name=_("学校"), accessor="school__name")
    supervisor = Column(verbose_name=_("主管单位"), accessor="school__unit__parent__name")
    mode = Column(verbose_name=_("供餐方式"), accessor="mode_now")
    seats = NumberColumn(verbose_name=_("座位数"), accessor="canteen__seats")
    diners = NumberColumn(verbose_name=_("每餐就餐人数"), accessor="canteen__diners")
    licence_no = Column(verbose_name=_("许可证号"), accessor="canteen__licence_no")
    licence_until = Column(verbose_name=_("许可证有效期至"), accessor="canteen__licence_until")
    until_date = Column(verbose_name=_("停用日期"))

    class Meta(PortalTable.Meta):
        order_by = "school"

    def render_mode(self, value: str) -> str:
        """Return the mode in words."""
        return str(Supply.Mode(value).label)

    def render_licence_until(self, value: Any) -> str:
        """Return the last day with the tone of its warning."""
        near = papers.expiry(value, timezone.localdate())
        return badge_html(near.tone, value.isoformat())

    def value_licence_until(self, value: Any) -> Any:
        """Return the day itself for the spreadsheet."""
        return value


def rows_for(places: QuerySet[Place]) -> QuerySet[Place]:
    """Return canteens with the mode of supply in force today."""
    today = timezone.localdate()
    held = Q(until_date__isnull=True) | Q(until_date__gte=today)
    now = Supply.objects.filter(held, canteen__place=OuterRef("pk"), from_date__lte=today).order_by("-from_date")
    canteens = places.filter(kind=Place.Kind.CANTEEN).select_related("canteen", "school__unit__parent")
    return canteens.annotate(mode_now=Subquery(now.values("mode")[:1], output_field=CharField()))


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class CanteenFilter(PortalFilter):
    """What a list of canteens can be narrowed by."""

    q = CharFilter(label=_("学校"), field_name="school__name", lookup_expr="icontains", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    mode = ChoiceFilter(label=_("供餐方式"), choices=Supply.Mode.choices, field_name="mode_now")
    licence = ChoiceFilter(
        label=_("许可证"),
        choices=[(SOON, _("即将到期")), (OVER, _("已到期")), (NONE, _("未登记"))],
        method="by_licence",
    )
    filed = BooleanFilter(label=_("已建档"), method="by_file")
    first = ("q", "unit", "mode", "licence")

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the canteens below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)

    def by_licence(self, rows: Any, _name: str, state: str) -> Any:
        """Keep the canteens whose licence runs out, is over, or is not on file."""
        today = timezone.localdate()
        if state == NONE:
            return rows.filter(canteen__licence_until__isnull=True)
        if state == OVER:
            return rows.filter(canteen__licence_until__lt=today)
        return rows.filter(canteen__licence_until__lte=papers.horizon(today))

    def by_file(self, rows: Any, _name: str, filed: bool) -> Any:
        """Keep the canteens with a file, or without."""
        file = Exists(Canteen.objects.filter(place=OuterRef("pk")))
        return rows.filter(file if filed else ~file)
