"""The list of findings and what it can be narrowed by."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, ModelChoiceFilter
from django_tables2 import A

from inspections.findings import selectors
from inspections.findings.models import MENDED_IN_TIME, Finding
from inspections.findings.people import REVIEWING, at_school_of
from inspections.findings.rules import Origin, Outcome, Severity, State
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import day_end, midnight, until_text
from logistics_portal.kit.forms import DayField
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalFilter, PortalTable
from schools.register.models import Place

UNSETTLED, ALL = "unsettled", "all"
LATE = [("true", _("超期")), ("false", _("未超期"))]
REVIEWERS = [("own", _("本单位初审"))]
KEPT = [("true", _("限期保留")), ("false", _("不保留"))]
NOT_CRITICAL = "not_critical"
WEIGHTS = [*Severity.choices, (NOT_CRITICAL, _("严重以外"))]
COUNTED, IN_TIME, NOT_IN_TIME = "counted", "in_time", "not_in_time"
MENDED = [(COUNTED, _("计入整改率（不含误报撤销）")), (IN_TIME, _("按期整改")), (NOT_IN_TIME, _("未按期整改"))]
STATES = [(UNSETTLED, _("未销号")), *State.choices, (ALL, _("全部"))]


class FindingTable(PortalTable):
    """Findings, the worst first."""

    caption = _("问题整改")
    empty_title = _("没有待办的问题")
    empty_text = _("检查发现的问题会自动出现在这里。")
    phone = ("title", "place", "deadline", "state")
    file_name = "findings"

    title = Column(verbose_name=_("问题"), linkify=("inspections:finding", {"pk": A("pk")}))
    number = Column(verbose_name=_("编号"), orderable=False)
    school = Column(verbose_name=_("学校"), accessor="school__name")
    place = Column(verbose_name=_("场所"), accessor="place__name")
    county = Column(verbose_name=_("初审单位"), accessor="county__name")
    severity = BadgeColumn(selectors.SEVERITY_TONES, verbose_name=_("级别"))
    state = BadgeColumn(selectors.STATE_TONES, verbose_name=_("状态"))
    deadline = Column(verbose_name=_("整改期限"), accessor="due_at", order_by=("due_at",))
    found_date = DayColumn(verbose_name=_("发现日期"))
    recurrences = NumberColumn(verbose_name=_("再次发现（次）"))
    returns = NumberColumn(verbose_name=_("退回（次）"))
    weight = Column(visible=False, exclude_from_export=True, order_by=("weight", "due_at"))

    class Meta(PortalTable.Meta):
        order_by = ("weight",)

    def render_title(self, record: Finding) -> str:
        """Return what was not met, in the reader's language."""
        return record.name

    value_title = render_title

    def render_deadline(self, record: Finding) -> SafeString:
        """Return how much time is left or how late it is."""
        now = timezone.now()
        return badge_html(selectors.deadline_tone(record, now), selectors.deadline_words(record, now))

    def value_deadline(self, record: Finding) -> Any:
        """Return the deadline itself for the spreadsheet."""
        return until_text(record.due_at)


def _units(request: Any) -> QuerySet[Unit]:
    return Unit.objects.visible_to(request.user).bureaus().order_by("path")


class FindingFilter(PortalFilter):
    """What a list of findings can be narrowed by; without a state it shows what is not settled."""

    state = ChoiceFilter(label=_("状态"), choices=STATES, method="by_state", empty_label=_("未销号"))
    severity = ChoiceFilter(label=_("级别"), choices=WEIGHTS, method="by_severity")
    overdue = ChoiceFilter(label=_("期限"), choices=LATE, method="by_overdue")
    tolerated = ChoiceFilter(label=_("限期保留"), choices=KEPT, method="by_tolerated")
    reviewer = ChoiceFilter(label=_("初审"), choices=REVIEWERS, method="by_reviewer")
    q = CharFilter(label=_("学校、问题"), method="by_text", max_length=60)
    unit = ModelChoiceFilter(label=_("单位"), queryset=_units, method="by_unit")
    direct = BooleanFilter(label=_("只看单位直属学校"), method="by_direct")
    subject = ChoiceFilter(label=_("场所类别"), choices=Place.Kind.choices, field_name="place__kind")
    item = CharFilter(label=_("检查项代码"), field_name="item_code", max_length=12)
    origin = ChoiceFilter(label=_("来源"), choices=Origin.choices)
    school = CharFilter(label=_("学校代码"), field_name="school__code", max_length=20)
    since = DateFilter(label=_("发现日期起"), field_name="found_date", lookup_expr="gte")
    until = DateFilter(label=_("发现日期止"), field_name="found_date", lookup_expr="lte")
    first = ("state", "severity", "overdue", "q")

    due_since = DateFilter(label=_("整改期限起"), method="by_due_since")
    due_until = DateFilter(label=_("整改期限止"), method="by_due_until")
    mended = ChoiceFilter(label=_("按期整改"), choices=MENDED, method="by_mended")

    since.field_class = DayField
    until.field_class = DayField
    due_since.field_class = DayField
    due_until.field_class = DayField

    def filter_queryset(self, queryset: Any) -> Any:
        """Keep what is not settled unless a state is asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.unsettled()

    def by_state(self, rows: Any, _name: str, state: str) -> Any:
        """Keep the findings in a state."""
        if state == ALL:
            return rows
        return rows.unsettled() if state == UNSETTLED else rows.filter(state=state)

    def by_severity(self, rows: Any, _name: str, severity: str) -> Any:
        """Keep the findings of a weight, or all but the critical ones."""
        return rows.exclude(severity=Severity.CRITICAL) if severity == NOT_CRITICAL else rows.filter(severity=severity)

    def by_overdue(self, rows: Any, _name: str, late: str) -> Any:
        """Keep what is late, or what is not."""
        now = timezone.now()
        return rows.overdue(at=now) if late == "true" else rows.exclude(pk__in=rows.model.objects.overdue(at=now))

    def by_tolerated(self, rows: Any, _name: str, tolerated: str) -> Any:
        """Keep what may stay for now (限期保留), or what may not."""
        today = timezone.localdate()
        return (
            rows.tolerated(on=today)
            if tolerated == "true"
            else rows.exclude(pk__in=rows.model.objects.tolerated(on=today))
        )

    def by_reviewer(self, rows: Any, _name: str, _whose: str) -> Any:
        """Keep the findings of the schools that the reader's own office reviews."""
        return rows.filter(at_school_of(self.request.user, REVIEWING))

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep what the text names: a school, a finding's title or its number."""
        text = text.strip()
        found = (
            Q(school__name__icontains=text) | Q(title__icontains=text) | Q(school__initials__startswith=text.lower())
        )
        digits = text.rpartition("-")[2]
        if text.upper().startswith("WT-") and digits.isascii() and digits.isdigit():
            found |= Q(pk=int(digits))
        return rows.filter(found)

    def by_unit(self, rows: Any, _name: str, unit: Unit) -> Any:
        """Keep the findings of schools below a bureau."""
        return rows.filter(school__unit__path__startswith=unit.path)

    def by_direct(self, rows: Any, _name: str, wanted: bool) -> Any:
        """Keep the findings of the schools that the chosen bureau runs itself, without those of bureaus below it."""
        unit = self.form.cleaned_data.get("unit")
        return rows.filter(school__unit__parent=unit) if wanted and unit else rows

    def by_due_since(self, rows: Any, _name: str, day: date) -> Any:
        """Keep what fell due on a day or after."""
        return rows.filter(due_at__gt=midnight(day))

    def by_due_until(self, rows: Any, _name: str, day: date) -> Any:
        """Keep what fell due by the end of a day."""
        return rows.filter(due_at__lte=day_end(day))

    def by_mended(self, rows: Any, _name: str, how: str) -> Any:
        """Keep what counts for the rate of rectification: all of it, what was in time, what was not."""
        counted = rows.exclude(outcome=Outcome.WITHDRAWN)
        if how == COUNTED:
            return counted
        in_time = rows.model.objects.filter(MENDED_IN_TIME)
        return counted.filter(MENDED_IN_TIME) if how == IN_TIME else counted.exclude(pk__in=in_time)


def shown_state(finding: Finding) -> str:
    """Return the state as people say it: 已退回 when a finding came back."""
    if finding.state == State.OPEN and finding.returns:
        return gettext("已退回，待整改")
    return str(finding.get_outcome_display() or finding.get_state_display())
