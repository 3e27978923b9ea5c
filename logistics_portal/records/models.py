"""Tables of the record-keeping: nothing here is ever overwritten but the state of a job and a notice's read mark."""

from __future__ import annotations

import secrets
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dated import held
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from logistics_portal.records.hours import Urgency
from logistics_portal.records.rules import Bounds, Kind, State, Theme
from logistics_portal.records.sayings import told


def random_name() -> str:
    """Return 128 random bits as a name nobody can guess."""
    return secrets.token_hex(16)


class AuditRow(Scoped):
    """One act or one refusal: who, on which post, did what to which record, when and from where. Insert only."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class Outcome(models.TextChoices):
        """Whether the act took place."""

        DONE = "done", _("已办理")
        REFUSED = "refused", _("被拒绝")

    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="acts")
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True, blank=True, related_name="acts")
    verb = models.CharField(_("动作"), max_length=60)
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome, default=Outcome.DONE)
    on_table = models.CharField(_("对象类别"), max_length=60, blank=True)
    on_id = models.BigIntegerField(_("对象编号"), null=True, blank=True)
    on_label = models.CharField(_("对象"), max_length=200, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="acts")
    before = models.JSONField(_("之前"), default=dict, blank=True)
    after = models.JSONField(_("之后"), default=dict, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    address = models.CharField(_("来自"), max_length=64, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=36, blank=True)

    objects = ScopedQuerySet["AuditRow"].as_manager()

    class Meta:
        verbose_name = _("操作记录")
        indexes = [
            models.Index(fields=["on_table", "on_id", "at"], name="audit_by_record"),
            models.Index(fields=["unit", "at"], name="audit_by_unit"),
            models.Index(fields=["by", "at"], name="audit_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.on_table}#{self.on_id}"


class Attachment(Scoped):
    """A photo or paper kept outside the public folder; the bytes may go (下架), the hash and this row stay."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"
    place_key: ClassVar[str] = "place_id"

    class Kind(models.TextChoices):
        """What the file is."""

        PHOTO = "photo", _("照片")
        PAPER = "paper", _("文件")
        SHEET = "sheet", _("表格")

    name = models.CharField(max_length=32, unique=True, default=random_name, editable=False)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    title = models.CharField(_("原文件名"), max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64, db_index=True)
    source_sha256 = models.CharField(max_length=64, db_index=True, help_text="hash of the bytes as they were handed in")
    width = models.PositiveSmallIntegerField(null=True, blank=True)
    height = models.PositiveSmallIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间（设备）"), null=True, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="attachments")
    place = models.ForeignKey("schools.Place", models.PROTECT, null=True, blank=True, related_name="attachments")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="attachments")
    added_at = models.DateTimeField(_("上传时间"))
    removed_at = models.DateTimeField(_("下架时间"), null=True, blank=True)

    objects = ScopedQuerySet["Attachment"].as_manager()

    class Meta:
        verbose_name = _("附件")
        indexes = [models.Index(fields=["unit", "added_at"], name="attachment_by_unit_and_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        """Return where the bytes lie below MEDIA_ROOT."""
        return f"{self.name[:2]}/{self.name[2:4]}/{self.name}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, and the ways they are asked for."""

    def unread(self) -> Self:
        """Keep what its reader has not opened."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """A line in somebody's inbox; the same event never tells the same person twice."""

    Urgency = Urgency

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    key = models.CharField(max_length=120)
    urgency = models.CharField(_("缓急"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    title = models.CharField(_("标题"), max_length=120)
    text = models.CharField(_("内容"), max_length=500, blank=True)
    said = models.JSONField(_("内容要素"), default=dict, blank=True, help_text="title and text as told(…) reads them")
    url = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    delivery = models.ForeignKey(
        "Delivery", models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name=_("消息邮件")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        constraints = [models.UniqueConstraint(fields=["to", "key"], name="one_notice_per_person_and_event")]
        indexes = [
            models.Index(fields=["to", "read_at", "at"], name="notice_inbox"),
            models.Index(
                fields=["urgency", "at"], condition=Q(delivery__isnull=True, read_at__isnull=True), name="notice_unsent"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def head(self) -> str:
        """Return the title in the reader's language; an old notice stays as it was written."""
        return told(self.said["title"]) if "title" in self.said else self.title

    @property
    def body(self) -> str:
        """Return the text in the reader's language; what somebody typed stays as it was typed."""
        return told(self.said["text"]) if "text" in self.said else self.text


class Delivery(models.Model):
    """A mail to one person: a digest of ordinary notices, or one alarm. The same key never makes a second one."""

    class State(models.TextChoices):
        """Where the mail stands."""

        WAITING = "waiting", _("待发")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发")
        GIVEN_UP = "given_up", _("未送达")

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=40)
    urgency = models.CharField(_("缓急"), max_length=8, choices=Urgency)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("应发时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    error = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("消息邮件")
        constraints = [
            models.UniqueConstraint(fields=["to", "key"], name="one_mail_per_person_and_digest"),
            models.CheckConstraint(
                condition=(Q(state="sent") & Q(sent_at__isnull=False)) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["urgency", "due_at"], condition=Q(state__in=["waiting", "sending"]), name="mail_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Job(Scoped):
    """Background work: this row is the truth, the broker only wakes a worker up."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class State(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", _("排队")
        RUNNING = "running", _("运行")
        DONE = "done", _("完成")
        PARKED = "parked", _("搁置")
        CANCELLED = "cancelled", _("取消")

    kind = models.CharField(_("任务"), max_length=80, help_text="name of the Celery task")
    key = models.CharField(_("标识"), max_length=160)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    payload = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    done_steps = models.PositiveIntegerField(_("已完成"), default=0)
    all_steps = models.PositiveIntegerField(_("共"), default=0)
    message = models.CharField(_("进展"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="jobs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs")
    created_at = models.DateTimeField(_("提出时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = ScopedQuerySet["Job"].as_manager()

    class Meta:
        verbose_name = _("后台任务")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_job_per_kind_and_key")]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_sweep")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def percent(self) -> int:
        """Return how much is done, 0 to 100."""
        if self.state == Job.State.DONE:
            return 100
        return 100 * self.done_steps // self.all_steps if self.all_steps else 0


class ParameterQuerySet(models.QuerySet["Parameter"]):
    """Parameters, and the ways they are asked for."""

    def in_force(self, *, on: date) -> Self:
        """Keep the values that hold on a day."""
        return self.filter(held(on, since="valid_from", until="valid_to"))


class ParameterChange(models.Model):
    """A new value of a figure from a day on: proposed by one person of the province, decided by another."""

    code = models.CharField(_("代码"), max_length=60)
    value = models.CharField(_("新值"), max_length=60)
    valid_from = models.DateField(_("生效日期"))
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="parameters_proposed")
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="parameters_decided"
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("参数变更")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(state=State.PROPOSED), name="one_open_change_per_parameter"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.PROPOSED, State.WITHDRAWN]) | ~Q(decided_by=F("proposed_by")),
                name="parameter_change_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PROPOSED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=State.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="parameter_change_decided_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}={self.value}"


class Parameter(models.Model):
    """A figure of a rule, from a day on; a change never alters past results.

    `change` is what the province decided; a value without one came from a sheet.
    """

    code = models.CharField(_("代码"), max_length=60)
    value = models.CharField(_("值"), max_length=60)
    unit = models.CharField(_("单位"), max_length=10, blank=True)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=160, blank=True)
    basis = models.CharField(_("依据"), max_length=120, blank=True)
    sure = models.CharField(_("把握"), max_length=1, blank=True)
    theme = models.CharField(_("主题"), max_length=10, choices=Theme, default=Theme.LIMITS)
    kind = models.CharField(_("写法"), max_length=10, choices=Kind, default=Kind.WHOLE)
    lowest = models.CharField(_("下限"), max_length=20, blank=True)
    highest = models.CharField(_("上限"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    change = models.OneToOneField(ParameterChange, models.PROTECT, null=True, blank=True, related_name="parameter")

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = _("参数")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_parameter_value_per_start"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="parameter_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}={self.value}"

    @property
    def bounds(self) -> Bounds:
        """Return what the figure may be."""
        return Bounds(self.kind, self.lowest, self.highest)


class Counter(models.Model):
    """The last number given under a name; the row is locked, so numbers have no gaps."""

    name = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
