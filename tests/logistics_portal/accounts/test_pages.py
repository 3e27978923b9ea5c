"""Pages of people, posts and units: who gets in, what they do, what is refused and kept."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.drafts import Cause
from logistics_portal.accounts.models import Post, Unit, UnitChange, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import people, units
from logistics_portal.records.models import AuditRow
from tests.factories import ground as make
from tests.factories import schools as make_schools

pytestmark = pytest.mark.django_db
PASSWORD = "三更灯火五更鸡2026"
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def school() -> Unit:
    return make.school_unit(code="S0000001", name="第一小学")


@pytest.fixture
def officer(school: Unit) -> User:
    return make.user(Role.LOGISTICS_OFFICER, school, full_name="李明")


@pytest.fixture
def security(school: Unit) -> Client:
    return make.client_of(make.user(Role.SECURITY_ADMIN, make.county(), full_name="安管"))


@pytest.fixture
def principal(school: Unit) -> Client:
    return make.client_of(make.user(Role.PRINCIPAL, school, full_name="校长"))


@pytest.fixture
def next_door() -> Client:
    return make.client_of(make.user(Role.SECURITY_ADMIN, make.neighbour()))


def typed(**more: object) -> dict[str, object]:
    return {"full_name": "王芳", "phone": "13800000001", "role": Role.DORM_KEEPER, "first": "2026-09-01", **more}


def link_in(answer: object) -> str:
    found = re.search(r"http://testserver(/people/password/[^<]+)", answer.content.decode())
    assert found is not None
    return found[1].strip()


def test_the_list_shows_the_people_of_the_county_and_no_others(security: Client, officer: User) -> None:
    stranger = make.user(Role.PRINCIPAL, make.school_unit(make.neighbour()), full_name="邻居")

    page = security.get(reverse("accounts:people")).content.decode()

    assert officer.full_name in page
    assert stranger.full_name not in page


@pytest.mark.parametrize(
    "query", ["?q=李明", "?role=logistics_officer", "?state=running", "?at=第一小学", "?q=%00&state=x"]
)
def test_the_list_can_be_narrowed(security: Client, officer: User, query: str) -> None:
    assert security.get(reverse("accounts:people") + query).status_code == 200


def test_the_auditor_exports_the_list_as_it_is_seen_but_the_security_administrator_does_not(
    security: Client, officer: User
) -> None:
    url = reverse("accounts:people") + "?export=csv&q=李明"

    answer = make.client_of(make.user(Role.AUDITOR, make.province())).get(url)

    assert "李明".encode() in answer.getvalue()
    assert security.get(url).status_code == 403


def test_a_school_officer_sees_no_list_of_people_but_their_own_page(officer: User) -> None:
    browser = make.client_of(officer)

    assert browser.get(reverse("accounts:people")).status_code == 403
    assert browser.get(reverse("accounts:person", args=[officer.pk])).status_code == 200


def test_a_colleague_is_not_looked_up(officer: User, school: Unit) -> None:
    other = make.user(Role.PRINCIPAL, school)

    assert make.client_of(officer).get(reverse("accounts:person", args=[other.pk])).status_code == 403


ON_A_PERSON = ["person", "person-edit", "lock", "unlock", "pick-unit"]


@pytest.mark.parametrize("name", ON_A_PERSON)
def test_the_neighbour_finds_no_such_person(next_door: Client, officer: User, name: str) -> None:
    answer = next_door.get(reverse(f"accounts:{name}", args=[officer.pk]))

    assert answer.status_code == 404
    assert AuditRow.objects.filter(outcome="refused", verb=f"accounts:{name}", on_id=officer.pk).exists()


@pytest.mark.parametrize("name", ["lock", "unlock", "person-edit"])
def test_a_person_without_the_right_is_refused_and_it_is_kept(officer: User, school: Unit, name: str) -> None:
    principal = make.user(Role.PRINCIPAL, school)

    answer = make.client_of(principal).get(reverse(f"accounts:{name}", args=[officer.pk]))

    assert answer.status_code == 403
    assert AuditRow.objects.filter(outcome="refused", by=principal, verb=f"accounts:{name}").exists()


def test_a_new_person_gets_a_post_and_a_one_time_link_with_which_to_sign_in(principal: Client, school: Unit) -> None:
    answer = principal.post(reverse("accounts:person-new", args=[school.pk]), typed())
    url, browser = link_in(answer), Client()

    browser.post(url, {"password": PASSWORD, "again": PASSWORD})

    made = User.objects.get(username="13800000001")
    assert made.live_posts[0].role == Role.DORM_KEEPER or timezone.localdate() < date(2026, 9, 1)
    assert browser.post(reverse("account_login"), {"login": made.username, "password": PASSWORD}).status_code == 302
    assert Client().get(url).status_code == 410


def test_a_password_like_the_login_name_is_refused_in_our_own_words(principal: Client, school: Unit) -> None:
    url = link_in(principal.post(reverse("accounts:person-new", args=[school.pk]), typed()))

    page = Client().post(url, {"password": "a13800000001", "again": "a13800000001"}).content.decode()

    assert "密码与登录名太相似，请另设一个。" in page


def test_the_link_wants_the_same_strong_password_twice(principal: Client, school: Unit) -> None:
    url = link_in(principal.post(reverse("accounts:person-new", args=[school.pk]), typed()))

    answers = [
        Client().post(url, {"password": one, "again": two})
        for one, two in [("12345678", "12345678"), (PASSWORD, "other"), ("", "")]
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not User.objects.get(username="13800000001").has_usable_password()


def test_a_link_runs_out_after_a_day(settings, officer: User) -> None:
    link = people.link_of(officer)
    settings.PASSWORD_RESET_TIMEOUT = -1

    answer = Client().get(reverse("accounts:set-password", args=[link.uid, link.token]))

    assert answer.status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "123"},
        {"role": "office_clerk"},
        {"role": "principal"},
        {"first": "x"},
        {"last": "2026-08-01"},
        {"username": "a b"},
        {"full_name": ""},
    ],
)
def test_a_wrong_field_says_so_and_nothing_is_made(principal: Client, school: Unit, wrong: dict[str, str]) -> None:
    answer = principal.post(reverse("accounts:person-new", args=[school.pk]), typed(**wrong))

    assert answer.status_code == 200
    assert not User.objects.filter(full_name="王芳").exists()


def test_a_refused_post_makes_no_account_either_and_is_kept_as_a_refusal(principal: Client, school: Unit) -> None:
    make.user(username="13800000001")

    answer = principal.post(reverse("accounts:person-new", args=[school.pk]), typed())

    assert "已是别人的" in answer.content.decode()
    row = AuditRow.objects.get(outcome="refused")
    assert (row.verb, row.on_id) == ("accounts:person-new", school.pk)
    assert "已是别人的" in row.reason


def test_a_county_does_not_staff_its_own_bureau(security: Client) -> None:
    answer = security.post(reverse("accounts:person-new", args=[make.county().pk]), typed(role=Role.OFFICE_CLERK))

    assert "上一级" in answer.content.decode()


def test_grave_acts_ask_for_the_password_again(officer: User, school: Unit) -> None:
    browser = make.client_of(make.user(Role.SECURITY_ADMIN, make.county(), password=PASSWORD), fresh=False)
    urls = [
        reverse("accounts:lock", args=[officer.pk]),
        reverse("accounts:unlock", args=[officer.pk]),
        reverse("accounts:revoke", args=[officer.live_posts[0].pk]),
    ]

    answers = [browser.get(url) for url in urls]

    assert all(answer.url.startswith(reverse("account_reauthenticate")) for answer in answers)
    assert browser.post(reverse("accounts:link", args=[officer.pk])).status_code == 302
    assert browser.get(urls[0], headers={"HX-Request": "true"}).status_code == 401


def test_people_stand_by_unit_post_and_sign_in_name_however_they_are_called(security: Client, school: Unit) -> None:
    other = make.school_unit(code="S0000002")
    named = [
        (other, Role.PRINCIPAL, "a", "丁一一"),
        (school, Role.PRINCIPAL, "b", "一二三"),
        (school, Role.LOGISTICS_OFFICER, "d", "一一一"),
        (school, Role.LOGISTICS_OFFICER, "c", "龙飞飞"),
    ]
    for unit, role, username, name in named:
        person = make.user(role, unit)
        User.objects.filter(pk=person.pk).update(username=username, full_name=name)

    page = security.get(reverse("accounts:people")).content.decode()

    places = [page.index(name) for name in ("龙飞飞", "一一一", "一二三", "丁一一")]
    assert places == sorted(places)
    assert 'sort=user"' not in page


def test_a_post_at_a_bureau_below_is_granted_at_the_unit_named_by_its_code(school: Unit) -> None:
    city = make.client_of(make.user(Role.SECURITY_ADMIN, make.city("220100")))
    clerk = make.user(Role.OFFICE_CLERK, make.county())
    first = city.post(reverse("accounts:pick-unit", args=[clerk.pk]), {"unit": "220103"})
    assert first.status_code == 200  # the neighbour is not made yet
    neighbour = make.neighbour()

    first = city.post(reverse("accounts:pick-unit", args=[clerk.pk]), {"unit": "220103"})
    city.post(first.url, {"role": Role.OFFICE_CLERK, "first": "2026-09-01"})

    assert clerk.posts.filter(role=Role.OFFICE_CLERK, unit=neighbour).exists()


def test_a_school_post_is_not_granted_by_the_security_administrator_alone(
    security: Client, officer: User, school: Unit
) -> None:
    picked = security.post(reverse("accounts:pick-unit", args=[officer.pk]), {"unit": "s0000001"})
    direct = security.post(
        reverse("accounts:grant", args=[officer.pk, school.pk]), {"role": Role.PRINCIPAL, "first": "2026-09-01"}
    )

    assert "岗位申请" in picked.content.decode()
    assert direct.status_code == 403
    assert security.get(reverse("accounts:person-new", args=[school.pk])).status_code == 403
    assert not officer.posts.filter(role=Role.PRINCIPAL).exists()


@pytest.mark.parametrize("text", ["邻居小学", "S999", "%", ""])
def test_a_unit_out_of_reach_is_not_found(security: Client, officer: User, text: str) -> None:
    make.school_unit(make.neighbour(), name="邻居小学")

    answer = security.post(reverse("accounts:pick-unit", args=[officer.pk]), {"unit": text})

    assert answer.status_code == 200


def test_a_keepers_post_is_narrowed_to_chosen_places() -> None:
    place = make_schools.place()
    unit = place.school.unit
    principal = make.client_of(make.user(Role.PRINCIPAL, unit))

    principal.post(reverse("accounts:person-new", args=[unit.pk]), typed(places=[str(place.pk)]))

    post = Post.objects.get(role=Role.DORM_KEEPER)
    assert [row.place_id for row in post.listed_places.all()] == [place.pk]


def test_a_post_is_revoked_with_a_reason(security: Client, officer: User) -> None:
    url = reverse("accounts:revoke", args=[officer.live_posts[0].pk])

    empty = security.post(url, {"reason": ""})
    security.post(url, {"reason": "调离本校"})

    assert empty.status_code == 200
    assert Post.objects.get(user=officer).revoked_at is not None
    assert make.client_of(officer).get(url).status_code == 404


def test_one_click_ends_everything_and_the_account_can_be_opened_again(security: Client, officer: User) -> None:
    security.post(reverse("accounts:lock", args=[officer.pk]), {"reason": "离职手续办结"})
    locked = User.objects.get(pk=officer.pk)
    security.post(reverse("accounts:unlock", args=[officer.pk]), {"reason": "返聘手续办结"})

    assert not locked.is_active
    assert locked.live_posts == []
    assert User.objects.get(pk=officer.pk).is_active


def test_nobody_ends_a_superior(officer: User, school: Unit) -> None:
    both = make.user(Role.PRINCIPAL, make.school_unit())
    make.post(both, Role.INSPECTORATE_HEAD, make.city())

    answer = make.client_of(make.user(Role.SECURITY_ADMIN, make.county())).get(reverse("accounts:lock", args=[both.pk]))

    assert answer.status_code == 403
    assert User.objects.get(pk=both.pk).is_active


def test_a_principal_delegates_to_a_colleague(school: Unit) -> None:
    principal, colleague = make.user(Role.PRINCIPAL, school), make.user(Role.VICE_PRINCIPAL_LOGISTICS, school)
    today = timezone.localdate()
    url = reverse("accounts:delegate", args=[principal.live_posts[0].pk])
    days = {"first": today.isoformat(), "reason": "外出学习"}

    wrong = make.client_of(principal).post(url, {**days, "username": "nobody", "last": today.isoformat()})
    long = {**days, "username": colleague.username, "last": (today + timedelta(40)).isoformat()}
    too_long = make.client_of(principal).post(url, long)
    make.client_of(principal).post(url, {**long, "last": (today + timedelta(10)).isoformat()})

    assert "没有登录名" in wrong.content.decode()
    assert "30 天" in too_long.content.decode()
    assert colleague.posts.get(role=Role.PRINCIPAL).stands_in_for == principal.live_posts[0]


def test_everybody_changes_how_they_are_reached(officer: User) -> None:
    make.client_of(officer).post(
        reverse("accounts:person-edit", args=[officer.pk]), {"full_name": "李明", "phone": "13900000009"}
    )

    assert User.objects.get(pk=officer.pk).phone == "13900000009"


def test_the_tree_is_shown_as_far_as_it_can_be_seen(security: Client, school: Unit) -> None:
    page = security.get(reverse("accounts:units")).content.decode()
    county = security.get(reverse("accounts:unit", args=[make.county().pk]))

    assert make.county().name in page
    assert make.neighbour().name not in page
    assert school.name in county.content.decode()
    assert security.get(reverse("accounts:unit", args=[make.neighbour().pk])).status_code == 404


def test_a_change_to_the_tree_is_asked_for_and_confirmed_by_two_people() -> None:
    clerk = make.client_of(make.user(Role.SCHEME_ADMIN, make.province()))
    head = make.client_of(make.user(Role.OFFICE_HEAD, make.province()))
    county = make.county()
    today = timezone.localdate().isoformat()

    clerk.post(
        reverse("accounts:unit-change", args=[county.pk, "rename"]),
        {"name": "新南关区", "on_date": today, "reason": "吉政函〔2026〕1号"},
    )
    url = reverse("accounts:unit-decide", args=[UnitChange.objects.get().pk])
    own = clerk.get(url)
    seen = head.get(url).content.decode()
    head.post(url, {"decision": "confirm"})

    assert own.status_code == 403
    assert "新南关区" in seen
    assert Unit.objects.get(pk=county.pk).name == "新南关区"
    assert "新南关区" in head.get(reverse("accounts:unit", args=[county.pk])).content.decode()


def test_a_change_dated_ahead_waits_for_its_day_on_the_pages() -> None:
    day = timezone.localdate() + timedelta(3)
    asker = make.user(Role.OFFICE_CLERK, make.province())
    cause = Cause(day, "批复", asker, timezone.now())
    change = units.ask_change(unit=make.county(), kind="rename", facts={"name": "新南关区"}, cause=cause)
    head = make.client_of(make.user(Role.OFFICE_HEAD, make.province()))
    url = reverse("accounts:unit-decide", args=[change.pk])

    told = head.post(url, {"decision": "confirm"}, follow=True).content.decode()
    waiting = head.get(url).content.decode()
    twice = head.post(url, {"decision": "confirm"})
    head.post(url, {"decision": "refuse", "reason": "另报"})

    assert f"将于 {day} 自动生效" in told
    assert f"{day} 自动生效" in waiting
    assert "撤回确认" in waiting
    assert twice.status_code == 200
    assert Unit.objects.get(pk=make.county().pk).name == "南关区"
    assert UnitChange.objects.get().state == UnitChange.State.REFUSED


def test_a_change_is_sent_back_with_a_reason() -> None:
    asker = make.user(Role.OFFICE_CLERK, make.province())
    change = units.ask_change(
        unit=make.county(),
        kind="move",
        facts={"parent": make.city("220200").pk},
        cause=Cause(NOON.date(), "批复", asker, NOON),
    )
    head = make.client_of(make.user(Role.OFFICE_HEAD, make.province()))
    url = reverse("accounts:unit-decide", args=[change.pk])

    missing = head.post(url, {"decision": "refuse"})
    head.post(url, {"decision": "refuse", "reason": "材料不全"})

    assert "退回理由" in missing.content.decode()
    assert UnitChange.objects.get().state == UnitChange.State.REFUSED


@pytest.mark.parametrize("kind", ["create", "rename", "recode", "move", "close"])
def test_every_change_has_its_form(kind: str) -> None:
    browser = make.client_of(make.user(Role.OFFICE_CLERK, make.province()))

    assert browser.get(reverse("accounts:unit-change", args=[make.county().pk, kind])).status_code == 200
    assert (
        browser.post(reverse("accounts:unit-change", args=[make.county().pk, kind]), {"reason": "x"}).status_code == 200
    )


def test_a_county_clerk_changes_no_tree_and_an_unknown_change_is_no_page() -> None:
    county = make.client_of(make.user(Role.OFFICE_CLERK, make.county()))
    province = make.client_of(make.user(Role.OFFICE_CLERK, make.province()))

    refused = county.get(reverse("accounts:unit-change", args=[make.county().pk, "rename"]))

    assert refused.status_code == 403
    assert province.get(reverse("accounts:unit-change", args=[make.county().pk, "switch_on"])).status_code == 404
    assert province.get(reverse("accounts:unit-change", args=[make.county().pk, "explode"])).status_code == 404


def test_the_auditor_reads_the_trail_and_that_is_kept_too(officer: User, security: Client) -> None:
    security.post(reverse("accounts:lock", args=[officer.pk]), {"reason": "离职手续办结"})
    auditor = make.user(Role.AUDITOR, make.province())

    page = make.client_of(auditor).get(reverse("accounts:acts") + "?outcome=done&since=2026-01-01").content.decode()

    assert "离职手续办结" in page
    assert AuditRow.objects.filter(verb="audit.read", by=auditor).exists()


def test_nobody_but_the_auditor_reads_the_trail(security: Client, officer: User) -> None:
    assert security.get(reverse("accounts:acts")).status_code == 403
    assert make.client_of(make.user()).get(reverse("accounts:acts")).status_code == 403


@pytest.mark.parametrize("name", ["people", "units", "import", "acts"])
def test_a_person_without_a_post_gets_nowhere(name: str) -> None:
    answer = make.client_of(make.user()).get(reverse(f"accounts:{name}"))

    assert answer.status_code in {200, 403}
    assert "南关区" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/people/99999999999999999999999/", "/people/units/99999999999999999999999/"])
def test_a_huge_number_is_no_page(security: Client, path: str) -> None:
    assert security.get(path).status_code == 404


def test_the_list_asks_few_questions_however_long_it_is(
    security: Client, school: Unit, django_assert_max_num_queries
) -> None:
    for _number in range(30):
        make.user(Role.DORM_KEEPER, school)

    with django_assert_max_num_queries(16):
        answer = security.get(reverse("accounts:people"))

    assert answer.status_code == 200
