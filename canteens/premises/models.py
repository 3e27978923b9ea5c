"""Canteens: how they supply meals, and what papers they hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place


class Canteen(Scoped):
    """The file of a canteen: seats, meals of a day, licence, own produce (R36, K15)."""

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    place = models.OneToOneField(Place, models.PROTECT, related_name="canteen")
    seats = models.PositiveIntegerField(_("座位数"), default=0)
    diners = models.PositiveIntegerField(_("每餐就餐人数"), default=0)
    serves_breakfast = models.BooleanField(_("早餐"), default=False)
    serves_lunch = models.BooleanField(_("午餐"), default=True)
    serves_supper = models.BooleanField(_("晚餐"), default=False)
    licence_no = models.CharField(_("食品经营许可证号"), max_length=30, blank=True)
    licence_until = models.DateField(_("许可证有效期至"), null=True, blank=True)
    own_production = models.BooleanField(_("有自产猪菜"), null=True, blank=True)

    objects = ScopedQuerySet["Canteen"].as_manager()

    class Meta:
        verbose_name = _("食堂")

    def __str__(self) -> str:
        return str(self.place)


class Supply(models.Model):
    """How a canteen was supplied over some days: by itself, by a contractor, or with delivered meals."""

    class Mode(models.TextChoices):
        """Who cooks."""

        SELF_RUN = "self_run", _("自营")
        CONTRACTED = "contracted", _("承包（委托）经营")
        DELIVERED = "delivered", _("校外供餐")

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="supplies")
    mode = models.CharField(_("供餐方式"), max_length=10, choices=Mode)
    operator_name = models.CharField(_("经营（供餐）单位"), max_length=80, blank=True)
    from_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("供餐方式")
        constraints = [
            models.UniqueConstraint(fields=["canteen", "from_date"], name="one_supply_mode_per_start"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="supply_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canteen_id} {self.mode} {self.from_date}"
