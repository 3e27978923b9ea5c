"""Posts that take two persons: asked for by one, granted by another; until then they give no right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts import deciding
from logistics_portal.accounts.drafts import Ask, Grant, NewPerson, StandIn
from logistics_portal.accounts.models import Post, PostRequest, Unit, User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.accounts.portal import requests as todos
from logistics_portal.accounts.services import posts, requests
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)
TODAY = date(2026, 10, 8)
WANG = NewPerson("13800000001", "王芳", "13800000001")


@pytest.fixture(autouse=True)
def guarded(db: None) -> None:
    install(connection)


@pytest.fixture
def school() -> Unit:
    return make.school_unit(code="S0000001", name="第一小学")


@pytest.fixture
def principal(school: Unit) -> User:
    return make.user(Role.PRINCIPAL, school, full_name="校长")


@pytest.fixture
def security(school: Unit) -> User:
    return make.user(Role.SECURITY_ADMIN, make.county(), full_name="安管")


def asked(by: User, at: Unit, role: Role = Role.LOGISTICS_OFFICER, person: NewPerson = WANG) -> PostRequest:
    grant = Grant(role, at, TODAY, reason="校发〔2026〕3号")
    return requests.ask(ask=Ask(grant, person), by=by, at=NOON)


def typed(**more: object) -> dict[str, object]:
    return {
        "full_name": "王芳",
        "phone": "13800000001",
        "role": Role.LOGISTICS_OFFICER,
        "first": "2026-09-01",
        "reason": "校发〔2026〕3号",
        **more,
    }


def test_what_a_principal_asks_for_the_bureau_grants_and_both_are_kept(principal: User, security: User) -> None:
    request = asked(principal, principal.live_posts[0].unit)
    before = Post.objects.filter(role=Role.LOGISTICS_OFFICER).count()

    holder, is_new = requests.grant(request=request, by=security, at=NOON)

    request.refresh_from_db()
    post = holder.posts.get()
    assert (before, is_new, request.state) == (0, True, PostRequest.State.GRANTED)
    assert (post.asked_by, post.granted_by, request.post) == (principal, security, post)
    assert Notice.objects.filter(to=principal, key=f"post.answer/{request.pk}").exists()
    assert {row.verb for row in AuditRow.objects.filter(on_id=request.pk, on_table="accounts.postrequest")} == {
        "post.ask",
        "post.grant",
    }


def test_who_may_grant_is_told_and_finds_it_among_the_things_to_do(principal: User, security: User) -> None:
    neighbour = make.user(Role.SECURITY_ADMIN, make.neighbour())
    city = make.user(Role.SECURITY_ADMIN, make.city("220100"))

    request = asked(principal, principal.live_posts[0].unit)

    told = Notice.objects.filter(key=f"post.ask/{request.pk}")
    assert [notice.to for notice in told] == [security]
    assert [len(todos(person, NOON)) for person in (security, neighbour, city, principal)] == [1, 0, 0, 0]


def test_where_the_bureau_has_nobody_the_one_above_grants(principal: User, school: Unit) -> None:
    province = make.user(Role.SECURITY_ADMIN, make.province())
    city = make.user(Role.SECURITY_ADMIN, make.city("220100"))

    request = asked(principal, school)

    assert list(deciding.deciders(school, TODAY)) == [city]
    assert [len(todos(person, NOON)) for person in (city, province)] == [1, 0]
    assert deciding.deciding_post(city, request.unit, TODAY) == city.live_posts[0]


def test_a_known_person_keeps_the_account(principal: User, security: User, school: Unit) -> None:
    known = make.user(username="wangfang", full_name="王芳")
    request = asked(principal, school, person=NewPerson("wangfang", "王芳"))

    holder, is_new = requests.grant(request=request, by=security, at=NOON)

    assert (holder, is_new) == (known, False)


def test_what_could_never_be_granted_is_not_asked_for(principal: User, school: Unit) -> None:
    make.user(username="13800000001", full_name="李四")
    make.user(Role.OFFICE_CLERK, make.county(), username="zhang", full_name="张三")
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: asked(principal, school), "已是别人的"),
        (lambda: asked(principal, school, Role.OFFICE_CLERK, NewPerson("new", "新人")), "不设"),
        (lambda: asked(principal, school, person=NewPerson("zhang", "张三")), "不能同时任"),
        (lambda: asked(principal, make.county(), Role.OFFICE_CLERK, NewPerson("new", "新人")), "直接授予"),
    ]

    for case, words in cases:
        with pytest.raises(NotAllowed, match=words):
            case()

    assert not PostRequest.objects.exists()


def test_a_post_is_asked_for_once_at_a_time(principal: User, school: Unit) -> None:
    request = asked(principal, school)
    with pytest.raises(NotAllowed, match="正在办理"):
        asked(principal, school)

    requests.withdraw(request=request, by=principal, at=NOON)

    assert asked(principal, school).pk


def test_a_request_is_answered_once_and_never_by_the_asker(principal: User, security: User, school: Unit) -> None:
    request = asked(principal, school)
    with pytest.raises(NotAllowed, match="另一人"):
        requests.grant(request=request, by=principal, at=NOON)
    requests.refuse(request=request, reason="没有任命文件", by=security, at=NOON)

    for again in (
        lambda: requests.grant(request=request, by=security, at=NOON),
        lambda: requests.refuse(request=request, reason="再退", by=security, at=NOON),
        lambda: requests.withdraw(request=request, by=principal, at=NOON),
    ):
        with pytest.raises(NotAllowed, match="办理过"):
            again()

    assert Notice.objects.get(to=principal, key=f"post.answer/{request.pk}").text == "没有任命文件"
    assert not User.objects.filter(username=WANG.username).exists()


def test_a_request_is_withdrawn_by_its_asker_alone(principal: User, security: User, school: Unit) -> None:
    request = asked(principal, school)

    with pytest.raises(NotAllowed, match="自己提出"):
        requests.withdraw(request=request, by=security, at=NOON)


def test_a_provinces_post_gives_no_right_before_a_leader_confirms() -> None:
    province = make.province()
    security, leader = make.user(Role.SECURITY_ADMIN, province), make.user(Role.BUREAU_LEADER, province)
    person = make.user(username="zhaojing", full_name="赵静")

    request = asked(security, province, Role.OFFICE_HEAD, NewPerson("zhaojing", "赵静"))
    before = User.objects.get(pk=person.pk).can(Permission.UNIT_CONFIRM, at=province)
    waiting = [len(todos(who, NOON)) for who in (leader, security)]
    requests.grant(request=request, by=leader, at=timezone.now())

    assert (before, waiting) == (False, [1, 0])
    assert User.objects.get(pk=person.pk).can(Permission.UNIT_CONFIRM, at=province)


def test_nobody_proposes_themselves_for_the_province_and_no_leader_confirms_their_own_post() -> None:
    province = make.province()
    security = make.user(Role.SECURITY_ADMIN, province, username="anguan", full_name="安管")
    leader = make.user(Role.BUREAU_LEADER, province, username="lingdao", full_name="领导")
    with pytest.raises(NotAllowed, match="自己"):
        asked(security, province, Role.SCHEME_ADMIN, NewPerson("anguan", "安管"))

    request = asked(security, province, Role.OFFICE_HEAD, NewPerson("lingdao", "领导"))

    with pytest.raises(NotAllowed, match="自己授予"):
        requests.grant(request=request, by=leader, at=NOON)


@pytest.mark.parametrize(
    ("at", "role", "asker"),
    [
        (make.province, Role.OFFICE_CLERK, "nobody"),
        (make.province, Role.OFFICE_CLERK, "holder"),
        (make.province, Role.OFFICE_CLERK, "granter"),
        (make.school_unit, Role.PRINCIPAL, "nobody"),
        (make.school_unit, Role.PRINCIPAL, "granter"),
    ],
)
def test_the_database_itself_refuses_a_post_that_one_person_gave(at, role: Role, asker: str) -> None:
    holder, granter = make.user(), make.user()
    who = {"nobody": None, "holder": holder, "granter": granter}[asker]

    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=holder, unit=at(), role=role, from_date=TODAY, granted_by=granter, asked_by=who)

    assert not holder.posts.exists()


def test_the_database_lets_a_principal_staff_own_logs_and_somebody_stand_in(school: Unit) -> None:
    principal, keeper, stand_in = make.user(), make.user(), make.user()
    held = make.post(principal, Role.PRINCIPAL, school)

    post = posts.grant_post(holder=keeper, grant=Grant(Role.DORM_KEEPER, school, TODAY), by=principal, at=NOON)
    delegation = posts.delegate(post=held, stand_in=StandIn(stand_in, TODAY, TODAY, "外出"), by=principal, at=NOON)

    assert (post.asked_by, delegation.asked_by, delegation.stands_in_for) == (None, None, held)


def test_a_decided_request_is_never_changed_nor_deleted(principal: User, security: User, school: Unit) -> None:
    request = asked(principal, school)
    requests.refuse(request=request, reason="没有任命文件", by=security, at=NOON)

    for write in (
        lambda: PostRequest.objects.filter(pk=request.pk).update(answer="改"),
        lambda: PostRequest.objects.filter(pk=request.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

    assert PostRequest.objects.get().answer == "没有任命文件"


# ------------------------------------------------------------------------------------------------ pages


def test_a_principal_asks_and_the_bureau_hands_over_the_link(principal: User, security: User, school: Unit) -> None:
    browser, bureau = make.client_of(principal), make.client_of(security)
    form = browser.get(reverse("accounts:request-new")).url
    page = browser.post(form, typed()).url
    waiting = browser.get(page).content.decode()

    answer = bureau.post(page + "answer/", {"decision": "grant"}).content.decode()

    assert "等待南关区安全管理员办理" in waiting
    assert re.search(r"http://testserver/people/password/", answer)
    assert "已授予" in browser.get(page).content.decode()
    assert Post.objects.get(user__username="13800000001").asked_by == principal


def test_an_office_clerk_asks_for_a_school_named_by_its_code(security: User, school: Unit) -> None:
    clerk = make.client_of(make.user(Role.OFFICE_CLERK, make.county()))
    outside = make.school_unit(make.neighbour(), code="S0000009")

    lost = clerk.post(reverse("accounts:request-new"), {"unit": "S0000009"})
    form = clerk.post(reverse("accounts:request-new"), {"unit": "s0000001"}).url
    clerk.post(form, typed(role=Role.PRINCIPAL))

    assert lost.status_code == 200
    assert clerk.get(reverse("accounts:unit-ask", args=[outside.pk])).status_code == 404
    assert PostRequest.objects.get().unit == school


def test_a_request_is_sent_back_with_a_reason_that_the_asker_reads(
    principal: User, security: User, school: Unit
) -> None:
    page = reverse("accounts:request", args=[asked(principal, school).pk])
    bureau = make.client_of(security)

    silent = bureau.post(page + "answer/", {"decision": "refuse"})
    bureau.post(page + "answer/", {"decision": "refuse", "reason": "没有任命文件"})

    assert "请写明退回理由" in silent.content.decode()
    assert "没有任命文件" in make.client_of(principal).get(page).content.decode()
    assert bureau.post(page + "answer/", {"decision": "grant"}).status_code == 409


def test_the_answer_asks_for_the_password_again(principal: User, security: User, school: Unit) -> None:
    page = reverse("accounts:request-answer", args=[asked(principal, school).pk])

    security.set_password("三更灯火五更鸡2026")
    security.save()
    browser = make.client_of(security, fresh=False)

    asked_again = browser.post(page, {"decision": "refuse", "reason": "没有任命文件"})
    waiting = PostRequest.objects.get().is_open
    browser.post(asked_again.url, {"password": "三更灯火五更鸡2026"})

    assert waiting
    assert PostRequest.objects.get().answer == "没有任命文件"


def test_nobody_else_reads_or_answers_a_request(principal: User, security: User, school: Unit) -> None:
    page = reverse("accounts:request", args=[asked(principal, school).pk])
    next_door = make.client_of(make.user(Role.SECURITY_ADMIN, make.neighbour()))
    colleague = make.client_of(make.user(Role.LOGISTICS_OFFICER, school))
    vice = make.user(Role.VICE_PRINCIPAL_LOGISTICS, school)

    assert [next_door.get(page).status_code, next_door.post(page + "answer/").status_code] == [404, 404]
    assert colleague.get(page).status_code == 403
    assert make.client_of(vice).post(page + "answer/", {"decision": "grant"}).status_code == 403
    assert make.client_of(vice).post(page + "withdraw/").status_code == 409
    assert AuditRow.objects.filter(outcome="refused", by=vice).count() == 2
    assert PostRequest.objects.get().is_open


def test_the_asker_takes_a_request_back(principal: User, school: Unit) -> None:
    page = reverse("accounts:request", args=[asked(principal, school).pk])
    browser = make.client_of(principal)

    seen = browser.get(page).content.decode()
    browser.post(page + "withdraw/")

    assert "撤回申请" in seen
    assert PostRequest.objects.get().state == PostRequest.State.WITHDRAWN


def test_the_list_shows_what_is_within_reach(principal: User, security: User, school: Unit) -> None:
    asked(principal, school)
    pages = {
        "asker": make.client_of(principal).get(reverse("accounts:requests")),
        "granter": make.client_of(security).get(reverse("accounts:requests") + "?state=asked&q=王芳&at=第一"),
        "next door": make.client_of(make.user(Role.SECURITY_ADMIN, make.neighbour())).get(reverse("accounts:requests")),
        "officer": make.client_of(make.user(Role.LOGISTICS_OFFICER, school)).get(reverse("accounts:requests")),
        "nobody": make.client_of(make.user()).get(reverse("accounts:requests")),
    }

    shown = {who: "王芳" in page.content.decode() for who, page in pages.items()}
    assert shown == {"asker": True, "granter": True, "next door": False, "officer": False, "nobody": False}
    assert [pages[who].status_code for who in ("officer", "nobody")] == [403, 403]


def test_the_province_proposes_and_a_leader_confirms_on_the_pages() -> None:
    province = make.province()
    security = make.client_of(make.user(Role.SECURITY_ADMIN, province))
    leader = make.client_of(make.user(Role.BUREAU_LEADER, province))

    direct = security.get(reverse("accounts:person-new", args=[province.pk]))
    page = security.post(direct.url, typed(role=Role.OFFICE_HEAD)).url
    own = security.post(page + "answer/", {"decision": "grant"})
    answer = leader.post(page + "answer/", {"decision": "grant"})
    person = User.objects.get(username="13800000001")

    assert own.status_code == 403
    assert answer.status_code == 302
    assert reverse("accounts:person", args=[person.pk]) in security.get(page).content.decode()
    assert "/people/password/" in security.post(reverse("accounts:link", args=[person.pk])).content.decode()


def test_a_principal_looks_after_the_own_keepers_and_nobody_else(principal: User, school: Unit) -> None:
    browser = make.client_of(principal)
    keeper = make.user(Role.DORM_KEEPER, school, full_name="宿管员甲")
    officer = make.user(Role.LOGISTICS_OFFICER, school, full_name="后勤员乙")
    both = make.user(Role.DORM_KEEPER, school)
    make.post(both, Role.VICE_PRINCIPAL_LOGISTICS, school)

    listed = browser.get(reverse("accounts:people")).content.decode()
    codes = [browser.get(reverse("accounts:person", args=[who.pk])).status_code for who in (keeper, officer)]
    links = [browser.post(reverse("accounts:link", args=[who.pk])).status_code for who in (keeper, officer, both)]
    browser.post(reverse("accounts:revoke", args=[keeper.live_posts[0].pk]), {"reason": "调离本校"})

    assert ("宿管员甲" in listed, "后勤员乙" in listed) == (True, False)
    assert codes == [200, 403]
    assert links == [200, 403, 403]
    assert Post.objects.get(user=keeper).revoked_by == principal
    assert browser.get(reverse("accounts:revoke", args=[officer.live_posts[0].pk])).status_code == 403


def test_what_waits_costs_school_people_no_question(principal: User, django_assert_num_queries) -> None:
    person = User.objects.get(pk=principal.pk)
    assert person.live_posts

    with django_assert_num_queries(0):
        told = todos(person, NOON)

    assert told == []


# ------------------------------------------------------------------------------------------------ first accounts


def test_an_empty_province_gets_its_first_two_people_by_command_and_no_third(capsys) -> None:
    make.province()

    call_command("first_account", "security_admin", "anguan", "张安", url="https://portal.example/")
    call_command("first_account", "bureau_leader", "lingdao", "李领")
    link = re.search(r"https://portal\.example(/people/password/\S+)", capsys.readouterr().out)

    assert link is not None
    assert Client().get(link[1]).status_code == 200
    assert {post.role for post in Post.objects.all()} == {Role.SECURITY_ADMIN, Role.BUREAU_LEADER}
    with pytest.raises(CommandError, match="省级已有"):
        call_command("first_account", "security_admin", "another", "王二")


def test_the_command_helps_again_when_nobody_active_is_left() -> None:
    left = make.user(Role.SECURITY_ADMIN, make.province())
    left.posts.update(until_date=timezone.localdate() - timedelta(1))

    call_command("first_account", "security_admin", "anguan", "张安")

    assert User.objects.get(username="anguan").live_posts[0].granted_by is None


@pytest.mark.parametrize(
    ("name", "words"), [("a b", "登录名"), ("taken", "已是别人的")], ids=["no login name", "somebody else's"]
)
def test_the_command_says_what_is_wrong(name: str, words: str) -> None:
    make.province()
    make.user(username="taken", full_name="别人")

    with pytest.raises(CommandError, match=words):
        call_command("first_account", "security_admin", name, "张安")
