"""Dormitory buildings, their rooms and beds; never who sleeps in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place


class Building(Scoped):
    """The file of a dormitory building (R54)."""

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    class Sex(models.TextChoices):
        """Who lives there."""

        BOYS = "boys", _("男生")
        GIRLS = "girls", _("女生")
        BOTH = "both", _("男女分区")

    place = models.OneToOneField(Place, models.PROTECT, related_name="building")
    sex = models.CharField(_("入住对象"), max_length=6, choices=Sex)
    floors = models.PositiveSmallIntegerField(_("楼层数"), default=1)
    beds = models.PositiveIntegerField(_("核定床位"), default=0)
    boarders = models.PositiveIntegerField(_("本学期住宿生数"), null=True, blank=True)
    girls_areas = models.PositiveSmallIntegerField(_("女生区域数"), default=0)
    stove_heating = models.BooleanField(_("用炉具或土暖气取暖"), null=True, blank=True)
    duty_minimum = models.PositiveSmallIntegerField(_("每班最低值守人数"), null=True, blank=True)

    objects = ScopedQuerySet["Building"].as_manager()

    class Meta:
        verbose_name = _("宿舍楼")

    def __str__(self) -> str:
        return str(self.place)


class Room(models.Model):
    """A room of a building: its number and how many beds are approved."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="rooms")
    floor = models.PositiveSmallIntegerField(_("楼层"))
    number = models.CharField(_("房间号"), max_length=10)
    beds = models.PositiveSmallIntegerField(_("床位"))
    area_m2 = models.DecimalField(_("使用面积（㎡）"), max_digits=6, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = _("寝室")
        constraints = [models.UniqueConstraint(fields=["building", "number"], name="one_room_number_per_building")]

    def __str__(self) -> str:
        return self.number
