"""The one-vote veto and how it is lifted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.incidents.models.incidents import Incident
from inspections.incidents.rules.words import DecisionState, Trigger, VetoState
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import School


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

    @property
    def trigger_words(self) -> list[str]:
        """Return why, in words."""
        return [str(Trigger(code).label) for code in self.triggers]


class Lifting(Scoped):
    """A wish to lift a veto, with its cause; another person of the same bureau approves or refuses it (T08)."""

    unit_path: ClassVar[str] = "veto__school__unit__path"
    unit_key: ClassVar[str] = "veto__school__unit_id"

    class Ground(models.TextChoices):
        """What the wish rests on; there is no third ground."""

        APPEAL = "appeal", _("申诉决定")
        FINDING = "finding", _("新的认定代替了原认定")

    veto = models.ForeignKey(Veto, models.PROTECT, related_name="liftings")
    ground = models.CharField(_("依据"), max_length=8, choices=Ground)
    document_no = models.CharField(_("文号"), max_length=60)
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState, default=DecisionState.PROPOSED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="liftings", help_text="bureau that lifts it")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    answer = models.CharField(_("决定意见"), max_length=300, blank=True)

    objects = ScopedQuerySet["Lifting"].as_manager()

    class Meta:
        verbose_name = _("否决解除申请")
        constraints = [
            models.UniqueConstraint(fields=["veto"], condition=Q(state="proposed"), name="one_open_lifting_per_veto"),
            models.CheckConstraint(condition=~Q(document_no=""), name="lifting_names_its_document"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="lifting_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.veto_id} {self.state}"
