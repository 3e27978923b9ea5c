"""Lists of incidents, vetoes and softenings, and what they can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, ModelChoiceFilter, NumberFilter
from django_tables2 import A

from inspections.incidents import selectors
from inspections.incidents.models import Incident
from inspections.incidents.rules.words import IncidentState, Trigger, VetoState
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalFilter, PortalTable
from schools.register.selectors import bureaus_of

STATES = {"reported": "bad", "handling": "warn", "ended": "info", "final": "info", "closed": "good", "struck": "idle"}
GRADES = {"below": "idle", "general": "warn", "larger": "bad", "major": "bad", "extra": "bad"}
VETOES = {
    "provisional": "info",
    "proposed": "info",
    "active": "veto",
    "dismissed": "idle",
    "lifted": "good",
    "expired": "idle",
}
DECISIONS = {"proposed": "info", "decided": "good", "superseded": "idle", "refused": "warn"}
YEARS = {"min_value": 2009, "max_value": 2100}


class IncidentTable(PortalTable):
    """The incidents a person may see."""

    caption = _("安全事故")
    empty_title = _("没有事故")
    empty_text = _("发生事故先救人，再点“报告事故”。")
    phone = ("number", "school", "kind", "state")

    number = Column(verbose_name=_("编号"), linkify=("inspections:incident", {"pk": A("pk")}), order_by="pk")
    school = Column(verbose_name=_("学校"), accessor="school__name")
    county = Column(verbose_name=_("初审单位"), accessor="county__name")
    kind = Column(verbose_name=_("类型"))
    happened_at = DayColumn(verbose_name=_("发生时间"))
    deaths = NumberColumn(verbose_name=_("死亡（人）"))
    gravely_hurt = NumberColumn(verbose_name=_("重伤（人）"))
    food_cases = NumberColumn(verbose_name=_("病例（例）"))
    grade = Column(verbose_name=_("等级"), empty_values=(), orderable=False)
    state = BadgeColumn(STATES, verbose_name=_("状态"))
    veto = Column(verbose_name=_("否决"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        order_by = "-happened_at"

    def render_grade(self, record: Incident) -> SafeString:
        """Return the grade that counts: decided, or else computed."""
        grade = selectors.facts_of(record).grade
        return badge_html(GRADES[grade], self.value_grade(record))

    def value_grade(self, record: Incident) -> str:
        """Return the same grade for the spreadsheet, and whether it was decided."""
        grade = selectors.facts_of(record).grade.label
        decided = selectors.decided_grade(record) is not None
        return str(grade) if decided else gettext("%(grade)s（测算）") % {"grade": grade}

    def render_veto(self, record: Incident) -> SafeString | str:
        """Return the veto that stands, or that the case is looked into; never more than that."""
        state = selectors.veto_word(record)
        return badge_html(VETOES[state.value], state.label) if state is not None else ""

    def value_veto(self, record: Incident) -> str:
        """Return the same word for the spreadsheet."""
        state = selectors.veto_word(record)
        return str(state.label) if state is not None else ""


def _bureaus(request: Any) -> QuerySet[Unit]:
    return bureaus_of(request.user)


class IncidentFilter(PortalFilter):
    """What a list of incidents can be narrowed by."""

    q = CharFilter(label=_("编号、学校"), method="by_text", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    state = ChoiceFilter(label=_("状态"), choices=IncidentState.choices)
    year = NumberFilter(label=_("发生年度"), field_name="happened_at", lookup_expr="year", **YEARS)
    kind = ChoiceFilter(label=_("类型"), choices=Incident.Kind.choices)
    domain = ChoiceFilter(label=_("领域"), choices=Incident.Domain.choices)
    open = BooleanFilter(label=_("只看未结案"), method="by_open")
    first = ("q", "unit", "state", "year")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep what the text names."""
        return rows.filter(Q(number__icontains=text.strip()) | Q(school__name__icontains=text.strip()))

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep what happened below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)

    def by_open(self, rows: Any, _name: str, wanted: bool) -> Any:
        """Keep what is not settled."""
        return rows.unsettled() if wanted else rows


class VetoTable(PortalTable):
    """The register of vetoes."""

    caption = _("一票否决登记簿")
    empty_title = _("没有否决")
    phone = ("number", "school", "year", "state")

    number = Column(verbose_name=_("编号"), linkify=("inspections:veto", {"pk": A("pk")}))
    school = Column(verbose_name=_("学校"), accessor="school__name")
    county = Column(verbose_name=_("初审单位"), accessor="county__name")
    year = Column(verbose_name=_("否决年度"))
    triggers = Column(verbose_name=_("事由"), orderable=False)
    state = BadgeColumn(VETOES, verbose_name=_("状态"))
    proposed_at = DayColumn(verbose_name=_("提出时间"))
    confirmed_at = DayColumn(verbose_name=_("确认时间"))
    document_no = Column(verbose_name=_("决定文号"))
    window_until = DayColumn(verbose_name=_("影响止"))

    class Meta(PortalTable.Meta):
        order_by = "-proposed_at"

    def render_triggers(self, value: list[str]) -> str:
        """Return the triggers in words."""
        return gettext("；").join(str(Trigger(code).label) for code in value)


class VetoFilter(PortalFilter):
    """What the register can be narrowed by."""

    q = CharFilter(label=_("编号、学校"), method="by_text", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_bureaus, method="by_unit")
    state = ChoiceFilter(label=_("状态"), choices=[it for it in VetoState.choices if it[0] != VetoState.PROVISIONAL])
    year = NumberFilter(label=_("否决年度"), **YEARS)
    first = ("q", "unit", "state", "year")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep what the text names."""
        return rows.filter(Q(number__icontains=text.strip()) | Q(school__name__icontains=text.strip()))

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the vetoes below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)


class SofteningTable(PortalTable):
    """Everything that made, or would make, an incident lighter; it cannot be narrowed (T07)."""

    caption = _("降低性变更清单")
    empty_title = _("没有降低性变更")
    phone = ("incident", "what", "state")

    at = DayColumn(verbose_name=_("提出时间"), orderable=False)
    incident = Column(verbose_name=_("事故"), orderable=False, linkify=lambda record: record.url)
    school = Column(verbose_name=_("学校"), orderable=False)
    county = Column(verbose_name=_("初审单位"), orderable=False)
    what = Column(verbose_name=_("变更"), orderable=False)
    reason = Column(verbose_name=_("理由、文号"), orderable=False)
    by = Column(verbose_name=_("提出人"), orderable=False)
    decided_by = Column(verbose_name=_("决定人"), orderable=False)
    state = BadgeColumn(DECISIONS, verbose_name=_("状态"), orderable=False)

    def render_state(self, record: Any) -> SafeString:
        """Return the state of the proposal."""
        return badge_html(DECISIONS.get(record.state, "idle"), record.state_word)

    def value_state(self, record: Any) -> str:
        """Return the same word for the spreadsheet."""
        return str(record.state_word)
