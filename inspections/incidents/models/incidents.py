"""Accidents and the versions of what is held of them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.incidents.rules.words import IncidentState
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
    client_id = models.UUIDField(null=True, blank=True, unique=True, help_text="made by the form: a retry is harmless")
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
    reportable = models.BooleanField(_("登记为应报告事项"), default=False)
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    told_health_at = models.DateTimeField(_("通报市场监管、卫生健康部门时间"), null=True, blank=True)
    passed_to_city_at = models.DateTimeField(_("报市级时间"), null=True, blank=True)
    passed_to_province_at = models.DateTimeField(_("报省级时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("应急结束时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("终报时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    rectified_at = models.DateTimeField(_("整改核验时间"), null=True, blank=True)
    rectified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="incidents_rectified"
    )

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
            models.Index(fields=["state", "reported_at"], name="incident_by_state"),
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

    @property
    def label(self) -> str:
        """Return what it is called: a report, or the step it was kept for."""
        steps = {
            (self.Kind.FOLLOW_UP, IncidentState.ENDED): IncidentState.ENDED.label,
            (self.Kind.CHANGE, IncidentState.CLOSED): IncidentState.CLOSED.label,
        }
        step = None if self.softens else steps.get((self.Kind(self.kind), IncidentState(self.facts["state"])))
        return str(step or self.get_kind_display())
