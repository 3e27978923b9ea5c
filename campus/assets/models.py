"""Facilities of a campus, and until when their certificates hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place


class Facility(Scoped):
    """Something of the campus that check-lists ask about: a well, a boiler, a fire control room (R60)."""

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class Kind(models.TextChoices):
        """What the facility is."""

        WELL = "well", _("自备水源")
        SECONDARY_SUPPLY = "secondary_supply", _("二次供水")
        BOILER = "boiler", _("采暖锅炉")
        LAB = "lab", _("危化品储存")
        SHOP = "shop", _("校内商店")
        FIRE_ROOM = "fire_room", _("消防控制室")
        BUILDING_SITE = "building_site", _("在建工地")
        LABOUR_SITE = "labour_site", _("劳动实践场所")
        LIFT = "lift", _("电梯")
        GAS = "gas", _("燃气设施")
        EXTINGUISHERS = "extinguishers", _("灭火器材")
        CAMERAS = "cameras", _("视频监控")
        OTHER = "other", _("其他设施")

    place = models.ForeignKey(Place, models.PROTECT, related_name="facilities")
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    certificate_no = models.CharField(_("检验（许可）证号"), max_length=40, blank=True)
    certificate_until = models.DateField(_("有效期至"), null=True, blank=True)
    from_date = models.DateField(_("启用日期"))
    until_date = models.DateField(_("停用日期"), null=True, blank=True)

    objects = ScopedQuerySet["Facility"].as_manager()

    class Meta:
        verbose_name = _("设施")
        constraints = [
            models.UniqueConstraint(fields=["place", "kind", "name"], name="one_facility_name_per_place_and_kind"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="facility_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NoFacility(Scoped):
    """A campus that says it has none of a kind: an answer, not a blank (R20)."""

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    place = models.ForeignKey(Place, models.PROTECT, related_name="without_facilities")
    kind = models.CharField(_("类别"), max_length=20, choices=Facility.Kind)
    said_on = models.DateField(_("登记日期"))

    objects = ScopedQuerySet["NoFacility"].as_manager()

    class Meta:
        verbose_name = _("无此设施")
        constraints = [models.UniqueConstraint(fields=["place", "kind"], name="none_of_a_kind_is_said_once")]

    def __str__(self) -> str:
        return f"{self.place_id} – {self.kind}"
