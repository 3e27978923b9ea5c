"""The list of campuses, and what it can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter
from django_tables2 import A

from campus.assets.models import Facility
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import Column, NumberColumn, PortalFilter, PortalTable
from schools.register import papers
from schools.register.models import Place
from schools.register.selectors import bureaus_of

SOON, OVER = "soon", "over"


class CampusTable(PortalTable):
    """The campuses a person may see."""

    caption = _("校园设施")
    empty_title = _("还没有登记校园")
    empty_text = _("在学校页面添加校园。")
    phone = ("name", "school", "next_end")

    name = Column(verbose_name=_("校园"), linkify=("campus:campus", {"pk": A("pk")}))
    school = Column(verbose_name=_("学校"), accessor="school__name")
    supervisor = Column(verbose_name=_("主管单位"), accessor="school__unit__parent__name")
    held = NumberColumn(verbose_name=_("在用设施"))
    next_end = Column(verbose_name=_("最近到期"))
    until_date = Column(verbose_name=_("停用日期"))

    class Meta(PortalTable.Meta):
        order_by = "school"

    def render_next_end(self, value: Any) -> str:
        """Return the nearest end of a certificate with the tone of its warning."""
        near = papers.expiry(value, timezone.localdate())
        return badge_html(near.tone, value.isoformat())

    def value_next_end(self, value: Any) -> Any:
        """Return the day itself for the spreadsheet."""
        return value


def _living() -> Q:
    today = timezone.localdate()
    return Q(facilities__until_date__isnull=True) | Q(facilities__until_date__gte=today)


def rows_for(places: QuerySet[Place]) -> QuerySet[Place]:
    """Return campuses with how many facilities are in use and when the next certificate ends."""
    campuses = places.filter(kind=Place.Kind.CAMPUS).select_related("school__unit__parent")
    held = Count("facilities", filter=_living())
    return campuses.annotate(held=held, next_end=Min("facilities__certificate_until", filter=_living()))


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class CampusFilter(PortalFilter):
    """What a list of campuses can be narrowed by."""

    q = CharFilter(label=_("学校"), field_name="school__name", lookup_expr="icontains", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    kind = ChoiceFilter(label=_("有此设施"), choices=Facility.Kind.choices, method="by_kind")
    certificate = ChoiceFilter(
        label=_("检验证书"), choices=[(SOON, _("即将到期")), (OVER, _("已到期"))], method="by_certificate"
    )
    first = ("q", "unit", "kind", "certificate")

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the campuses below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)

    def by_kind(self, rows: Any, _name: str, kind: str) -> Any:
        """Keep the campuses where such a facility is in use."""
        today = timezone.localdate()
        living = Q(until_date__isnull=True) | Q(until_date__gte=today)
        return rows.filter(Exists(Facility.objects.filter(living, place=OuterRef("pk"), kind=kind)))

    def by_certificate(self, rows: Any, _name: str, state: str) -> Any:
        """Keep the campuses with a certificate that runs out, or is over."""
        today = timezone.localdate()
        return rows.filter(next_end__lt=today) if state == OVER else rows.filter(next_end__lte=papers.horizon(today))
