"""Calendars of school years, and closures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class NationalYear(models.Model):
    """The holidays and make-up days of one calendar year as the State Council set them; a later number replaces."""

    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveSmallIntegerField(_("版次"), default=1)
    days = models.JSONField(_("放假与调休"), help_text='{"2026-10-01": {"kind": "holiday", "name": "国庆节"}, …}')
    source = models.CharField(_("来源"), max_length=200)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="drafted_national_years"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="published_national_years"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, help_text="empty while a draft")

    class Meta:
        verbose_name = _("全国节假日")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_national_year_per_number"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="national_year_published_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.number}"


class Edition(Scoped):
    """A unit's calendar of one school year: draft, then published; publishing retires the one before (R106)."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class State(models.TextChoices):
        """Where the calendar stands."""

        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已停用")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="calendars")
    school_year = models.PositiveSmallIntegerField(_("学年"), help_text="2026 for 2026–2027")
    number = models.PositiveSmallIntegerField(_("版次"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="drafted_calendars"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="published_calendars"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = ScopedQuerySet["Edition"].as_manager()

    class Meta:
        verbose_name = _("校历")
        constraints = [
            models.UniqueConstraint(fields=["unit", "school_year", "number"], name="one_calendar_per_number"),
            models.UniqueConstraint(
                fields=["unit", "school_year"], condition=Q(state="published"), name="one_published_calendar_per_year"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="calendar_published_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name} {self.school_year} v{self.number}"


class Term(models.Model):
    """A term of a calendar: from its first to its last day."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="terms")
    name = models.CharField(_("学期"), max_length=20)
    first_date = models.DateField(_("开学"))
    last_date = models.DateField(_("放假前最后一天"))

    class Meta:
        verbose_name = _("学期")
        constraints = [
            models.UniqueConstraint(fields=["edition", "name"], name="one_term_name_per_calendar"),
            models.CheckConstraint(condition=Q(last_date__gt=F("first_date")), name="term_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class Extra(models.Model):
    """Days of a calendar that differ from the plain week: a break, extra school days, a weekend with boarders."""

    class Kind(models.TextChoices):
        """What the days are."""

        CLOSED = "closed", _("不上课")
        OPEN = "open", _("上课")
        BOARDING = "boarding", _("留宿")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="extras")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    first_date = models.DateField(_("起"))
    last_date = models.DateField(_("止"))
    serves_meals = models.BooleanField(_("供餐"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=80)

    class Meta:
        verbose_name = _("特别安排")
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="extra_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.first_date}"


class Closure(Scoped):
    """Days on which a school, or every school below a bureau, does not run: asked for, then approved (停课)."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class State(models.TextChoices):
        """Where the request stands."""

        REQUESTED = "requested", _("待批")
        APPROVED = "approved", _("已批")
        REFUSED = "refused", _("驳回")
        WITHDRAWN = "withdrawn", _("撤回")
        REVOKED = "revoked", _("撤销")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="closures")
    declared_by_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", help_text="the bureau that declared it"
    )
    first_date = models.DateField(_("起"))
    last_date = models.DateField(_("止"))
    keeps_boarders = models.BooleanField(_("寄宿生留校"), default=False)
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requested_closures")
    requested_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_closures"
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoke_reason = models.CharField(_("撤销理由"), max_length=200, blank=True)

    objects = ScopedQuerySet["Closure"].as_manager()

    class Meta:
        verbose_name = _("停课")
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="closure_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="closure_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(state="approved") | ~Q(decided_by=F("requested_by")),
                name="closure_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(state="revoked", revoked_by__isnull=False, revoked_at__isnull=False),
                name="closure_revoked_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.first_date}"
