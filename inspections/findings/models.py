"""What was found wrong at a place, from the moment it is found until it is settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Checklist, Item, in_chinese
from inspections.findings.rules import Origin, Outcome, Severity, State, Step
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import day_end, local_date, midnight
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place, School

MENDED_IN_TIME = Q(
    state__in=[State.REMEDIED, State.CLOSED], remedied_at__lte=F("due_at"), late_before=timedelta(0)
)  # in SQL what `rules.rectified` calls on time


def fell_due(first: date, last: date) -> Q:
    """Return the condition that a deadline fell on one of these days; 24:00 is still the day it ends."""
    return Q(due_at__gt=midnight(first), due_at__lte=day_end(last))


class FindingQuerySet(ScopedQuerySet["Finding"]):
    """Findings, and the ways they are asked for."""

    def open(self) -> Self:
        """Keep what the school still has to put right."""
        return self.filter(state=State.OPEN)

    def tolerated(self, *, on: date) -> Self:
        """Keep what is open and may stay so on that day (限期保留)."""
        return self.open().filter(tolerated_until__gte=on)

    def unsettled(self) -> Self:
        """Keep what is not closed."""
        return self.exclude(state=State.CLOSED)

    def overdue(self, *, at: datetime) -> Self:
        """Keep what is open past its deadline in force."""
        return self.filter(state=State.OPEN, due_at__lt=at).filter(
            Q(tolerated_until__isnull=True) | Q(tolerated_until__lt=local_date(at))
        )

    def waiting(self) -> Self:
        """Keep what waits for verification."""
        return self.filter(state=State.REMEDIED)


class Finding(Scoped):
    """Something wrong at a place. It does not know who found it: checks and visits point down to it (R107)."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"
    place_key: ClassVar[str] = "place_id"

    place = models.ForeignKey(Place, models.PROTECT, related_name="findings")
    school = models.ForeignKey(School, models.PROTECT, related_name="findings")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="findings", help_text="first reviewer of that day")
    checklist = models.ForeignKey(Checklist, models.PROTECT, null=True, blank=True, related_name="findings")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="findings")
    item_code = models.CharField(_("检查项代码"), max_length=12, blank=True)
    title = models.CharField(_("问题"), max_length=200)
    detail = models.CharField(_("情况说明"), max_length=1000, blank=True)
    severity = models.CharField(_("级别"), max_length=8, choices=Severity)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin, default=Origin.OWN_CHECK)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True)
    found_date = models.DateField(_("发现日期"), help_text="date of the slot")
    found_at = models.DateTimeField(_("登记时间"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="findings_found")
    first_due_at = models.DateTimeField(_("首次期限"))
    due_at = models.DateTimeField(_("整改期限"))
    extensions = models.PositiveSmallIntegerField(_("延期次数"), default=0)
    tolerated_until = models.DateField(_("限期保留至"), null=True, blank=True)
    late_before = models.DurationField(_("保留前已超期"), default=timedelta(0), help_text="late when it was tolerated")
    stopped_service = models.BooleanField(_("已停用（停供）"), null=True, blank=True)
    fixer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="findings_to_fix"
    )
    remedy = models.CharField(_("整改措施"), max_length=1000, blank=True)
    remedied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="findings_remedied"
    )
    remedied_at = models.DateTimeField(_("提交整改时间"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="findings_verified"
    )
    verified_at = models.DateTimeField(_("复查时间"), null=True, blank=True)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    recurrences = models.PositiveSmallIntegerField(_("再次发现次数"), default=0)
    rung = models.CharField(_("督办级别"), max_length=30, blank=True)
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("问题")
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gte=F("found_at")), name="finding_due_after_found"),
            models.CheckConstraint(
                condition=~Q(state="remedied")
                | (~Q(remedy="") & Q(remedied_by__isnull=False, remedied_at__isnull=False)),
                name="finding_remedied_says_how_and_who",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="finding_closed_says_how",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(remedied_by__isnull=True) | ~Q(verified_by=F("remedied_by")),
                name="finding_verified_by_another_person",
            ),
            models.CheckConstraint(condition=Q(extensions__lte=1), name="finding_extended_once"),
            models.CheckConstraint(
                condition=~Q(severity="critical") | Q(extensions=0), name="critical_finding_is_never_extended"
            ),
            models.CheckConstraint(
                condition=~Q(severity="critical") | Q(tolerated_until__isnull=True),
                name="critical_finding_is_never_tolerated",
            ),
            models.UniqueConstraint(
                fields=["place", "item_code"],
                condition=~Q(state="closed") & ~Q(item_code="") & Q(origin="own_check"),
                name="one_open_finding_per_place_and_item",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="finding_by_deadline"),
            models.Index(fields=["county", "found_date", "item_code"], name="finding_by_county_day_item"),
            models.Index(fields=["school", "found_date"], name="finding_by_school_day"),
            models.Index(fields=["county", "due_at"], condition=~Q(state="closed"), name="unsettled_finding_by_county"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number people quote: WT, year, id."""
        return f"WT-{self.found_date.year}-{self.pk:06d}"

    @property
    def name(self) -> str:
        """Return the title in the reader's language; what was typed by hand stays as it was typed."""
        english = self.item.text_en if not in_chinese() and self.item_id and self.item else ""
        return gettext("不符合：%(item)s") % {"item": english} if english else self.title


OTHER_STEPS = {
    "open": _("发现问题"),
    "assign": _("指定责任人"),
    "recur": _("再次发现"),
    "correct": _("检查已更正"),
    "ask_extend": _("申请延期"),
    "no_extension": _("不同意延期"),
    "ask_withdraw": _("申请误报撤销"),
    "no_withdraw": _("不同意误报撤销"),
    "ask_tolerate": _("申请限期保留"),
    "fwd_tolerate": _("限期保留报负责人审定"),
    "ret_tolerate": _("退回限期保留申请"),
    "no_tolerate": _("不同意限期保留"),
    "end_tolerate": _("撤销限期保留"),
    "run_out": _("限期保留到期"),
    "told": _("已通知责任人"),
    "remind": _("到期提醒"),
}


class FindingEvent(models.Model):
    """One step in the life of a finding, as its timeline shows it. Insert only."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="events")
    step = models.CharField(_("步骤"), max_length=12, help_text="a Step, or open, assign, recur, ask_extend")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("说明"), max_length=1000, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("整改过程")
        indexes = [models.Index(fields=["finding", "at"], name="finding_event_by_time")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.step}"

    @property
    def word(self) -> str:
        """Return the step as people say it."""
        return str(OTHER_STEPS.get(self.step) or Step(self.step).label)


class FindingPhoto(models.Model):
    """A photo of a finding: as found, or as put right."""

    class Phase(models.TextChoices):
        """What the photo shows."""

        BEFORE = "before", _("整改前")
        AFTER = "after", _("整改后")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="photos")
    attachment = models.ForeignKey("records.Attachment", models.PROTECT, related_name="+")
    phase = models.CharField(_("阶段"), max_length=6, choices=Phase)
    round = models.PositiveSmallIntegerField(_("轮次"), default=0)

    class Meta:
        verbose_name = _("问题照片")
        constraints = [
            models.UniqueConstraint(fields=["finding", "attachment", "phase"], name="one_photo_per_finding_and_phase")
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.phase}"


class ExtensionRequest(models.Model):
    """A school asks for more time before the deadline; the first reviewer answers."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="extension_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    until = models.DateTimeField(_("申请延至"))
    reason = models.CharField(_("理由"), max_length=300)
    granted = models.BooleanField(_("同意"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("延期申请")
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__isnull=True) | Q(answered_at__isnull=False), name="extension_answered_at_some_time"
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(granted__isnull=True), name="one_open_extension_request_per_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} → {self.until:%F}"


class TolerationQuerySet(models.QuerySet["Toleration"]):
    """Structural exemptions, and the ways they are asked for."""

    def waiting(self) -> Self:
        """Keep what the office or its head has yet to answer."""
        return self.filter(state__in=[Toleration.State.ASKED, Toleration.State.FORWARDED])

    def ever_granted(self) -> Self:
        """Keep what was granted, revoked since or not."""
        return self.filter(state__in=[Toleration.State.GRANTED, Toleration.State.REVOKED])


class Toleration(models.Model):
    """A structural fault that may stay until a day (限期保留): asked by the principal, decided by two at the office."""

    class State(models.TextChoices):
        """Where the request stands."""

        ASKED = "asked", _("待初审")
        FORWARDED = "forwarded", _("待审定")
        RETURNED = "returned", _("已退回")
        GRANTED = "granted", _("已同意")
        REFUSED = "refused", _("未同意")
        REVOKED = "revoked", _("已撤销")
        LAPSED = "lapsed", _("不再需要")

    class Cause(models.TextChoices):
        """What about the building stands in the way; no check-list marks its items, so the office states it here."""

        AREA = "area", _("用房面积不足")
        LAYOUT = "layout", _("房屋结构、布局所限")
        WATER = "water", _("给排水管网所限")
        POWER = "power", _("供电容量所限")
        HEATING = "heating", _("供热管网所限")
        FIRE = "fire", _("消防通道、分区所限")
        SITE = "site", _("校园用地所限")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="tolerations")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    reason = models.CharField(_("理由"), max_length=500)
    until_date = models.DateField(_("保留至"))
    cause = models.CharField(_("结构性原因"), max_length=8, choices=Cause, blank=True)
    document = models.CharField(_("依据文号"), max_length=60, blank=True)
    note = models.CharField(_("公示说明"), max_length=300, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("初审人")
    )
    prepared_at = models.DateTimeField(_("初审时间"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    from_date = models.DateField(_("首次保留日"), null=True, blank=True, help_text="of the finding's first toleration")
    old_due_at = models.DateTimeField(_("原整改期限"), null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_why = models.CharField(_("撤销理由"), max_length=500, blank=True)

    objects = TolerationQuerySet.as_manager()

    class Meta:
        verbose_name = _("限期保留")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["forwarded", "granted", "revoked"])
                | (~Q(cause="") & ~Q(document="") & ~Q(note="") & Q(prepared_by__isnull=False)),
                name="toleration_states_cause_document_and_note",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "revoked"])
                | Q(decided_by__isnull=False, decided_at__isnull=False, from_date__isnull=False),
                name="toleration_granted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("prepared_by")) & ~Q(decided_by=F("asked_by")) & ~Q(prepared_by=F("asked_by"))),
                name="toleration_decided_by_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | (Q(revoked_by__isnull=False) & ~Q(revoked_why="")),
                name="toleration_revoked_says_who_and_why",
            ),
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(state__in=["asked", "forwarded"]),
                name="one_waiting_toleration_per_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} → {self.until_date}"
