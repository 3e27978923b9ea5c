"""Lists of results and of runs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from django_tables2 import A

from inspections.checks.models import Check
from inspections.checks.selectors import TONES as STANDINGS
from inspections.checks.tables import LISTED, CheckTable
from inspections.evaluations import selectors
from inspections.evaluations.behind import SlotRow
from inspections.evaluations.models import Evaluation
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import Grade
from inspections.findings import selectors as findings
from inspections.findings.models import Finding
from inspections.findings.tables import FindingTable
from inspections.incidents import selectors as incidents
from inspections.incidents.rules.words import YearVeto
from inspections.incidents.tables import IncidentTable
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import Column, DayColumn, NumberColumn, PortalFilter, PortalTable

TONES = {"excellent": "good", "good": "good", "pass": "info", "fail": "bad", "withheld": "warn", "not_graded": "idle"}


class EvaluationTable(PortalTable):
    """Each school's result of a year."""

    caption = _("年度评价结果")
    empty_title = _("还没有评价结果")
    empty_text = _("省级评价管理员运行年度评价后，这里显示结果。")
    phone = ("school", "score", "grade", "why")

    school = Column(
        verbose_name=_("学校"), accessor="school__name", linkify=("inspections:evaluation", {"pk": A("pk")})
    )
    county = Column(verbose_name=_("初审单位"), accessor="county__name")
    score = NumberColumn(verbose_name=_("否决前得分"), order_by="score_sort", empty_values=())
    grade = Column(verbose_name=_("等次"))
    own_grade = Column(verbose_name=_("否决前等次"))
    school_days = NumberColumn(verbose_name=_("全年在校日"))
    why = Column(verbose_name=_("未评优秀的原因"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        order_by = "-score"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._schemes: dict[int, Scheme] = {}  # read once a run, not once a row

    def render_score(self, record: Evaluation) -> str:
        """Return the printed score; a dash where nothing applies."""
        return record.score or "—"

    value_score = render_score

    def render_grade(self, record: Any) -> str:
        """Return the grade as it stands now; a vetoed one says so."""
        if record.veto == YearVeto.ACTIVE:
            return badge_html("veto", self.value_grade(record))
        return badge_html(TONES[record.grade], str(Grade(record.grade).label))

    def value_grade(self, record: Any) -> str:
        """Return the grade in words."""
        vetoed = record.veto == YearVeto.ACTIVE
        return gettext("不合格（一票否决）") if vetoed else str(Grade(record.grade).label)

    def render_own_grade(self, record: Evaluation) -> str:
        """Return the grade the points alone would give."""
        return str(Grade(record.own_grade).label)

    value_own_grade = render_own_grade

    def render_why(self, record: Any) -> str:
        """Return what stands between the result and 优秀; a dash where nothing does."""
        return self.value_why(record) or "—"

    def value_why(self, record: Any) -> str:
        """Return the same reasons for the spreadsheet."""
        scheme = self._schemes.get(record.run_id)
        if scheme is None:
            scheme = self._schemes[record.run_id] = Scheme.from_json(record.run.scheme.figures)
        return selectors.why_not_excellent(record, Grade(record.grade), YearVeto(record.veto), scheme)


class SlotTable(PortalTable):
    """Slots a figure was counted from, newest first."""

    caption = _("应检的检查")
    empty_title = _("没有这样的检查")
    phone = ("date", "checklist", "place", "standing")
    file_name = "slots"

    date = DayColumn(verbose_name=_("日期"), linkify=lambda record: record.get_absolute_url())
    checklist = Column(verbose_name=_("检查表"))
    place = Column(verbose_name=_("场所"))
    due_at = DayColumn(verbose_name=_("应交时间"))
    standing = Column(verbose_name=_("结果"))

    def render_standing(self, record: SlotRow) -> str:
        """Return what became of the slot."""
        return badge_html(STANDINGS[record.standing], str(record.standing.label))

    def value_standing(self, record: SlotRow) -> str:
        """Return the same word for the spreadsheet."""
        return str(record.standing.label)


def table_of(rows: Any) -> tuple[type[PortalTable], Any]:
    """Return the table that shows these rows, and the rows with all it reads."""
    if isinstance(rows, list):
        return SlotTable, rows
    if rows.model is Check:
        return CheckTable, rows.select_related("checklist", "school", "place", "by").only(*LISTED)
    if rows.model is Finding:
        return FindingTable, findings.with_weight(rows.select_related("school", "place", "county", "item"))
    shown = rows.select_related("school", "county").prefetch_related(*incidents.with_decisions())
    return IncidentTable, shown


class EvaluationFilter(PortalFilter):
    """What the results of a year can be narrowed by."""

    first = ("q", "grade", "veto")
    kept = ("year", "run")

    q = CharFilter(label=_("学校或单位"), method="find")
    grade = ChoiceFilter(label=_("等次"), choices=Grade.choices)
    veto = ChoiceFilter(label=_("一票否决"), choices=YearVeto.choices)

    def find(self, rows: QuerySet[Evaluation], _name: str, text: str) -> QuerySet[Evaluation]:
        """Keep the schools or bureaus whose name or code contains the text."""
        wanted = Q(school__name__icontains=text) | Q(school__code__startswith=text.upper())
        return rows.filter(wanted | Q(county__name__icontains=text) | Q(school__initials__startswith=text.lower()))
