"""Questions whose SQL is built once: the same rows as Django's own, whatever the values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.checks.models import Check
from inspections.checks.services import hand_in
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.prepared import LONGEST, Prepared, insert, prepared
from logistics_portal.kit.scoping import Reach, covers
from schools.register.models import Place
from tests.factories import ground, schools
from tests.inspections.checks.story import MORNING, scene

pytestmark = pytest.mark.django_db


@prepared
def posts(user: int, role: str, today: date) -> QuerySet[Post]:
    """Return posts with their units, two levels up."""
    rows = Post.objects.in_force(on=today).filter(user=user, role=role)
    return rows.select_related("unit__parent__parent", "granted_by").order_by("pk")


@prepared
def codes(kinds: Sequence[str], ids: Sequence[int]) -> QuerySet[Unit, str]:
    """Return one column."""
    return Unit.objects.filter(Q(kind__in=kinds) | Q(pk__in=ids)).order_by("code").values_list("code", flat=True)


@prepared
def columns(parents: Sequence[int], since: date) -> QuerySet[Unit, tuple[str, date, int | None]]:
    """Return several columns of two tables laid over each other."""
    young = Unit.objects.filter(parent__in=parents, from_date__gte=since).values_list("code", "from_date", "parent_id")
    old = Unit.objects.filter(parent__in=parents, from_date__lt=since).values_list("code", "from_date", "parent_id")
    return young.union(old).order_by("code")


@prepared
def by_client(client: UUID, since: datetime) -> QuerySet[Check]:
    """Return checks by number and instant."""
    return Check.objects.filter(client_id=client, handed_in_at__gte=since)


def test_models_come_with_what_is_joined_as_django_reads_them(django_assert_num_queries) -> None:
    person, county = ground.user(full_name="某人"), ground.county()
    ground.post(person, Role.OFFICE_CLERK, county)
    for _time in range(2):
        (found,) = posts(person.pk, str(Role.OFFICE_CLERK), date(2026, 11, 16))
        (same,) = posts.afresh(person.pk, str(Role.OFFICE_CLERK), date(2026, 11, 16))
        with django_assert_num_queries(0):
            assert found == same
            assert vars(found).keys() == vars(same).keys()
            assert (found.unit, found.unit.parent.parent) == (same.unit, same.unit.parent.parent)
            assert (found.from_date, found.granted_at) == (same.from_date, same.granted_at)
            assert found.granted_by == same.granted_by
    found.reason = "改过"
    found.save()
    assert Post.objects.get().reason == "改过"


def test_the_values_are_those_of_each_call() -> None:
    mine, other = ground.user(), ground.user()
    ground.post(mine, Role.OFFICE_CLERK, ground.county())

    assert len(posts(mine.pk, str(Role.OFFICE_CLERK), date(2026, 11, 16))) == 1
    assert posts(other.pk, str(Role.OFFICE_CLERK), date(2026, 11, 16)) == []
    assert posts(mine.pk, str(Role.OFFICE_HEAD), date(2026, 11, 16)) == []
    assert posts(mine.pk, str(Role.OFFICE_CLERK), date(2001, 1, 1)) == []
    assert posts(user=mine.pk, role="x' OR 1=1 --", today=date(2026, 11, 16)) == []


@pytest.mark.parametrize("huge", [2**63, -(2**63), 10**40])
def test_a_number_no_column_can_hold_finds_nothing(huge: int) -> None:
    assert posts(huge, str(Role.OFFICE_CLERK), date(2026, 11, 16)) == []
    assert codes(["x"], [huge]) == []


def test_a_question_is_built_once() -> None:
    built: list[object] = []

    def build(pk: int) -> QuerySet[Unit]:
        built.append(pk)
        return Unit.objects.filter(pk=pk)

    asked = prepared(build)
    here = ground.county()

    assert [asked(here.pk), asked(here.pk), asked(-1)] == [[here], [here], []]
    assert len(built) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_of_any_length_give_what_django_gives(data: st.DataObject) -> None:
    known = [ground.province(), ground.county(), ground.neighbour()]
    kinds = data.draw(st.lists(st.sampled_from(["county", "city", "province", "x"]), max_size=4))
    ids = data.draw(st.lists(st.sampled_from([it.pk for it in known]) | st.integers(-5, 5), max_size=LONGEST + 3))
    since = data.draw(st.dates(date(2000, 1, 1), date(2020, 1, 1)))

    assert codes(kinds, ids) == codes.afresh(kinds, ids)
    assert columns(ids, since) == columns.afresh(ids, since)


def test_numbers_of_checks_and_instants_are_compared_as_django_compares_them() -> None:
    here = scene()
    check = hand_in(paper=here.paper(at=MORNING), hand=here.hand(), at=MORNING).check
    for client, since in [
        (check.client_id, check.handed_in_at),
        (check.client_id, datetime(2030, 1, 1, tzinfo=UTC)),
        (uuid4(), check.handed_in_at),
    ]:
        assert by_client(client, since) == by_client.afresh(client, since)
    (found,) = by_client(check.client_id, check.handed_in_at)
    same = Check.objects.get(pk=check.pk)
    assert {it.attname: getattr(found, it.attname) for it in Check._meta.concrete_fields} == {
        it.attname: getattr(same, it.attname) for it in Check._meta.concrete_fields
    }


@pytest.mark.parametrize(
    "build",
    [
        lambda: Unit.objects.annotate(one=Value(1)),
        lambda: Unit.objects.prefetch_related("periods"),
        lambda: Unit.objects.values("code"),
    ],
)
def test_what_cannot_be_read_back_is_refused_where_it_is_written(build) -> None:
    with pytest.raises(TypeError, match="prepared question"):
        Prepared(build)()


def test_a_kind_of_value_that_is_not_known_is_refused() -> None:
    def build(unit: Unit) -> QuerySet[Unit]:
        return Unit.objects.filter(pk=unit.pk)

    with pytest.raises(TypeError, match="no question is prepared"):
        prepared(build)(ground.county())


def test_rows_written_at_once_are_as_django_writes_them(django_assert_num_queries) -> None:
    here = ground.county()
    made = [User(username=f"u{nth}", full_name="某 人\u3000", phone="") for nth in range(3)]

    with django_assert_num_queries(1):
        written = insert(User, iter(made))

    assert written == made
    assert [User.objects.get(pk=it.pk).username for it in made] == ["u0", "u1", "u2"]
    post = Post(user=made[0], unit=here, role=Role.OFFICE_CLERK, from_date=date(2026, 1, 1), asked_by=made[1])
    insert(Post, [post])
    read = Post.objects.get(pk=post.pk)
    assert {it.attname: getattr(read, it.attname) for it in Post._meta.concrete_fields} == {
        it.attname: getattr(post, it.attname) for it in Post._meta.concrete_fields
    }
    post.reason = "后来"
    post.save()
    assert Post.objects.get().reason == "后来"
    assert insert(Post, []) == []


def test_a_row_that_breaks_a_rule_of_the_table_leaves_nothing() -> None:
    ground.user(username="taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(User, [User(username="fresh", full_name="x"), User(username="taken", full_name="y")])

    assert not User.objects.filter(username="fresh").exists()


def test_questions_are_kept_on_the_connection_they_were_built_for() -> None:
    posts(1, str(Role.OFFICE_CLERK), date(2026, 11, 16))

    assert any(posts in key for key in connection.prepared_questions if isinstance(key, tuple))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_row_at_hand_is_covered_exactly_when_it_would_be_found(data: st.DataObject) -> None:
    if not Place.objects.exists():
        for county in (ground.county(), ground.neighbour()):
            for _school in range(2):
                school = schools.school(county)
                schools.place(school, Place.Kind.CAMPUS)
                schools.place(school, Place.Kind.CANTEEN)
    every = list(Place.objects.select_related("school__unit__parent__parent"))
    paths = st.sampled_from([it for place in every for it in chain_of(place.school.unit)] + ["220", "x/"])
    reach = Reach(
        frozenset(data.draw(st.lists(paths, max_size=2))),
        frozenset(data.draw(st.lists(st.sampled_from([it.school.unit_id for it in every]), max_size=2))),
        frozenset(data.draw(st.lists(st.sampled_from([it.pk for it in every]), max_size=2))),
    )

    class Viewer:
        def __init__(self) -> None:
            self.reach = reach

    found = set(Place.objects.visible_to(Viewer()))

    assert {place for place in every if covers(reach, place)} == found


def chain_of(unit: Unit) -> list[str]:
    """Return the paths of a unit and of what stands above it."""
    return [unit.path, *(chain_of(unit.parent) if unit.parent else [])]
