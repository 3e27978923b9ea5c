"""Lists of schools, proposals and imports, and what they can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, ModelChoiceFilter
from django_tables2 import A

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalFilter, PortalTable
from schools.register.models import ImportFile, Proposal, School
from schools.register.selectors import bureaus_of

STATES = {"requested": "info", "agreed": "info", "approved": "good", "refused": "warn", "withdrawn": "idle"}
IMPORT_STATES = {"uploaded": "info", "checked": "info", "refused": "bad", "applied": "good", "cancelled": "idle"}
LIVING, CLOSED = "living", "closed"


class SchoolTable(PortalTable):
    """The schools a person may see."""

    caption = pgettext_lazy("menu", "学校")
    empty_title = _("还没有学校")
    empty_text = _("由主管教育局逐所添加，或用表格批量导入。")
    phone = ("name", "supervisor", "status")

    name = Column(verbose_name=_("学校名称"), linkify=("schools:school", {"pk": A("pk")}))
    code = Column(verbose_name=_("学校代码"))
    supervisor = Column(verbose_name=_("主管单位"), accessor="unit__parent__name")
    kind = Column(verbose_name=_("学校类型"))
    ownership = Column(verbose_name=_("办学性质"))
    is_boarding = Column(verbose_name=_("寄宿制"))
    serves_meals = Column(verbose_name=_("供餐"))
    is_rural_compulsory = Column(verbose_name=_("农村义务教育"))
    pupils = NumberColumn(verbose_name=_("在校生数"))
    boarders = NumberColumn(verbose_name=_("寄宿生数"))
    status = Column(verbose_name=_("状态"), accessor="closed_date", empty_values=())

    class Meta(PortalTable.Meta):
        order_by = "code"

    def render_is_boarding(self, value: bool) -> str:
        """Return yes or no."""
        return gettext("是") if value else gettext("否")

    render_serves_meals = render_is_boarding
    render_is_rural_compulsory = render_is_boarding

    def render_status(self, record: School) -> str:
        """Return whether the school still runs."""
        gone = record.closed_date is not None and record.closed_date < timezone.localdate()
        return badge_html("idle", gettext("已撤并")) if gone else badge_html("good", gettext("在办"))

    def value_status(self, record: School) -> str:
        """Return the same word for the spreadsheet."""
        gone = record.closed_date is not None and record.closed_date < timezone.localdate()
        return gettext("已撤并") if gone else gettext("在办")


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class SchoolFilter(PortalFilter):
    """What a list of schools can be narrowed by."""

    q = CharFilter(label=_("名称、拼音、代码"), method="by_text", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    direct = BooleanFilter(label=_("只看单位直属学校"), method="by_direct")
    kind = ChoiceFilter(label=_("学校类型"), choices=School.Kind.choices)
    status = ChoiceFilter(label=_("状态"), choices=[(LIVING, _("在办")), (CLOSED, _("已撤并"))], method="by_status")
    boarding = BooleanFilter(label=_("寄宿制"), field_name="is_boarding")
    rural = BooleanFilter(label=_("农村义务教育"), field_name="is_rural_compulsory")
    meals = BooleanFilter(label=_("供餐"), field_name="serves_meals")
    ownership = ChoiceFilter(label=_("办学性质"), choices=School.Ownership.choices)
    first = ("q", "unit", "kind", "status")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep what the text names."""
        return rows.matching(text.strip())

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the schools below a bureau."""
        return rows.below(unit)

    def by_direct(self, rows: Any, _name: str, wanted: bool) -> Any:
        """Keep the schools that the chosen bureau runs itself, without those of bureaus below it."""
        unit = self.form.cleaned_data.get("unit")
        return rows.filter(unit__parent=unit) if wanted and unit else rows

    def by_status(self, rows: Any, _name: str, status: str) -> Any:
        """Keep the schools that still run, or those that do not."""
        today = timezone.localdate()
        gone = Q(closed_date__lt=today)
        return rows.filter(gone) if status == CLOSED else rows.living(on=today)


class ProposalTable(PortalTable):
    """Changes that wait for a second person, and those decided."""

    caption = _("变更申请")
    empty_title = _("没有变更申请")
    phone = ("school", "kind", "state")

    school = Column(verbose_name=_("学校"), accessor="school__name", linkify=("schools:proposal", {"pk": A("pk")}))
    kind = Column(verbose_name=_("事项"))
    place = Column(verbose_name=_("场所"), accessor="place__name")
    takes_effect = DayColumn(verbose_name=_("生效日期"))
    asked_by = Column(verbose_name=_("申请人"), accessor="asked_by__full_name")
    asked_at = DayColumn(verbose_name=_("提出时间"))
    state = BadgeColumn(STATES, verbose_name=_("状态"))

    class Meta(PortalTable.Meta):
        order_by = "-asked_at"


class ProposalFilter(PortalFilter):
    """What a list of proposals can be narrowed by."""

    state = ChoiceFilter(label=_("状态"), choices=Proposal.State.choices)
    kind = ChoiceFilter(label=_("事项"), choices=Proposal.Kind.choices)
    first = ("state", "kind")


class ImportTable(PortalTable):
    """The sheets handed in for import."""

    caption = _("学校导入")
    empty_title = _("还没有导入过")
    empty_text = _("下载模板，填好后上传；先预检，没有错误才会写入。")
    phone = ("title", "state", "uploaded_at")

    title = Column(verbose_name=_("文件"), accessor="file__title", linkify=("schools:import", {"pk": A("pk")}))
    unit = Column(verbose_name=_("单位"), accessor="unit__name")
    by = Column(verbose_name=_("上传人"), accessor="by__full_name")
    uploaded_at = DayColumn(verbose_name=_("上传时间"))
    state = BadgeColumn(IMPORT_STATES, verbose_name=_("状态"))
    applied_at = DayColumn(verbose_name=_("导入时间"))

    class Meta(PortalTable.Meta):
        order_by = "-uploaded_at"


class ImportFilter(PortalFilter):
    """What a list of imports can be narrowed by."""

    state = ChoiceFilter(label=_("状态"), choices=ImportFile.State.choices)
    first = ("state",)
