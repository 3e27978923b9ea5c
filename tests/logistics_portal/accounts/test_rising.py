"""Where an office lacks the second person the same right one unit above acts, and nowhere else (rights §1)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logistics_portal.accounts import selectors
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import GRANTS, RISING, Level, Permission, Role
from tests.factories import ground as make

pytestmark = pytest.mark.django_db

EXTEND, TOLERATE, LATE = Permission.FINDING_EXTEND, Permission.FINDING_TOLERATE, Permission.CLOSURE_DECIDE_LATE


@pytest.fixture
def school() -> Unit:
    return make.school_unit(make.county())


def able(permission: Permission, at: Unit) -> set[User]:
    return set(selectors.holders(permission, Unit.objects.get(pk=at.pk), timezone.localdate()))


def test_the_city_acts_while_the_county_has_nobody(school: Unit) -> None:
    city, province = make.user(Role.OFFICE_CLERK, make.city()), make.user(Role.OFFICE_HEAD, make.province())

    assert able(EXTEND, school) == {city}
    assert able(TOLERATE, school) == {province}

    county = make.user(Role.OFFICE_CLERK, make.county())

    assert able(EXTEND, school) == {county}
    assert able(TOLERATE, school) == {province}, "a clerk is no head"


def test_what_the_city_decides_comes_to_the_province_while_the_city_has_no_head(school: Unit) -> None:
    make.user(Role.OFFICE_CLERK, make.city())
    head = make.user(Role.OFFICE_HEAD, make.province())

    assert able(LATE, school) == {head}

    citys = make.user(Role.OFFICE_HEAD, make.city())

    assert able(LATE, school) == {citys}


def test_who_cannot_sign_in_or_whose_post_ended_is_nobody(school: Unit) -> None:
    city = make.user(Role.OFFICE_CLERK, make.city())
    gone = make.user(Role.OFFICE_CLERK, make.county())
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert able(EXTEND, school) == {city}

    User.objects.filter(pk=gone.pk).update(is_active=True)
    Post.objects.filter(user=gone).update(until_date=timezone.localdate().replace(year=2020))

    assert able(EXTEND, school) == {city}


def test_the_county_next_door_never_acts(school: Unit) -> None:
    make.user(Role.OFFICE_CLERK, make.neighbour())

    assert able(EXTEND, school) == set()


def test_first_steps_do_not_rise(school: Unit) -> None:
    """Who begins something must be of the office itself: only the second person's rights come up."""
    make.user(Role.OFFICE_CLERK, make.city())

    assert able(Permission.RESPONSIBILITY_RECORD, school) == set()
    assert not RISING & {Permission.VETO_PROPOSE, Permission.SCHOOL_CLOSE, Permission.INCIDENT_RECTIFY}


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    permission=st.sampled_from(sorted(RISING)),
    seats=st.sets(st.tuples(st.sampled_from(["220102", "220100", "220000"]), st.sampled_from(["OC", "OH"]))),
)
def test_exactly_the_lowest_office_that_can_acts(permission: Permission, seats: set[tuple[str, str]]) -> None:
    """Of the line county, city, province the first with a fitting post has the right; all others have none."""
    Post.objects.all().delete()
    school = make.school_unit(make.county())
    line = {"220102": make.county(), "220100": make.city(), "220000": make.province()}
    roles = {"OC": Role.OFFICE_CLERK, "OH": Role.OFFICE_HEAD}
    for code, role in seats:
        make.user(roles[role], line[code])
    level = Level.NEXT if any(Level.NEXT in levels for levels in GRANTS[permission].values()) else Level.FIRST
    fitting = {key for key, role in roles.items() if level in GRANTS[permission].get(role, ())}
    codes = [code for code in list(line)[level is Level.NEXT :] if {(code, key) for key in fitting} & seats]

    found = {post.unit.code for person in able(permission, school) for post in person.live_posts}

    assert found == set(codes[:1])
