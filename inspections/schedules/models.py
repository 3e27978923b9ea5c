"""What frees a slot, and what is written when a slot was missed. Slots themselves are computed, never stored."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Checklist
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place, School


class Exemption(Scoped):
    """Slots of one place that need no check, by request and approval (免检, R112)."""

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class State(models.TextChoices):
        """Where the request stands."""

        REQUESTED = "requested", _("待批")
        APPROVED = "approved", _("已批")
        REFUSED = "refused", _("驳回")
        WITHDRAWN = "withdrawn", _("撤回")
        REVOKED = "revoked", _("撤销")

    class Reason(models.TextChoices):
        """Why nothing can be checked."""

        OUT_OF_USE = "out_of_use", _("场所停用维修")
        NO_MEALS = "no_meals", _("当日不供餐")
        NO_BOARDERS = "no_boarders", _("当晚无人住宿")
        OUTAGE = "outage", _("系统或网络故障")
        OTHER = "other", _("其他")

    place = models.ForeignKey(Place, models.PROTECT, related_name="exemptions")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="exemptions")
    first_date = models.DateField(_("起"))
    last_date = models.DateField(_("止"))
    seq = models.PositiveSmallIntegerField(_("批次"), default=0, help_text="0: every number of the day")
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    text = models.CharField(_("说明"), max_length=300)
    evidence = models.ForeignKey("records.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requested_exemptions")
    requested_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_exemptions"
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)

    objects = ScopedQuerySet["Exemption"].as_manager()

    class Meta:
        verbose_name = _("免检")
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="exemption_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exemption_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("requested_by")),
                name="exemption_approved_by_another_person",
            ),
        ]
        indexes = [models.Index(fields=["place", "first_date"], name="exemption_by_place")]

    def __str__(self) -> str:
        return f"{self.place.school.name}{self.place.name} {self.first_date}"


class Missed(Scoped):
    """A slot that closed without a check; a later exemption or calendar change supersedes it, never deletes it."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class Superseded(models.TextChoices):
        """Why it no longer counts."""

        NO = "", _("有效")
        EXEMPTION = "exemption", _("后补免检")
        CALENDAR = "calendar", _("校历变更")

    place = models.ForeignKey(Place, models.PROTECT, related_name="missed")
    school = models.ForeignKey(School, models.PROTECT, related_name="missed")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="missed")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="missed")
    date = models.DateField(_("日期"))
    seq = models.PositiveSmallIntegerField(_("批次"), default=1)
    due_at = models.DateTimeField(_("应交时间"))
    written_at = models.DateTimeField(_("关账时间"))
    superseded = models.CharField(_("冲销"), max_length=10, choices=Superseded, default=Superseded.NO, blank=True)
    superseded_at = models.DateTimeField(_("冲销时间"), null=True, blank=True)

    objects = ScopedQuerySet["Missed"].as_manager()

    class Meta:
        verbose_name = _("漏检")
        constraints = [
            models.UniqueConstraint(fields=["place", "checklist", "date", "seq"], name="a_slot_is_missed_once"),
            models.CheckConstraint(
                condition=Q(superseded="", superseded_at__isnull=True)
                | (~Q(superseded="") & Q(superseded_at__isnull=False)),
                name="missed_superseded_at_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["county", "date"], name="missed_by_county"),
            models.Index(fields=["school", "date"], name="missed_by_school"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.checklist_id} {self.date}"


class ClosedDay(models.Model):
    """How far the slots of a check-list have been closed: every slot of `date` whose time had run out at `at`."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="closed_days")
    date = models.DateField(_("日期"))
    at = models.DateTimeField(_("关账时间"))
    written = models.PositiveIntegerField(_("漏检数"), default=0)

    class Meta:
        verbose_name = _("关账")
        constraints = [models.UniqueConstraint(fields=["checklist", "date"], name="a_day_is_closed_once_per_checklist")]

    def __str__(self) -> str:
        return f"{self.checklist_id} {self.date}"
