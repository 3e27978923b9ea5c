"""Periodic papers, frozen once issued."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.reports.rules import PeriodKind
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class Report(Scoped):
    """A bureau's compliance report of one period; a correction is a new version (R110)."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class State(models.TextChoices):
        """Where the report stands."""

        ORDERED = "ordered", _("待生成")
        ISSUED = "issued", _("已发出")
        SUPERSEDED = "superseded", _("已更正")
        PARKED = "parked", _("搁置")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports")
    kind = models.CharField(_("类别"), max_length=8, choices=PeriodKind)
    period = models.CharField(_("期间"), max_length=10)
    first_date = models.DateField(_("起"))
    last_date = models.DateField(_("止"))
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ORDERED)
    reason = models.CharField(_("更正理由"), max_length=200, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    figures_hash = models.CharField(max_length=64, blank=True)
    docx = models.ForeignKey("records.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    xlsx = models.ForeignKey("records.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField(_("下达时间"))
    issued_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    due_at = models.DateTimeField(_("应发时间"))

    objects = ScopedQuerySet["Report"].as_manager()

    class Meta:
        verbose_name = _("报告")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "period", "version"], name="one_report_per_period_and_version"
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "period"], condition=Q(state="issued"), name="one_issued_report_per_period"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | (Q(issued_at__isnull=False) & ~Q(figures_hash="")),
                name="issued_report_is_frozen",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-last_date"], name="report_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit.name} {self.period} v{self.version}"
