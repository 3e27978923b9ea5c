"""The list of dormitory buildings, and what it can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, ModelChoiceFilter
from django_tables2 import A

from dormitories.buildings.models import Building
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.tables import Column, DayColumn, NumberColumn, PortalFilter, PortalTable
from schools.register.selectors import bureaus_of


class BuildingTable(PortalTable):
    """The dormitory buildings a person may see."""

    caption = _("宿舍")
    empty_title = _("还没有登记宿舍楼")
    empty_text = _("在学校页面添加宿舍楼。")
    phone = ("name", "school", "beds")

    name = Column(verbose_name=_("宿舍楼"), linkify=("dormitories:building", {"pk": A("pk")}))
    school = Column(verbose_name=_("学校"), accessor="school__name")
    supervisor = Column(verbose_name=_("主管单位"), accessor="school__unit__parent__name")
    sex = Column(verbose_name=_("入住对象"), accessor="building__sex")
    floors = NumberColumn(verbose_name=_("楼层数"), accessor="building__floors")
    beds = NumberColumn(verbose_name=_("核定床位"), accessor="building__beds")
    boarders = NumberColumn(verbose_name=_("本学期住宿生数"), accessor="building__boarders")
    duty_minimum = NumberColumn(verbose_name=_("每班最低值守人数"), accessor="building__duty_minimum")
    until_date = DayColumn(verbose_name=_("停用日期"))

    class Meta(PortalTable.Meta):
        order_by = "school"


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class BuildingFilter(PortalFilter):
    """What a list of buildings can be narrowed by."""

    q = CharFilter(label=_("学校"), field_name="school__name", lookup_expr="icontains", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    sex = ChoiceFilter(label=_("入住对象"), choices=Building.Sex.choices, field_name="building__sex")
    stove = BooleanFilter(label=_("炉具取暖"), field_name="building__stove_heating")
    first = ("q", "unit", "sex")

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the buildings below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)
