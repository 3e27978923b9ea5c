"""What is known of dormitory buildings on a day: boarders, duty, heating, areas for girls. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext

from dormitories.buildings.models import Building, Room
from logistics_portal.kit.registry import FactValue
from logistics_portal.records.selectors import parameters
from schools.register.models import Place


def boarders(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return the boarders of this term as the building's file says it; unsaid is left out."""
    found = Building.objects.filter(place__in=places).values_list("place_id", "boarders")
    return {place: number for place, number in found if number is not None}


def duty_minimum(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many must be on duty: the building's own figure, else the parameter NIGHT_DUTY_MIN."""
    usual = parameters(on).get("NIGHT_DUTY_MIN")
    found: dict[int, FactValue] = {}
    for place, minimum in Building.objects.filter(place__in=places).values_list("place_id", "duty_minimum"):
        if minimum is not None:
            found[place] = minimum
        elif usual is not None:
            found[place] = int(usual)
    return found


def stove_heating(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether a stove heats the building; unsaid is left out."""
    found = Building.objects.filter(place__in=places).values_list("place_id", "stove_heating")
    return {place: told for place, told in found if told is not None}


def girls_areas(schools: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many areas of a school are for girls; a school with a building that does not say is left out."""
    in_use = Q(until_date__isnull=True) | Q(until_date__gte=on)
    places = Place.objects.filter(in_use, school__in=schools, kind=Place.Kind.DORMITORY, from_date__lte=on)
    found: dict[int, FactValue] = dict.fromkeys(schools, 0)
    for school, sex, areas in places.values_list("school_id", "building__sex", "building__girls_areas"):
        here = _areas(sex, areas)
        known = found.get(school)
        if here is None:
            found.pop(school, None)
        elif isinstance(known, int):
            found[school] = known + here
    return found


def _areas(sex: str | None, areas: int | None) -> int | None:
    """Return the girls' areas of one building, or nothing when its file does not tell."""
    if sex == Building.Sex.BOYS:
        return 0
    if sex == Building.Sex.GIRLS:
        return max(1, areas or 0)
    return areas or None


def floors_of(building: Building) -> list[tuple[int, list[Room], int]]:
    """Return floor by floor the rooms and their beds."""
    floors: dict[int, list[Room]] = {}
    for room in building.rooms.order_by("floor", "number", "pk"):
        floors.setdefault(room.floor, []).append(room)
    return [(floor, rooms, sum(room.beds for room in rooms)) for floor, rooms in floors.items()]


def figures_of(building: Building) -> dict[str, int]:
    """Return how many rooms and beds are entered."""
    return building.rooms.aggregate(rooms=Count("pk"), beds=Sum("beds", default=0))


def building_of(place: Place) -> Building | None:
    """Return the file behind a place, where there is one."""
    return Building.objects.filter(place=place).select_related("place__school").first()


def rooms_on(building: Building | None, floor: str) -> list[Room]:
    """Return the rooms of a floor, or all of them, at most two hundred."""
    if building is None:
        return []
    rooms = building.rooms.order_by("floor", "number", "pk")
    return list((rooms.filter(floor=int(floor)) if floor.isascii() and floor.isdigit() else rooms)[:200])


def typed_of(building: Building | None, names: Sequence[str]) -> dict[str, object]:
    """Return what the form of a file begins with."""
    typed = {name: getattr(building, name) for name in names} if building else {}
    if "stove_heating" in typed:
        typed["stove_heating"] = {True: "true", False: "false"}.get(typed["stove_heating"], "")
    return typed


def facts_of(building: Building) -> list[tuple[str, object]]:
    """Return the file of a building as label and value, with the rooms entered so far."""
    figures = figures_of(building)
    stove = {True: gettext("是"), False: gettext("否"), None: gettext("未登记")}
    rooms = gettext("%(rooms)s 间，%(beds)s 张床") % {"rooms": figures["rooms"], "beds": figures["beds"]}
    return [
        (gettext("入住对象"), building.get_sex_display()),
        (gettext("楼层数"), building.floors),
        (gettext("核定床位"), f"{building.beds:,}"),
        (gettext("已登记房间"), rooms),
        (gettext("本学期住宿生数"), gettext("未登记") if building.boarders is None else f"{building.boarders:,}"),
        (gettext("女生区域数"), building.girls_areas),
        (gettext("用炉具或土暖气取暖"), stove[building.stove_heating]),
        (gettext("每班最低值守人数"), building.duty_minimum or gettext("按全省标准")),
    ]
