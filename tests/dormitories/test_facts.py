"""What the portal knows of dormitory buildings on a day."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dormitories.buildings import services
from dormitories.buildings.models import Building
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.registry import facts
from logistics_portal.records.models import Parameter
from schools.register.models import Place
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)


def ask(key, *ids):
    return facts.get(key).ask(ids, TODAY)


def test_the_file_answers_and_silence_is_unknown():
    told = make.building(boarders=186, stove_heating=False, duty_minimum=2)
    silent = make.building()

    assert ask("dormitories.boarders", told.place_id, silent.place_id) == {told.place_id: 186}
    assert ask("dormitories.stove_heating", told.place_id, silent.place_id) == {told.place_id: False}
    assert ask("dormitories.duty_minimum", told.place_id, silent.place_id) == {told.place_id: 2}


def test_the_usual_minimum_on_duty_stands_in():
    building = make.building()
    Parameter.objects.create(code="NIGHT_DUTY_MIN", value="1", name="值守", valid_from=date(2026, 1, 1))

    assert ask("dormitories.duty_minimum", building.place_id) == {building.place_id: 1}


def test_girls_areas_are_summed_over_a_school_and_a_silent_building_makes_them_unknown():
    school, silent, day_school = make.school(), make.school(), make.school()
    make.building(school)
    make.building(school, sex=Building.Sex.BOTH, girls_areas=2)
    make.building(school, sex=Building.Sex.BOYS)
    make.building(silent)
    make.place(silent, Place.Kind.DORMITORY)

    assert ask("dormitories.girls_areas", school.pk, silent.pk, day_school.pk) == {school.pk: 3, day_school.pk: 0}


def test_floors_of_rooms_are_laid_out_at_once_and_twice_changes_nothing():
    building = make.building()

    new = services.lay_out(building=building, floors=[1, 2], rooms=20, beds=6, by=None, at=NOW)
    again = services.lay_out(building=building, floors=[1, 2], rooms=20, beds=6, by=None, at=NOW)

    assert (new, again) == (40, 0)
    assert set(building.rooms.values_list("number", flat=True)) >= {"101", "120", "201", "220"}


def test_a_room_without_beds_is_taken_off():
    building = make.building()
    services.lay_out(building=building, floors=[1], rooms=2, beds=6, by=None, at=NOW)
    first, second = building.rooms.order_by("number")

    changed = services.set_beds(building=building, beds={first.pk: 0, second.pk: 8}, by=None, at=NOW)

    assert changed == 2
    assert list(building.rooms.values_list("number", "beds")) == [("102", 8)]


@pytest.mark.parametrize(("floors", "rooms"), [([], 5), ([0], 5), ([31], 5), ([1], 0), ([1], 100)])
def test_impossible_floors_are_refused(floors, rooms):
    with pytest.raises(NotAllowed):
        services.lay_out(building=make.building(), floors=floors, rooms=rooms, beds=6, by=None, at=NOW)
