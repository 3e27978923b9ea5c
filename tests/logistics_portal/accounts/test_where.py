"""What a query keeps under a right is what the right allows, unit by unit."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics_portal.accounts.models import Post, Unit, UnitPeriod
from logistics_portal.accounts.permissions import GRANTS, Permission, Role
from logistics_portal.accounts.rules import fits
from logistics_portal.kit.context import one_act
from tests.factories import ground as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> list[Unit]:
    """Return a province in which schools hang under every kind of bureau, and under two that do not review."""
    county = make.county()
    zone = make.unit("220171", parent=make.city(), kind=Unit.Kind.FUNCTIONAL_ZONE, switched_on=False)
    inner = make.unit("220172", parent=zone, kind=Unit.Kind.ZONE_AREA)
    running = make.unit("220173", parent=make.city(), kind=Unit.Kind.FUNCTIONAL_ZONE)
    committee = make.unit("222600", parent=make.province(), kind=Unit.Kind.SPECIAL_COMMITTEE)
    area = make.unit("222601", parent=committee, kind=Unit.Kind.ZONE_AREA)
    make.neighbour()
    above = [make.province(), make.city(), county, zone, inner, running, committee, area]
    for unit in above:
        make.school_unit(unit)
    return list(Unit.objects.order_by("pk"))


def _kept(post: Post, permission: Permission) -> set[int]:
    return set(UnitPeriod.objects.filter(post.user.where(permission, "unit")).values_list("unit", flat=True))


@pytest.fixture(params=["", "220100", "220102", "220102 220173", "220000 220103 222600", "220100 222600"])
def staffed(request: pytest.FixtureRequest, tree: list[Unit]) -> list[str]:
    """Seat a clerk in some offices, a head in others, nobody in the rest."""
    codes = request.param.split()
    for nth, code in enumerate(codes):
        make.user([Role.OFFICE_CLERK, Role.OFFICE_HEAD][nth % 2], Unit.objects.get(code=code))
    return codes


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize("role", list(Role))
def test_a_query_keeps_the_units_at_which_the_right_holds(tree: list[Unit], role: Role) -> None:
    """Every right of the role, at every unit that has such a post."""
    units = list(Unit.objects.select_related("parent__parent__parent__parent").order_by("pk"))
    held = 0
    for at in (unit for unit in tree if fits(role, unit.kind)):
        post = make.user(role, at).live_posts[0]
        for permission in (it for it in Permission if role in GRANTS[it]):
            can = {unit.pk for unit in units if post.user.can(permission, at=unit)}
            assert _kept(post, permission) == can, (role, at.code, permission)
            held += len(can)
    assert held


def test_an_inspector_of_listed_schools_keeps_those(tree: list[Unit]) -> None:
    """Reach is part of the right."""
    schools = [unit for unit in tree if unit.kind == Unit.Kind.SCHOOL]
    person = make.user()
    post = make.post_over_schools(person, Role.INSPECTOR, make.city(), schools[:2])
    assert _kept(post, Permission.FINDING_OPEN_BUREAU) == {unit.pk for unit in schools[:2]}


def test_the_tree_is_read_once_a_request_and_not_at_all_for_a_school(tree: list[Unit]) -> None:
    """Asking for many rights costs two queries more: tree and who sits where; a school's people pay nothing."""
    clerk = make.user(Role.OFFICE_CLERK, make.city())
    principal = make.user(Role.PRINCIPAL, tree[-1])
    assert clerk.live_posts
    assert principal.live_posts
    with one_act(), CaptureQueriesContext(connection) as asked:
        for permission in Permission:
            clerk.where(permission, "unit")
            principal.where(permission, "unit")
    assert len(asked) == 2
