"""What waits on the desk: one's own requests, however many of other offices were asked before them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canteens.premises.selectors import licences_running_out
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.context import one_act
from logistics_portal.kit.dates import SHANGHAI
from schools.portal import answers
from schools.register import selectors as register
from schools.register.models import Proposal
from schools.terms import reach
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
TODAY = NOW.date()
MANY = 101


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def foreign():
    """Return a hundred and one schools of a county with an office of its own: more than any list ever read."""
    for role in ("office_clerk", "office_head"):
        ground.user(role, ground.county())
    return [make.school(ground.county()) for _turn in range(MANY)]


@pytest.fixture
def own(foreign):
    """Return a school that the city itself reviews."""
    return make.school(ground.city(), name="市直小学")


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def closures_of(schools, by, **more):
    for row in schools:
        make.closure(row.unit, TODAY + timedelta(days=3), asked_by=by, **more)


@pytest.mark.parametrize("role", ["office_clerk", "office_head"])
def test_a_city_finds_the_closure_of_its_own_school_behind_those_of_a_county(foreign, own, role):
    by = ground.user()
    closures_of(foreign, by)
    closures_of([own], by, requested_at=NOW)
    officer = ground.user(role, ground.city())

    assert [row.unit for row in reach.waiting_for(fresh(officer), NOW)] == [own.unit]


def test_the_head_above_is_asked_of_closed_days_only_and_nobody_after_the_freeze(foreign, own):
    by = ground.user()
    closures_of(foreign, by)
    late = make.closure(foreign[0].unit, date(2026, 11, 10), asked_by=by, requested_at=NOW)
    head = ground.user("office_head", ground.city())

    assert reach.waiting_for(fresh(head), NOW) == [late]
    assert reach.waiting_for(fresh(head), datetime(2027, 1, 17, tzinfo=SHANGHAI)) == []
    assert answers(fresh(head), datetime(2027, 1, 5, tzinfo=SHANGHAI))


def test_a_frozen_year_leaves_the_desk_standing(own):
    make.closure(own.unit, date(2026, 12, 20), asked_by=ground.user())
    head = ground.user("office_head", ground.province())

    assert reach.waiting_for(fresh(head), datetime(2027, 1, 17, tzinfo=SHANGHAI)) == []


def test_what_a_clerk_of_the_city_declared_waits_for_the_citys_head_alone(foreign):
    declared = make.closure(ground.county(), TODAY, asked_by=ground.user(), declared_by_unit=ground.city())
    undeclared = make.closure(ground.county(), TODAY + timedelta(days=9), asked_by=ground.user())

    assert reach.waiting_for(ground.user("office_head", ground.city()), NOW) == [declared]
    assert reach.waiting_for(ground.user("office_head", ground.county()), NOW) == [undeclared]


def proposals_of(schools, by, kind=Proposal.Kind.EDIT, **more):
    return [
        Proposal.objects.create(
            school=row, kind=kind, takes_effect=TODAY, asked_by=by, asked_at=NOW, document="文号", **more
        )
        for row in schools
    ]


def test_a_city_finds_the_change_of_its_own_school_behind_those_of_a_county(foreign, own):
    by = ground.user()
    proposals_of(foreign, by)
    (mine,) = proposals_of([own], by)

    assert register.waiting_for(ground.user("office_clerk", ground.city())) == [mine]
    assert len(register.waiting_for(ground.user("office_clerk", ground.county()))) == register.FOUND_AT_MOST


def test_moves_between_cities_wait_for_the_province_and_the_others_for_the_city(foreign):
    by = ground.user()
    near = proposals_of(foreign[:1], by, Proposal.Kind.MOVE, target_unit=ground.neighbour())
    far = proposals_of(foreign[1:2], by, Proposal.Kind.MOVE, target_unit=ground.county("220202"))
    ends = proposals_of(foreign[2:3], by, Proposal.Kind.CLOSE)

    assert register.waiting_for(ground.user("office_head", ground.city())) == [*near, *ends]
    assert register.waiting_for(ground.user("office_head", ground.province())) == far
    assert register.waiting_for(ground.user("office_head", ground.county())) == []


def test_the_desk_costs_the_same_however_much_waits(own):
    by, clerk = ground.user(), ground.user("office_clerk", ground.city())
    proposals_of([own], by)
    closures_of([own], by)
    few = cost(clerk)
    more = [make.school(ground.city()) for _turn in range(10)]
    proposals_of(more, by)
    closures_of(more, by)

    assert cost(clerk) == few
    assert few <= 11


def cost(person: User) -> int:
    person = fresh(person)
    with one_act(), CaptureQueriesContext(connection) as asked:
        assert answers(person, NOW)
    return len(asked)


def test_a_paper_in_a_zone_that_is_switched_off_reaches_the_office_that_reviews_there():
    zone = ground.unit("220171", parent=ground.city(), kind=Unit.Kind.FUNCTIONAL_ZONE, switched_on=False)
    inner = ground.unit("220172", parent=zone, kind=Unit.Kind.ZONE_AREA)
    papers = {make.canteen(make.school(at), licence_until=TODAY + timedelta(days=5)).pk for at in (zone, inner)}
    make.canteen(make.school(ground.county()), licence_until=TODAY + timedelta(days=5))

    assert {row.pk for row in licences_running_out(ground.user("office_clerk", ground.city()), NOW)} == papers
    assert licences_running_out(ground.user("office_clerk", ground.province()), NOW) == []

    Unit.objects.filter(pk=zone.pk).update(switched_on=True)
    assert {row.pk for row in licences_running_out(ground.user("office_clerk", zone), NOW)} == papers
    assert licences_running_out(ground.user("office_clerk", ground.city()), NOW) == []
