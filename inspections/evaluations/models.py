"""The annual evaluation: schemes, runs, and each school's result with its proof."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.evaluations.rules.words import Grade
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import School


class SchemeVersion(models.Model):
    """All figures of a year's evaluation, frozen once a run has used them."""

    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("版次"), default=1)
    figures = models.JSONField(help_text="rules.Scheme.to_json")
    incident_figures = models.JSONField(default=dict)
    figures_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("评价方案")
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="one_scheme_per_year_and_number")]

    def __str__(self) -> str:
        return f"{self.year} v{self.number}"


class Run(models.Model):
    """One run of a year over all schools, as known at a moment; a trial (试行) until every register exists."""

    class State(models.TextChoices):
        """Where the run stands."""

        RUNNING = "running", _("计算中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未完成")

    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("次数"))
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="runs")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.RUNNING)
    as_of = models.DateTimeField(_("数据截至"))
    is_trial = models.BooleanField(_("试行"), default=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(_("提出时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    schools = models.PositiveIntegerField(_("学校数"), default=0)
    input_hash = models.CharField(max_length=64, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("年度评价")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_run_per_year_and_number"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(finished_at__isnull=False) & ~Q(result_hash="")),
                name="finished_run_carries_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} #{self.number}"


class Evaluation(Scoped):
    """One school's result in a run: points, the grade without veto, and all inputs; the veto is asked when read."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"

    run = models.ForeignKey(Run, models.PROTECT, related_name="evaluations")
    school = models.ForeignKey(School, models.PROTECT, related_name="evaluations")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="evaluations", help_text="first reviewer on 31 Dec")
    score = models.CharField(
        _("得分"), max_length=8, blank=True, help_text="printed figure; empty where nothing applies"
    )
    score_sort = models.IntegerField(_("得分（百分之一分）"), null=True, blank=True)
    own_grade = models.CharField(_("否决前等次"), max_length=12)
    critical_rectification = models.CharField(_("严重问题整改率"), max_length=8, blank=True)
    supervision = models.CharField(_("督导得分"), max_length=8, blank=True)
    school_days = models.PositiveSmallIntegerField(_("在校日数"), default=0)
    zero_issues = models.JSONField(_("零问题"), default=list)
    caps = models.JSONField(_("封顶"), default=list)
    parts = models.JSONField(_("分项得分"), default=dict)
    indicators = models.JSONField(_("指标得分"), default=dict)
    inputs = models.JSONField(_("计算输入"), default=dict)
    input_hash = models.CharField(max_length=64)

    objects = ScopedQuerySet["Evaluation"].as_manager()

    class Meta:
        verbose_name = _("评价结果")
        constraints = [models.UniqueConstraint(fields=["run", "school"], name="one_result_per_school_and_run")]
        indexes = [
            models.Index(fields=["run", "county"], name="evaluation_by_county"),
            models.Index(fields=["run", "-score_sort"], name="evaluation_by_score"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.school_id}: {self.score}"

    @property
    def own_grade_label(self) -> str:
        """Return the grade the points alone would give, in words."""
        return str(Grade(self.own_grade).label)
