"""Pages of campuses: a good path, a refusal, the neighbour next door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campus.assets.models import Facility
from schools.register.models import Place
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make.school(ground.county())


@pytest.fixture
def campus(school):
    return make.campus(school)


@pytest.fixture
def officer(school):
    return ground.client_of(ground.user("logistics_officer", school.unit))


def test_an_officer_adds_a_campus(officer, school):
    officer.post(reverse("campus:add", args=[school.pk]), {"name": "校园", "from_date": "2026-09-01"})

    assert Place.objects.get().kind == Place.Kind.CAMPUS


def test_a_facility_is_entered_and_renewed(officer, campus):
    typed = {"kind": "boiler", "name": "1号锅炉", "from_date": "2020-10-01", "certificate_until": "2026-12-31"}
    officer.post(reverse("campus:add-facility", args=[campus.pk]), typed)
    facility = Facility.objects.get()

    officer.post(reverse("campus:edit-facility", args=[facility.pk]), typed | {"certificate_until": "2028-12-31"})

    facility.refresh_from_db()
    assert facility.certificate_until.year == 2028
    assert "2028-12-31" in officer.get(reverse("campus:campus", args=[campus.pk])).content.decode()


def test_the_same_facility_twice_is_refused(officer, campus):
    make.facility(campus, "well", name="1号井")

    typed = {"kind": "well", "name": "1号井", "from_date": "2020-10-01"}

    assert "已有同类同名" in officer.post(reverse("campus:add-facility", args=[campus.pk]), typed).content.decode()


def test_none_is_said_with_one_press(officer, campus):
    officer.post(reverse("campus:say-none", args=[campus.pk, "lift"]))

    assert campus.without_facilities.get().kind == "lift"
    assert officer.post(reverse("campus:say-none", args=[campus.pk, "dragon"])).status_code == 404


def test_the_list_is_narrowed_and_costs_few_queries(django_assert_max_num_queries, school, campus):
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    make.facility(campus, "gas", certificate_until=timezone.localdate() - timedelta(1))
    for _ in range(20):
        make.facility(make.campus(school), "gas")

    with django_assert_max_num_queries(25):
        clerk.get(reverse("campus:list"))
    text = clerk.get(reverse("campus:list"), {"certificate": "over", "kind": "gas"}).content.decode()

    assert "共 1 条" in text


def test_the_neighbour_finds_nothing_here(campus):
    neighbour = ground.client_of(ground.user("office_clerk", ground.neighbour()))
    facility = make.facility(campus)

    assert neighbour.get(reverse("campus:campus", args=[campus.pk])).status_code == 404
    assert neighbour.get(reverse("campus:add-facility", args=[campus.pk])).status_code == 404
    assert neighbour.get(reverse("campus:edit-facility", args=[facility.pk])).status_code == 404
    assert neighbour.post(reverse("campus:say-none", args=[campus.pk, "lift"])).status_code == 404


def test_an_inspector_reads_but_does_not_write(campus):
    inspector = ground.user()
    ground.post_over_schools(inspector, "inspector", ground.county(), [campus.school.unit])
    client = ground.client_of(inspector)

    assert client.get(reverse("campus:campus", args=[campus.pk])).status_code == 200
    assert client.get(reverse("campus:add-facility", args=[campus.pk])).status_code == 403
