"""What writes a building's file and its rooms; never who sleeps in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext

from dormitories.buildings import rules
from dormitories.buildings.models import Building, Room
from logistics_portal.accounts.models import User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Place, School
from schools.register.rules.opening import Opening
from schools.register.services import places


class File(TypedDict, total=False):
    """What a building's file may hold."""

    sex: str
    floors: int
    beds: int
    boarders: int | None
    girls_areas: int
    stove_heating: bool | None
    duty_minimum: int | None


@transaction.atomic
def open_building(*, school: School, opening: Opening, by: User | None, at: datetime, **file: Unpack[File]) -> Building:
    """Add a dormitory building to a school: the place and its file (R54)."""
    place = places.add_place(school=school, kind=Place.Kind.DORMITORY, by=by, at=at, **opening)
    return keep_file(place=place, by=by, at=at, **file)


@transaction.atomic
def keep_file(*, place: Place, by: User | None, at: datetime, **file: Unpack[File]) -> Building:
    """Write the file of a building, begun when the place has none yet."""
    if place.kind != Place.Kind.DORMITORY:
        raise NotAllowed(gettext("这个场所不是宿舍楼。"))
    building = Building.objects.select_for_update().filter(place=place).first() or Building(place=place)
    before = {name: getattr(building, name) for name in file} if building.pk else {}
    for name, value in file.items():
        setattr(building, name, value)
    building.save()
    records.log(by=by, verb="building.keep_file", on=building, at=at, before=before, after=dict(file))
    return building


@transaction.atomic
def lay_out(*, building: Building, floors: Sequence[int], rooms: int, beds: int, by: User | None, at: datetime) -> int:
    """Enter `rooms` rooms of `beds` beds on each floor, numbered 101, 102 …; numbers already there are kept.

    Returns how many rooms are new.
    """
    building = Building.objects.select_for_update().get(pk=building.pk)
    wanted = rules.numbers(floors, rooms)
    known = set(building.rooms.filter(number__in=wanted).values_list("number", flat=True))
    new = [
        Room(building=building, floor=floor, number=number, beds=beds)
        for number, floor in wanted.items()
        if number not in known
    ]
    Room.objects.bulk_create(new, batch_size=500)
    if floors and max(floors) > building.floors:
        building.floors = max(floors)
        building.save(update_fields=["floors"])
    after = {"floors": "、".join(map(str, floors)), "rooms": rooms, "beds": beds, "new": len(new)}
    records.log(by=by, verb="building.lay_out", on=building, at=at, after=after)
    return len(new)


@transaction.atomic
def set_beds(*, building: Building, beds: dict[int, int], by: User | None, at: datetime) -> int:
    """Set the beds of rooms by their ids; a room without a bed left is taken off the list. Returns how many changed."""
    building = Building.objects.select_for_update().get(pk=building.pk)
    changed: list[Room] = []
    gone: list[Room] = []
    before: dict[str, int] = {}
    for room in building.rooms.filter(pk__in=beds):
        if room.beds == beds[room.pk]:
            continue
        before[room.number] = room.beds
        room.beds = beds[room.pk]
        (changed if room.beds else gone).append(room)
    Room.objects.bulk_update(changed, ["beds"], batch_size=500)
    building.rooms.filter(pk__in=[room.pk for room in gone]).delete()
    after = {room.number: room.beds for room in [*changed, *gone]}
    records.log(by=by, verb="building.set_beds", on=building, at=at, before=before, after=after)
    return len(changed) + len(gone)
