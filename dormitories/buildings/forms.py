"""What a person may type about dormitory buildings and their rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dormitories.buildings.models import Building
from dormitories.buildings.rules import MOST_FLOORS, MOST_ROOMS
from logistics_portal.kit.forms import PortalForm, WholeNumber
from schools.register.forms import OpeningForm

YES_NO = [("", _("未登记")), ("true", _("是")), ("false", _("否"))]
MOST_BEDS = 40


class FileForm(PortalForm):
    """The file of a building. Numbers only, never who lives there."""

    sex = forms.ChoiceField(label=_("入住对象"), choices=Building.Sex.choices)
    floors = WholeNumber(label=_("楼层数"), unit="层", min_value=1, max_value=MOST_FLOORS)
    beds = WholeNumber(label=_("核定床位"), unit="张", max_value=20_000)
    boarders = WholeNumber(label=_("本学期住宿生数"), unit="人", max_value=20_000, required=False)
    girls_areas = WholeNumber(
        label=_("女生区域数"),
        unit="处",
        max_value=MOST_FLOORS,
        required=False,
        help_text=_("男女分区的楼填女生楼层或区域数"),
    )
    stove_heating = forms.TypedChoiceField(
        label=_("用炉具或土暖气取暖"),
        choices=YES_NO,
        required=False,
        coerce=lambda text: text == "true",
        empty_value=None,
    )
    duty_minimum = WholeNumber(
        label=_("每班最低值守人数"), unit="人", min_value=1, max_value=50, required=False, help_text=_("不填按全省标准")
    )

    def clean(self) -> dict[str, Any]:
        """Return the typed file; a building for both says how many areas are for girls."""
        typed = super().clean() or {}
        typed["girls_areas"] = typed.get("girls_areas") or 0
        if typed.get("sex") == Building.Sex.BOTH and not typed["girls_areas"]:
            self.add_error("girls_areas", gettext("男女分区的楼请填写女生区域数。"))
        return typed


class AddForm(FileForm, OpeningForm):
    """A new building with its file."""

    field_order = ("name", "from_date", "checked_from")


class LayOutForm(PortalForm):
    """Rooms entered floor by floor at once."""

    first = WholeNumber(label=_("从第几层"), min_value=1, max_value=MOST_FLOORS)
    last = WholeNumber(label=_("到第几层"), min_value=1, max_value=MOST_FLOORS)
    rooms = WholeNumber(label=_("每层房间数"), unit="间", min_value=1, max_value=MOST_ROOMS)
    beds = WholeNumber(label=_("每间床位"), unit="张", min_value=1, max_value=MOST_BEDS)

    def clean(self) -> dict[str, Any]:
        """Return the typed floors in order."""
        typed = super().clean() or {}
        if typed.get("first") and typed.get("last") and typed["last"] < typed["first"]:
            self.add_error("last", gettext("楼层范围写反了。"))
        return typed


class BedsForm(PortalForm):
    """The beds of the rooms that are there, one field a room; nought takes a room off."""

    def __init__(self, *args: Any, rooms: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        for room in rooms:
            self.fields[f"room-{room.pk}"] = WholeNumber(
                label=room.number, unit="张", max_value=MOST_BEDS, initial=room.beds
            )

    def beds(self) -> dict[int, int]:
        """Return the beds by room."""
        return {int(name.removeprefix("room-")): beds for name, beds in self.cleaned_data.items()}
