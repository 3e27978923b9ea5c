"""Pages of canteens: a good path, a refusal, the neighbour next door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from canteens.premises.models import Canteen
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make.school(ground.county())


@pytest.fixture
def officer(school):
    return ground.client_of(ground.user("logistics_officer", school.unit))


@pytest.fixture
def neighbour():
    return ground.client_of(ground.user("office_clerk", ground.neighbour()))


def typed(**more):
    today = timezone.localdate().isoformat()
    return {"name": "一食堂", "from_date": today, "mode": "self_run", "seats": "200", "serves_lunch": "on"} | more


def test_an_officer_adds_a_canteen_with_its_file(officer, school):
    answer = officer.post(reverse("canteens:add", args=[school.pk]), typed(own_production="false"))

    made = Canteen.objects.get()
    assert answer.headers["Location"] == reverse("canteens:canteen", args=[made.place_id])
    assert (made.seats, made.own_production, made.supplies.get().mode) == (200, False, "self_run")


def test_a_contracted_canteen_without_operator_is_refused_whole(officer, school):
    text = officer.post(reverse("canteens:add", args=[school.pk]), typed(mode="contracted")).content.decode()

    assert "须写明经营" in text
    assert not school.places.exists()


def test_the_file_is_shown_changed_and_its_licence_warned_of(officer, school):
    canteen = make.canteen(school, licence_until=timezone.localdate() + timedelta(20))
    url = reverse("canteens:canteen", args=[canteen.place_id])

    text = officer.get(url).content.decode()
    officer.post(reverse("canteens:edit", args=[canteen.place_id]), {"seats": "320", "serves_lunch": "on"})
    operator = {"mode": "delivered", "operator_name": "某中央厨房", "from_date": timezone.localdate().isoformat()}
    officer.post(reverse("canteens:supply", args=[canteen.place_id]), operator)

    canteen.refresh_from_db()
    assert "还剩 20 天" in text
    assert canteen.seats == 320
    assert "某中央厨房" in officer.get(url).content.decode()


def test_a_place_without_a_file_says_so(officer, school):
    place = make.place(school)

    assert "还没有建档" in officer.get(reverse("canteens:canteen", args=[place.pk])).content.decode()


def test_the_list_is_narrowed_and_costs_few_queries(django_assert_max_num_queries, school):
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    today = timezone.localdate()
    soon = make.canteen(school, licence_until=today + timedelta(3))
    for _ in range(20):
        make.canteen(school, licence_until=today + timedelta(300))

    with django_assert_max_num_queries(25):
        clerk.get(reverse("canteens:list"))
    text = clerk.get(
        reverse("canteens:list"), {"licence": "soon", "mode": "self_run", "filed": "true"}
    ).content.decode()

    assert soon.place.name in text
    assert "共 1 条" in text


@pytest.mark.parametrize("name", ["canteens:canteen", "canteens:edit", "canteens:supply"])
def test_the_neighbour_finds_no_such_canteen(neighbour, school, name):
    canteen = make.canteen(school)

    assert neighbour.get(reverse(name, args=[canteen.place_id])).status_code == 404


def test_a_leader_reads_but_does_not_write(school):
    leader = ground.client_of(ground.user("bureau_leader", ground.county()))
    canteen = make.canteen(school)

    assert leader.get(reverse("canteens:canteen", args=[canteen.place_id])).status_code == 200
    assert leader.post(reverse("canteens:edit", args=[canteen.place_id])).status_code == 403
    assert leader.get(reverse("canteens:add", args=[school.pk])).status_code == 403


def test_another_kind_of_place_is_no_canteen(officer, school):
    assert officer.get(reverse("canteens:canteen", args=[make.campus(school).pk])).status_code == 404


def test_a_place_without_a_file_is_listed_and_exported(school):
    place = make.place(school, "canteen")
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    url = reverse("canteens:list")

    assert place.name in clerk.get(url).content.decode()
    assert place.name in b"".join(clerk.get(url, {"export": "csv"}).streaming_content).decode()
