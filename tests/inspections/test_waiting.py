"""What waits on an office's desk about checks: its own requests, however many of other offices were asked before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections.checks import plugs, releasing
from inspections.checks.models import Release
from inspections.schedules import services
from logistics_portal.accounts.models import User
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, scene

pytestmark = pytest.mark.django_db

MANY = 41
LATER = MORNING + timedelta(days=5)


@pytest.fixture
def here():
    return scene("campus_daily")


@pytest.fixture
def own(here):
    """Return a campus of a school that the city itself reviews, beside a county with a clerk of its own."""
    ground.user("office_clerk", here.unit.parent)
    return schools.campus(schools.school(ground.city(), name="市直小学"))


def office(role: str, at) -> User:
    return User.objects.get(pk=ground.user(role, at).pk)


def exemptions(here, places, on=MONDAY, **more):
    return [make.exemption(place, on, here.vice, here.version, **more) for place in places]


def releases(here, places, at=MORNING):
    made = [make.check(place, here.officer, MONDAY, here.version) for place in places]
    return [Release.objects.create(check_row=it, reason="记错", asked_by=here.officer, asked_at=at) for it in made]


def campuses(here, number=MANY):
    return [schools.campus(schools.school(here.unit.parent)) for _turn in range(number)]


def test_a_city_finds_the_exemption_of_its_own_school_behind_those_of_a_county(here, own):
    exemptions(here, campuses(here))
    (mine,) = exemptions(here, [own], requested_at=LATER)

    assert services.waiting_for(office("office_clerk", ground.city()), MORNING) == [mine]


def test_a_county_finds_what_is_still_open_behind_what_has_closed_and_the_city_the_closed(here):
    shut = exemptions(here, campuses(here))
    open_ones = exemptions(here, [here.place], on=LATER.date(), requested_at=LATER)

    assert services.waiting_for(office("office_clerk", here.unit.parent), LATER) == open_ones
    head = office("office_head", ground.city())
    assert services.waiting_for(head, LATER) == shut[: services.WAITING_SHOWN]
    assert services.waiting_for(head, LATER + timedelta(days=200)) == shut[: services.WAITING_SHOWN]


def test_exemptions_cost_the_same_however_many_wait(here):
    clerk = office("office_clerk", here.unit.parent)
    exemptions(here, campuses(here, 1))
    few = cost(lambda: services.waiting_for(clerk, MORNING))
    exemptions(here, campuses(here, 9))
    clerk = User.objects.get(pk=clerk.pk)

    assert cost(lambda: services.waiting_for(clerk, MORNING)) == few


def test_a_city_finds_the_correction_of_its_own_school_behind_those_of_a_county(here, own):
    releases(here, campuses(here))
    (mine,) = releases(here, [own], LATER)

    clerk = office("office_clerk", ground.city())
    assert releasing.waiting_for(clerk) == [mine]
    assert [todo.place for todo in plugs.corrections(clerk, LATER)] == ["市直小学"]


def cost(ask) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)
