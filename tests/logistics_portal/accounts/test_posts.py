"""Posts: who may hold which together, for how long, and what ends with one click."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from logistics_portal.accounts.drafts import Grant, NewPerson, StandIn
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.accounts.services import people, posts
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import AuditRow, Notice, Parameter
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)
TODAY = date(2026, 10, 8)


@pytest.fixture(autouse=True)
def guarded(db: None) -> None:
    install(connection)


@pytest.fixture
def security() -> User:
    return make.user(Role.SECURITY_ADMIN, make.county())


def granted(holder: User, role: Role, unit: Unit, by: User, **more: object) -> Post:
    """Return a post that somebody asked for and `by` granted."""
    asked = {"asked_by": make.user(), **more}
    return posts.grant_post(holder=holder, grant=Grant(role, unit, TODAY, **asked), by=by, at=NOON)


def test_a_granted_post_gives_its_rights_and_tells_its_holder(security: User) -> None:
    person, school = make.user(), make.school_unit()

    post = granted(person, Role.LOGISTICS_OFFICER, school, security)

    assert person.post_for(Permission.CHECK_SUBMIT, at=school) == post or timezone.localdate() < TODAY
    assert AuditRow.objects.filter(verb="post.grant", on_id=person.pk, unit=school, by=security).exists()
    assert Notice.objects.filter(to=person).count() == 1


def test_nobody_grants_a_post_to_themselves(security: User) -> None:
    with pytest.raises(NotAllowed, match="自己"):
        granted(security, Role.SECURITY_ADMIN, make.neighbour(), security)


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.PRINCIPAL, make.county), (Role.OFFICE_CLERK, make.school_unit), (Role.SCHEME_ADMIN, make.city)],
)
def test_a_role_must_fit_its_unit(security: User, role: Role, unit) -> None:
    with pytest.raises(NotAllowed, match="不设"):
        granted(make.user(), role, unit(), security)


PAIRS = [
    (Role.LOGISTICS_OFFICER, "school", Role.OFFICE_CLERK, "county"),
    (Role.LOGISTICS_OFFICER, "school", Role.BUREAU_LEADER, "city"),
    (Role.PRINCIPAL, "school", Role.OFFICE_HEAD, "province"),
    (Role.FOOD_SAFETY_OFFICER, "school", Role.FOOD_SAFETY_DIRECTOR, "school"),
    (Role.INSPECTORATE_HEAD, "county", Role.OFFICE_CLERK, "county"),
    (Role.BUREAU_LEADER, "county", Role.SECURITY_ADMIN, "neighbour"),
    (Role.AUDITOR, "province", Role.OFFICE_CLERK, "county"),
    (Role.SYSTEM_OPERATOR, "province", Role.SECURITY_ADMIN, "county"),
    (Role.SCHEME_ADMIN, "province", Role.OFFICE_HEAD, "city"),
    (Role.SECURITY_ADMIN, "county", Role.LOGISTICS_OFFICER, "other school"),
]


def place(name: str) -> Unit:
    return {
        "school": lambda: make.school_unit(code="S1"),
        "other school": lambda: make.school_unit(make.neighbour(), code="S2"),
        "county": make.county,
        "neighbour": make.neighbour,
        "city": make.city,
        "province": make.province,
    }[name]()


@pytest.mark.parametrize(("first", "at", "second", "there"), PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_forbidden_pair_is_refused_whichever_comes_first(
    security: User, first: Role, at: str, second: Role, there: str, turned: bool
) -> None:
    stands = [(first, place(at)), (second, place(there))]
    (role, unit), (other_role, other_unit) = reversed(stands) if turned else stands
    person = make.user()
    granted(person, role, unit, security)

    with pytest.raises(NotAllowed, match="不能同时任"):
        granted(person, other_role, other_unit, security)


def test_the_same_post_is_not_granted_twice(security: User) -> None:
    person, school = make.user(), make.school_unit()
    granted(person, Role.PRINCIPAL, school, security)

    with pytest.raises(NotAllowed, match="不必再授"):
        granted(person, Role.PRINCIPAL, school, security)


def test_an_inspector_gets_schools_of_the_area_but_not_one_worked_at_last_year(security: User) -> None:
    worked, other, person = make.school_unit(), make.school_unit(), make.user()
    make.post(person, Role.PRINCIPAL, worked, until_date=TODAY - timedelta(100))

    post = granted(person, Role.INSPECTOR, make.county(), security, schools=(other,))

    assert [row.unit for row in post.listed_schools.all()] == [other]
    with pytest.raises(NotAllowed, match="12 个月"):
        granted(person, Role.INSPECTOR, make.city(), security, schools=(worked,))


def test_an_office_clerk_does_not_inspect_own_schools(security: User) -> None:
    person = make.user()
    granted(person, Role.OFFICE_CLERK, make.county(), security)

    with pytest.raises(NotAllowed, match="不能同时任"):
        granted(person, Role.INSPECTOR, make.city(), security, schools=(make.school_unit(),))


def test_a_bureaus_post_is_granted_from_one_level_above() -> None:
    own = make.user(Role.SECURITY_ADMIN, make.county()).live_posts[0]
    above = make.user(Role.SECURITY_ADMIN, make.city("220100")).live_posts[0]

    posts.refuse_own_level(above, make.county())

    with pytest.raises(NotAllowed, match="上一级"):
        posts.refuse_own_level(own, make.county())


def test_a_revoked_post_stays_readable_and_gives_nothing(security: User) -> None:
    person, school = make.user(), make.school_unit()
    post = granted(person, Role.PRINCIPAL, school, security)

    posts.revoke_post(post=post, reason="调离", by=security, at=NOON)

    assert Post.objects.get(pk=post.pk).revoked_by == security
    assert User.objects.get(pk=person.pk).live_posts == []
    with pytest.raises(NotAllowed, match="已经撤销"):
        posts.revoke_post(post=post, reason="调离", by=security, at=NOON)


def test_a_stand_in_holds_the_post_for_its_days_and_loses_it_with_the_principal(security: User) -> None:
    principal, stand_in, school = make.user(), make.user(), make.school_unit()
    post = granted(principal, Role.PRINCIPAL, school, security)

    delegation = posts.delegate(
        post=post, stand_in=StandIn(stand_in, TODAY, TODAY + timedelta(30), "外出学习"), by=principal, at=NOON
    )
    posts.revoke_post(post=post, reason="调离", by=security, at=NOON)

    delegation.refresh_from_db()
    assert delegation.stands_in_for == post
    assert delegation.revoked_at == NOON


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (TODAY, TODAY + timedelta(31), "30 天"),
        (TODAY + timedelta(2), TODAY, "早于"),
        (TODAY - timedelta(1), TODAY, "任期"),
    ],
)
def test_a_delegation_has_its_limits(security: User, first: date, last: date, words: str) -> None:
    principal = make.user()
    post = granted(principal, Role.PRINCIPAL, make.school_unit(), security)

    with pytest.raises(NotAllowed, match=words):
        posts.delegate(post=post, stand_in=StandIn(make.user(), first, last), by=principal, at=NOON)


def test_only_the_holder_delegates_and_not_to_themselves_nor_a_clerks_post(security: User) -> None:
    principal, clerk = make.user(), make.user()
    post = granted(principal, Role.PRINCIPAL, make.school_unit(), security)
    clerks = granted(clerk, Role.OFFICE_CLERK, make.county(), security)

    for held, to, by in [(post, clerk, clerk), (post, principal, principal), (clerks, principal, clerk)]:
        with pytest.raises(NotAllowed):
            posts.delegate(post=held, stand_in=StandIn(to, TODAY, TODAY), by=by, at=NOON)


def test_one_click_ends_posts_sessions_and_account(security: User) -> None:
    person = make.user(Role.PRINCIPAL, make.school_unit(), password="correct-horse-9")
    browser = make.client_of(person)

    people.revoke_everything(person=person, reason="调离", by=security, at=NOON)

    person.refresh_from_db()
    assert not person.is_active
    assert not person.posts.filter(revoked_at__isnull=True).exists()
    assert browser.get("/").status_code == 302


def test_a_locked_account_gets_no_post_until_it_is_opened_again(security: User) -> None:
    person = make.user()
    people.revoke_everything(person=person, reason="调离", by=security, at=NOON)
    with pytest.raises(NotAllowed, match="停用"):
        granted(User.objects.get(pk=person.pk), Role.PRINCIPAL, make.school_unit(), security)

    people.unlock(person=person, reason="调回", by=security, at=NOON)

    assert granted(person, Role.PRINCIPAL, make.school_unit(), security).pk


def test_a_login_name_is_never_used_again(security: User) -> None:
    people.create_person(new=NewPerson("wangfang", "王芳"), unit=make.school_unit(), by=security, at=NOON)

    with pytest.raises(NotAllowed, match="wangfang"):
        people.create_person(new=NewPerson("WangFang", "王方"), unit=make.school_unit(), by=security, at=NOON)


def test_a_one_time_link_works_once(security: User) -> None:
    person = make.user()
    link = people.issue_link(person=person, unit=make.county(), by=security, at=NOON)
    behind = people.person_behind(link.uid, link.token)

    people.set_password(person=person, password="三更灯火五更鸡2026", at=NOON)

    assert behind == person
    assert people.person_behind(link.uid, link.token) is None


def test_a_new_link_ends_the_old_one(security: User) -> None:
    person = make.user()
    old = people.issue_link(person=person, unit=make.county(), by=security, at=NOON)

    people.issue_link(person=person, unit=make.county(), by=security, at=NOON)

    assert people.person_behind(old.uid, old.token) is None


@pytest.mark.parametrize(("uid", "token"), [("", ""), ("x", "y-z"), ("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "a-b"), ("é", "1")])
def test_a_made_up_link_leads_to_nobody(uid: str, token: str) -> None:
    assert people.person_behind(uid, token) is None


def test_a_weak_password_is_refused_with_reasons() -> None:
    with pytest.raises(NotAllowed):
        people.set_password(person=make.user(), password="12345678", at=NOON)


def test_the_province_may_shorten_delegations_from_a_day_on(security: User) -> None:
    principal = make.user()
    post = granted(principal, Role.PRINCIPAL, make.school_unit(), security)
    Parameter.objects.create(code="DELEGATION_DAYS", value="10", name="代理", valid_from=TODAY + timedelta(1))
    tomorrow = TODAY + timedelta(1)

    with pytest.raises(NotAllowed, match="10 天"):
        posts.delegate(post=post, stand_in=StandIn(make.user(), tomorrow, TODAY + timedelta(12)), by=principal, at=NOON)
    posts.delegate(post=post, stand_in=StandIn(make.user(), TODAY, TODAY + timedelta(30)), by=principal, at=NOON)
