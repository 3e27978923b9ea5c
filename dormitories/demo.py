"""The dormitories of the demo province."""

from __future__ import annotations

from dormitories.buildings.models import Building, Room
from logistics_portal.desk.plot import Plot
from schools.register.models import Place

BEDS_A_ROOM = 8


def plant(plot: Plot) -> None:
    """Plant the file of each building with its rooms."""
    places = [place for place in plot.grown["places"] if place.kind == Place.Kind.DORMITORY]
    buildings = Building.objects.bulk_create([_building(plot, place) for place in places], batch_size=500)
    rooms = [room for building in buildings for room in _rooms(building)]
    Room.objects.bulk_create(rooms, batch_size=500)


def _building(plot: Plot, place: Place) -> Building:
    girls = place.name.startswith("女")
    boarders = place.school.boarders // 2
    rooms = -(-boarders // BEDS_A_ROOM) + plot.rng.randint(0, 3)
    return Building(
        place=place,
        sex=Building.Sex.GIRLS if girls else Building.Sex.BOYS,
        floors=max(1, min(5, rooms // 10)),
        beds=rooms * BEDS_A_ROOM,
        boarders=boarders,
        girls_areas=1 if girls else 0,
        stove_heating=place.school.is_rural_compulsory and plot.rng.random() < 0.2,
        duty_minimum=max(1, boarders // 200),
    )


def _rooms(building: Building) -> list[Room]:
    number = building.beds // BEDS_A_ROOM
    a_floor = -(-number // building.floors)
    return [
        Room(
            building=building,
            floor=index // a_floor + 1,
            number=f"{index // a_floor + 1}{index % a_floor + 1:02d}",
            beds=BEDS_A_ROOM,
        )
        for index in range(number)
    ]
