"""Figures folded from closed days: derived, rebuildable, never counted up."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Checklist
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import School


class CountyDay(Scoped):
    """The slots of one first reviewer's schools on one day, per kind of place."""

    unit_path: ClassVar[str] = "county__path"
    unit_key: ClassVar[str] = "county_id"

    county = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    date = models.DateField(_("日期"))
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+")
    required = models.PositiveIntegerField(_("应检"), default=0)
    exempt = models.PositiveIntegerField(_("免检"), default=0)
    timely = models.PositiveIntegerField(_("按时"), default=0)
    late = models.PositiveIntegerField(_("补录"), default=0)
    missed = models.PositiveIntegerField(_("漏检"), default=0)
    with_failures = models.PositiveIntegerField(_("有异常的检查"), default=0)
    failures = models.PositiveIntegerField(_("异常项"), default=0)

    objects = ScopedQuerySet["CountyDay"].as_manager()

    class Meta:
        verbose_name = _("县日汇总")
        constraints = [models.UniqueConstraint(fields=["date", "county", "checklist"], name="one_tally_per_county_day")]
        indexes = [models.Index(fields=["county", "date"], name="county_day_by_county")]

    def __str__(self) -> str:
        return f"{self.county_id} {self.date}"


class SchoolMonth(Scoped):
    """The slots of one school in one month, per kind of place."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    county = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField(_("月份"), help_text="its first day")
    subject = models.CharField(_("场所"), max_length=12)
    required = models.PositiveIntegerField(_("应检"), default=0)
    exempt = models.PositiveIntegerField(_("免检"), default=0)
    timely = models.PositiveIntegerField(_("按时"), default=0)
    late = models.PositiveIntegerField(_("补录"), default=0)
    missed = models.PositiveIntegerField(_("漏检"), default=0)
    failures = models.PositiveIntegerField(_("异常项"), default=0)

    objects = ScopedQuerySet["SchoolMonth"].as_manager()

    class Meta:
        verbose_name = _("校月汇总")
        constraints = [
            models.UniqueConstraint(fields=["school", "county", "month", "subject"], name="one_tally_per_school_month")
        ]
        indexes = [models.Index(fields=["month", "county"], name="school_month_by_month")]

    def __str__(self) -> str:
        return f"{self.school_id} {self.month}"


class ItemDay(Scoped):
    """How often an item failed on a day in one first reviewer's schools."""

    unit_path: ClassVar[str] = "county__path"
    unit_key: ClassVar[str] = "county_id"

    county = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    date = models.DateField(_("日期"))
    item_code = models.CharField(_("检查项代码"), max_length=12)
    failures = models.PositiveIntegerField(_("异常数"), default=0)

    objects = ScopedQuerySet["ItemDay"].as_manager()

    class Meta:
        verbose_name = _("项日汇总")
        constraints = [models.UniqueConstraint(fields=["date", "county", "item_code"], name="one_tally_per_item_day")]

    def __str__(self) -> str:
        return f"{self.item_code} {self.date}"
