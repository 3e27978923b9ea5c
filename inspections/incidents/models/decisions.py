"""What is decided about an incident: softer facts, grade, responsibility, how it was reported."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.incidents.models.incidents import Incident
from inspections.incidents.rules.words import DecisionState, Grade, Reporting, Responsibility
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class Softening(Scoped):
    """A proposal to change facts so that somebody gains; decided one level above the one that gains."""

    unit_path: ClassVar[str] = "incident__school__unit__path"
    unit_key: ClassVar[str] = "incident__school__unit_id"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="softenings")
    change = models.JSONField(help_text="field → proposed value; strike: true takes the incident off the books")
    reason = models.CharField(_("理由"), max_length=500)
    document_no = models.CharField(_("文号"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState, default=DecisionState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    answer = models.CharField(_("决定意见"), max_length=300, blank=True)

    objects = ScopedQuerySet["Softening"].as_manager()

    class Meta:
        verbose_name = _("降低性变更")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="softening_decided_by_another_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"


class GradeDecision(Scoped):
    """How grave an incident is, by both ladders; the next decided one supersedes it."""

    unit_path: ClassVar[str] = "incident__school__unit__path"
    unit_key: ClassVar[str] = "incident__school__unit_id"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="grades")
    grade_493 = models.CharField(_("生产安全事故等级"), max_length=8, choices=Grade)
    grade_food = models.CharField(_("食品安全事故等级"), max_length=8, choices=Grade)
    grade = models.CharField(_("认定等级"), max_length=8, choices=Grade)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    authority = models.CharField(_("认定机关"), max_length=80, blank=True)
    softens = models.BooleanField(_("低于测算或原认定"), default=False)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("拟定时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)
    answer = models.CharField(_("决定意见"), max_length=300, blank=True)

    objects = ScopedQuerySet["GradeDecision"].as_manager()

    class Meta:
        verbose_name = _("等级认定")
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="decided"), name="one_current_grade_per_incident"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="grade_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.grade}"


class ResponsibilityFinding(Scoped):
    """How far the school answers for an incident, by document of the finding authority (R52)."""

    unit_path: ClassVar[str] = "incident__school__unit__path"
    unit_key: ClassVar[str] = "incident__school__unit_id"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="responsibilities")
    degree = models.CharField(_("责任程度"), max_length=8, choices=Responsibility)
    authority = models.CharField(_("认定机关"), max_length=80)
    document_no = models.CharField(_("文号"), max_length=60)
    softens = models.BooleanField(_("低于原认定"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("录入时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    answer = models.CharField(_("决定意见"), max_length=300, blank=True)

    objects = ScopedQuerySet["ResponsibilityFinding"].as_manager()

    class Meta:
        verbose_name = _("责任认定")
        constraints = [
            models.CheckConstraint(condition=~Q(document_no=""), name="responsibility_names_its_document"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="decided"), name="one_current_responsibility_per_incident"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="responsibility_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.degree}"


class ReportAct(models.Model):
    """An incident reported late (set by the clock), concealed or falsely reported (decided one level above)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="report_acts")
    kind = models.CharField(_("行为"), max_length=10, choices=Reporting)
    limit_at = models.DateTimeField(_("报告时限"))
    text = models.CharField(_("听取学校意见的情况"), max_length=500, blank=True)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("认定时间"))
    dropped_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("报告行为")
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(dropped_at__isnull=True), name="one_report_act_per_incident"
            ),
            models.CheckConstraint(
                condition=Q(kind="late") | Q(decided_by__isnull=False), name="the_clock_only_writes_late"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind}"
