"""Lists of results and of runs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter
from django_tables2 import A

from inspections.evaluations.models import Evaluation
from inspections.evaluations.rules.words import Grade
from inspections.incidents.rules.words import YearVeto
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import Column, NumberColumn, PortalFilter, PortalTable

TONES = {"excellent": "good", "good": "good", "pass": "info", "fail": "bad", "withheld": "warn", "not_graded": "idle"}


class EvaluationTable(PortalTable):
    """Each school's result of a year."""

    caption = _("年度评价结果")
    empty_title = _("还没有评价结果")
    empty_text = _("省级评价管理员运行年度评价后，这里显示结果。")
    phone = ("school", "score", "grade")

    school = Column(
        verbose_name=_("学校"), accessor="school__name", linkify=("inspections:evaluation", {"pk": A("pk")})
    )
    county = Column(verbose_name=_("初审单位"), accessor="county__name")
    score = NumberColumn(verbose_name=_("否决前得分"), order_by="score_sort", empty_values=())
    grade = Column(verbose_name=_("等次"))
    own_grade = Column(verbose_name=_("否决前等次"))
    school_days = NumberColumn(verbose_name=_("在校日"))

    class Meta(PortalTable.Meta):
        order_by = "-score"

    def render_score(self, record: Evaluation) -> str:
        """Return the printed score; a dash where nothing applies."""
        return record.score or "—"

    value_score = render_score

    def render_grade(self, record: Any) -> str:
        """Return the grade as it stands now; a veto has its own badge."""
        if record.veto == YearVeto.ACTIVE:
            return badge_html("veto", gettext("一票否决"))
        return badge_html(TONES[record.grade], str(Grade(record.grade).label))

    def value_grade(self, record: Any) -> str:
        """Return the grade in words."""
        vetoed = record.veto == YearVeto.ACTIVE
        return gettext("不合格（一票否决）") if vetoed else str(Grade(record.grade).label)

    def render_own_grade(self, record: Evaluation) -> str:
        """Return the grade the points alone would give."""
        return str(Grade(record.own_grade).label)

    value_own_grade = render_own_grade


class EvaluationFilter(PortalFilter):
    """What the results of a year can be narrowed by."""

    first = ("q", "grade", "veto")

    q = CharFilter(label=_("学校或单位"), method="find")
    grade = ChoiceFilter(label=_("等次"), choices=Grade.choices)
    veto = ChoiceFilter(label=_("一票否决"), choices=YearVeto.choices)

    def find(self, rows: QuerySet[Evaluation], _name: str, text: str) -> QuerySet[Evaluation]:
        """Keep the schools or bureaus whose name or code contains the text."""
        wanted = Q(school__name__icontains=text) | Q(school__code__startswith=text.upper())
        return rows.filter(wanted | Q(county__name__icontains=text) | Q(school__initials__startswith=text.lower()))
