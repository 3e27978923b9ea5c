"""What was found on a slot, revision by revision; a revision that was handed in is never changed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Checklist, Version
from inspections.checks.rules import releases
from inspections.findings.models import Finding
from inspections.schedules.rules import Mark, Timeliness
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place, School


class CheckQuerySet(ScopedQuerySet["Check"]):
    """Checks, and the ways they are asked for."""

    def standing(self) -> Self:
        """Keep the revision that holds for each slot."""
        return self.filter(state__in=[Check.State.RECEIVED, Check.State.RECEIVING])

    def complete(self) -> Self:
        """Keep what counts as handed in."""
        return self.filter(state=Check.State.RECEIVED)


class Check(Scoped):
    """One revision of what was found on a slot.

    `answers` holds one character per item of `version`, in its order: 1 pass, 0 fail, - not applicable, . not
    answered, a, b, c … a choice. `values` holds only numbers, counts, texts, reasons. The row is its own audit row.
    """

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class State(models.TextChoices):
        """Where the revision stands."""

        RECEIVING = "receiving", _("接收中")
        RECEIVED = "received", _("已收到")
        INCOMPLETE = "incomplete", _("不完整")
        SUPERSEDED = "superseded", _("已更正")
        VOIDED = "voided", _("已作废")

    client_id = models.UUIDField(_("端标识"), unique=True)
    content_hash = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, related_name="checks", db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="checks", db_index=False)
    county = models.ForeignKey(
        Unit, models.PROTECT, related_name="checks", help_text="first reviewer of that day", db_index=False
    )
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="checks", db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="checks", db_index=False)
    date = models.DateField(_("日期"))
    seq = models.PositiveSmallIntegerField(_("批次"), default=1)
    revision = models.PositiveSmallIntegerField(_("修订"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    stage = models.CharField(_("已交阶段"), max_length=40, blank=True)
    answers = models.CharField(_("答案"), max_length=120)
    values = models.JSONField(default=dict, blank=True)
    n_fail = models.PositiveSmallIntegerField(_("异常数"), default=0)
    n_na = models.PositiveSmallIntegerField(_("不适用数"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="checks")
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="checks", db_index=False)
    stands_in = models.BooleanField(_("代填"), default=False)
    at = models.DateTimeField(_("填报时间（设备）"), null=True, blank=True)
    skew = models.IntegerField(
        _("设备时钟偏差（秒）"), null=True, blank=True, help_text="phone minus server at sending"
    )
    handed_in_at = models.DateTimeField(_("服务器收到时间"))
    received_at = models.DateTimeField(_("齐全时间"), null=True, blank=True)
    timeliness = models.CharField(_("及时性"), max_length=8, choices=Timeliness, blank=True)
    mark = models.CharField(_("标记"), max_length=14, choices=Mark, blank=True)
    reason = models.CharField(_("补录（更正）理由"), max_length=300, blank=True)
    address = models.CharField(max_length=64, blank=True)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checks_countersigned",
        db_index=False,
    )
    countersigned_at = models.DateTimeField(_("复核签字时间"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="checks_voided", db_index=False
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("作废理由"), max_length=200, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查记录")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "checklist", "date", "seq", "revision"], name="one_check_per_slot_and_revision"
            ),
            models.UniqueConstraint(
                fields=["place", "checklist", "date", "seq"],
                condition=Q(state__in=["receiving", "received"]),
                name="one_standing_check_per_slot",
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(received_at__isnull=False), name="received_check_says_when"
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=models.F("by")),
                name="check_countersigned_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="voided") | Q(voided_by__isnull=False, voided_at__isnull=False),
                name="voided_check_says_who",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "date"], name="check_by_school_day"),
            models.Index(fields=["county", "date"], name="check_by_county_day"),
            models.Index(fields=["-date", "-handed_in_at"], name="checks_latest_first"),
            models.Index(fields=["voided_at"], condition=Q(voided_at__isnull=False), name="voided_checks_by_time"),
        ]

    def __str__(self) -> str:
        return self.receipt_no

    @property
    def receipt_no(self) -> str:
        """Return the receipt number: HZ, the date, eight characters of the check's own id."""
        return f"HZ{self.date:%Y%m%d}{self.client_id.hex[-8:].upper()}"


class Failure(models.Model):
    """An item that failed in a check, and the finding it opened or counted on."""

    check_row = models.ForeignKey(Check, models.PROTECT, related_name="failures", db_column="check_id")
    item_code = models.CharField(_("检查项代码"), max_length=12)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="failures")

    class Meta:
        verbose_name = _("不合格项")
        constraints = [models.UniqueConstraint(fields=["check_row", "item_code"], name="an_item_fails_once_per_check")]

    def __str__(self) -> str:
        return f"{self.check_row_id} {self.item_code}"


class CheckPhoto(models.Model):
    """A photo handed in with a check, for one of its items."""

    check_row = models.ForeignKey(Check, models.PROTECT, related_name="photos", db_column="check_id")
    item_code = models.CharField(_("检查项代码"), max_length=12)
    attachment = models.ForeignKey("records.Attachment", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("检查照片")
        constraints = [
            models.UniqueConstraint(
                fields=["check_row", "item_code", "attachment"], name="one_photo_per_check_and_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_row_id} {self.item_code}"


class AwaitedPhoto(models.Model):
    """A photo that a phone promised with a check and sends after it; the check is whole once all of them are in.

    `sha256` is that of the bytes the phone will send. One given up is waited for no longer, and says why; should it
    come after all, it is kept.
    """

    check_row = models.ForeignKey(Check, models.PROTECT, related_name="awaited", db_column="check_id")
    item_code = models.CharField(_("检查项代码"), max_length=12)
    sha256 = models.CharField(_("照片指纹"), max_length=64)
    from_album = models.BooleanField(_("非现场拍摄"), default=False)
    photo = models.OneToOneField(
        CheckPhoto, models.PROTECT, null=True, blank=True, related_name="promise", verbose_name=_("收到的照片")
    )
    arrived_at = models.DateTimeField(_("照片收到时间"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("不再等待时间"), null=True, blank=True)
    given_up_why = models.CharField(_("不再等待的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("待传照片")
        constraints = [
            models.UniqueConstraint(fields=["check_row", "item_code", "sha256"], name="a_photo_is_promised_once"),
            models.CheckConstraint(
                condition=Q(photo__isnull=True, arrived_at__isnull=True)
                | Q(photo__isnull=False, arrived_at__isnull=False),
                name="arrived_photo_says_when",
            ),
            models.CheckConstraint(
                condition=Q(given_up_at__isnull=True) | ~Q(given_up_why=""), name="given_up_photo_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_row"],
                condition=Q(photo__isnull=True, given_up_at__isnull=True),
                name="photos_still_awaited",
            ),
            models.Index(fields=["arrived_at"], condition=Q(arrived_at__isnull=False), name="promised_photos_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.check_row_id} {self.item_code} {self.sha256[:8]}"


class Release(Scoped):
    """A school's request to correct a check whose slot has closed, and what the first reviewer's office answers.

    A release lets the one who asked hand in one revision until `until`; `used_for` is that revision.
    """

    unit_path: ClassVar[str] = "check_row__school__unit__path"
    unit_key: ClassVar[str] = "check_row__school__unit_id"
    place_key: ClassVar[str] = "check_row__place_id"
    State = releases.State

    check_row = models.ForeignKey(Check, models.PROTECT, related_name="releases", db_column="check_id")
    reason = models.CharField(_("更正理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REQUESTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="asked_releases")
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_releases"
    )
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.CharField(_("答复意见"), max_length=200, blank=True)
    until = models.DateTimeField(_("更正期限"), null=True, blank=True)
    used_for = models.OneToOneField(
        Check, models.PROTECT, null=True, blank=True, related_name="release_used", verbose_name=_("更正后的记录")
    )

    objects = ScopedQuerySet["Release"].as_manager()

    class Meta:
        verbose_name = _("更正申请")
        constraints = [
            models.UniqueConstraint(
                fields=["check_row"], condition=Q(state__in=releases.OPEN), name="one_open_release_per_check"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="release_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "refused", "used", "lapsed"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="release_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "used", "lapsed"]) | Q(until__gt=models.F("decided_at")),
                name="release_says_until_when",
            ),
            models.CheckConstraint(
                condition=Q(state="used", used_for__isnull=False) | (~Q(state="used") & Q(used_for__isnull=True)),
                name="release_used_for_one_correction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_row} {local_date(self.asked_at)}"

    def stands(self, at: datetime) -> releases.State:
        """Return the state as it is at an instant."""
        return releases.stands(self.state, self.until, at)
