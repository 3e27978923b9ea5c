"""Pages of dormitory buildings: a good path, a refusal, the neighbour next door."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from dormitories.buildings.models import Building
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make.school(ground.county(), is_boarding=True)


@pytest.fixture
def officer(school):
    return ground.client_of(ground.user("logistics_officer", school.unit))


def test_an_officer_adds_a_building(officer, school):
    typed = {
        "name": "1号楼",
        "from_date": timezone.localdate().isoformat(),
        "sex": "girls",
        "floors": "4",
        "beds": "320",
    }

    officer.post(reverse("dormitories:add", args=[school.pk]), typed)

    made = Building.objects.get()
    assert (made.place.name, made.beds, made.stove_heating, made.boarders) == ("1号楼", 320, None, None)


def test_a_building_for_both_says_its_girls_areas(officer, school):
    building = make.building(school)
    typed = {"sex": "both", "floors": "4", "beds": "320"}

    text = officer.post(reverse("dormitories:edit", args=[building.place_id]), typed).content.decode()

    assert "请填写女生区域数" in text


def test_rooms_are_laid_out_and_single_beds_changed(officer, school):
    building = make.building(school)
    officer.post(
        reverse("dormitories:rooms", args=[building.place_id]), {"first": "1", "last": "2", "rooms": "10", "beds": "8"}
    )
    rooms = list(building.rooms.filter(floor=2).order_by("number"))
    fields = {f"room-{room.pk}": "8" for room in rooms} | {f"room-{rooms[0].pk}": "6"}
    officer.post(reverse("dormitories:beds", args=[building.place_id]) + "?floor=2", fields)

    rooms[0].refresh_from_db()
    text = officer.get(reverse("dormitories:building", args=[building.place_id])).content.decode()
    assert rooms[0].beds == 6
    assert "20 间，158 张床" in text


def test_floors_the_wrong_way_round_are_refused(officer, school):
    building = make.building(school)
    typed = {"first": "3", "last": "2", "rooms": "10", "beds": "8"}

    text = officer.post(reverse("dormitories:rooms", args=[building.place_id]), typed).content.decode()

    assert "写反了" in text
    assert not building.rooms.exists()


def test_the_list_costs_few_queries(django_assert_max_num_queries, school):
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    for _ in range(20):
        make.building(school)

    with django_assert_max_num_queries(25):
        text = clerk.get(reverse("dormitories:list"), {"sex": "girls"}).content.decode()

    assert "共 20 条" in text


@pytest.mark.parametrize("name", ["building", "edit", "rooms", "beds"])
def test_the_neighbour_finds_no_such_building(school, name):
    neighbour = ground.client_of(ground.user("office_clerk", ground.neighbour()))
    building = make.building(school)

    assert neighbour.get(reverse(f"dormitories:{name}", args=[building.place_id])).status_code == 404


def test_a_keeper_reads_the_building_but_does_not_write(school):
    building, other = make.building(school), make.building(school)
    keeper = ground.user()
    ground.post_over_places(keeper, "dorm_keeper", school.unit, [building.place_id])
    client = ground.client_of(keeper)

    assert client.get(reverse("dormitories:building", args=[building.place_id])).status_code == 200
    assert client.get(reverse("dormitories:building", args=[other.place_id])).status_code == 404
    assert client.get(reverse("dormitories:edit", args=[building.place_id])).status_code == 403


def test_a_place_without_a_file_is_listed_and_exported(school):
    place = make.place(school, "dormitory")
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    url = reverse("dormitories:list")

    assert place.name in clerk.get(url).content.decode()
    assert place.name in b"".join(clerk.get(url, {"export": "csv"}).streaming_content).decode()
