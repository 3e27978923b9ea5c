"""Accidents, what was decided about them, and the one-vote veto."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.incidents.rules.words import DecisionState, Grade, IncidentState, Reporting, Responsibility, VetoState
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place, School


class IncidentQuerySet(ScopedQuerySet["Incident"]):
    """Incidents, and the ways they are asked for."""

    def unsettled(self) -> Self:
        """Keep what is not closed and not struck."""
        return self.exclude(state__in=[IncidentState.CLOSED, IncidentState.STRUCK])

    def counting(self) -> Self:
        """Keep what may count against a school."""
        return self.exclude(state=IncidentState.STRUCK)


class Incident(Scoped):
    """An accident at a school. Its facts live in numbered versions; this row carries the current ones (R97)."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class Kind(models.TextChoices):
        """What happened."""

        FOOD = "food", _("食源性疾病（食物中毒）")
        FIRE = "fire", _("火灾")
        CO = "co", _("一氧化碳中毒")
        ELECTRIC = "electric", _("触电")
        FALL = "fall", _("跌落、磕碰")
        CRUSH = "crush", _("拥挤踩踏")
        COLLAPSE = "collapse", _("建筑物（设施）坍塌倒伏")
        DROWNING = "drowning", _("溺水")
        TRAFFIC = "traffic", _("校内交通")
        MISSING = "missing", _("寄宿生走失")
        EPIDEMIC = "epidemic", _("传染病聚集")
        WATER = "water", _("饮水污染")
        GAS = "gas", _("燃气泄漏爆炸")
        INTRUDER = "intruder", _("外来侵害")
        OTHER = "other", _("其他")

    class Domain(models.TextChoices):
        """Which part of logistics it concerns."""

        CANTEEN = "canteen", _("食堂")
        DORMITORY = "dormitory", _("宿舍")
        CAMPUS = "campus", _("校园")

    number = models.CharField(_("编号"), max_length=20, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="incidents")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="incidents", help_text="first reviewer of that day")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="incidents")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    domain = models.CharField(_("领域"), max_length=10, choices=Domain)
    state = models.CharField(_("状态"), max_length=10, choices=IncidentState, default=IncidentState.REPORTED)
    happened_at = models.DateTimeField(_("发生时间"))
    discovered_at = models.DateTimeField(_("学校发现时间"))
    reported_at = models.DateTimeField(_("报告时间"))
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="incidents_reported")
    reported_by_school = models.BooleanField(_("学校自报"), default=True)
    summary = models.CharField(_("简要经过"), max_length=1000)
    deaths = models.PositiveSmallIntegerField(_("死亡人数"), default=0)
    gravely_hurt = models.PositiveSmallIntegerField(_("重伤（急性中毒）人数"), default=0)
    hurt = models.PositiveSmallIntegerField(_("轻伤人数"), default=0)
    food_cases = models.PositiveSmallIntegerField(_("食源性病例数"), default=0)
    loss_fen = models.PositiveBigIntegerField(_("直接经济损失（分）"), default=0)
    in_scope = models.BooleanField(_("属后勤范围"), default=True)
    reportable = models.BooleanField(_("应报告事项"), default=False)
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    passed_to_city_at = models.DateTimeField(_("报市级时间"), null=True, blank=True)
    passed_to_province_at = models.DateTimeField(_("报省级时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("应急结束时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("终报时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    rectified_at = models.DateTimeField(_("整改核验时间"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("安全事故")
        constraints = [
            models.CheckConstraint(
                condition=Q(discovered_at__gte=F("happened_at")), name="incident_found_after_it_happened"
            ),
            models.CheckConstraint(
                condition=Q(reported_at__gte=F("discovered_at")), name="incident_reported_after_found"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "happened_at"], name="incident_by_school"),
            models.Index(fields=["county", "happened_at"], name="incident_by_county"),
        ]

    def __str__(self) -> str:
        return self.number


class IncidentVersion(models.Model):
    """The facts of an incident as they were held from a moment on: first report, follow-up, final. Insert only."""

    class Kind(models.TextChoices):
        """What kind of report it came with."""

        FIRST = "first", _("初报")
        FOLLOW_UP = "follow_up", _("续报")
        FINAL = "final", _("终报")
        CHANGE = "change", _("更正")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版次"))
    kind = models.CharField(_("报告"), max_length=10, choices=Kind)
    facts = models.JSONField()
    softens = models.BooleanField(_("降低性变更"), default=False)
    text = models.CharField(_("说明"), max_length=1000, blank=True)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("事故报告版本")
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_incident_version_per_number"),
            models.CheckConstraint(
                condition=Q(softens=False) | Q(approved_by__isnull=False), name="softening_is_approved_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("by")), name="softening_is_approved_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} v{self.number}"


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


class GradeDecision(models.Model):
    """How grave an incident is, by both ladders; the next decided one supersedes it."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="grades")
    grade_493 = models.CharField(_("生产安全事故等级"), max_length=8, choices=Grade)
    grade_food = models.CharField(_("食品安全事故等级"), max_length=8, choices=Grade)
    grade = models.CharField(_("认定等级"), max_length=8, choices=Grade)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    authority = models.CharField(_("认定机关"), max_length=80, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("拟定时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)

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


class ResponsibilityFinding(models.Model):
    """How far the school answers for an incident, by document of the finding authority (R52)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="responsibilities")
    degree = models.CharField(_("责任程度"), max_length=8, choices=Responsibility)
    authority = models.CharField(_("认定机关"), max_length=80)
    document_no = models.CharField(_("文号"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("录入时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)

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


class VetoQuerySet(ScopedQuerySet["Veto"]):
    """Vetoes, and the ways they are asked for."""

    def standing(self) -> Self:
        """Keep the vetoes that hold for their year."""
        return self.filter(state__in=[VetoState.ACTIVE, VetoState.EXPIRED])


class Veto(Scoped):
    """One incident's (or three late reports') veto of one year: proposed, confirmed by others, perhaps lifted (R97)."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"

    number = models.CharField(_("编号"), max_length=30, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="vetoes")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="vetoes", help_text="first reviewer of that day")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="vetoes")
    year = models.PositiveSmallIntegerField(_("否决年度"))
    state = models.CharField(_("状态"), max_length=11, choices=VetoState)
    triggers = models.JSONField(_("事由"), default=list)
    basis = models.CharField(_("依据"), max_length=200)
    window_from = models.DateField(_("影响起"))
    window_until = models.DateField(_("影响止"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    proposal = models.CharField(_("提出理由"), max_length=500)
    seconded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seconded_at = models.DateTimeField(_("初核时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    document_no = models.CharField(_("决定文号"), max_length=60, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("解除（驳回）时间"), null=True, blank=True)
    end_cause = models.CharField(_("解除（驳回）依据"), max_length=300, blank=True)

    objects = VetoQuerySet.as_manager()

    class Meta:
        verbose_name = _("一票否决")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "year"],
                condition=Q(state__in=["proposed", "active", "expired"]),
                name="one_standing_veto_per_incident_and_year",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | (~Q(document_no="") & Q(confirmed_by__isnull=False)),
                name="active_veto_names_its_document",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="veto_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="lifted")
                | (~Q(end_cause="") & Q(ended_by__isnull=False, ended_second__isnull=False)),
                name="veto_lifted_for_a_cause_by_two",
            ),
            models.CheckConstraint(
                condition=Q(ended_second__isnull=True) | ~Q(ended_second=F("ended_by")),
                name="veto_lifted_by_two_people",
            ),
        ]
        indexes = [models.Index(fields=["school", "year"], name="veto_by_school_year")]

    def __str__(self) -> str:
        return self.number
