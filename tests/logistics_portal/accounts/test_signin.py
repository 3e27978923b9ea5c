"""Signing in, being locked out, and how long a session lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.adapter import PortalMFAAdapter
from logistics_portal.accounts.hashers import PortalArgon2
from logistics_portal.accounts.middleware import SEEN, SIGNED
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import posts
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
PASSWORD = "三更灯火五更鸡2026"


def sign_in(browser: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(reverse("account_login"), {"login": username, "password": password}, **more)


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


@pytest.fixture
def clerk() -> User:
    return make.user(Role.OFFICE_CLERK, make.county(), password=PASSWORD)


@pytest.fixture
def officer() -> User:
    return make.user(Role.LOGISTICS_OFFICER, make.school_unit(), password=PASSWORD)


def test_a_person_signs_in_by_name_and_password(client: Client, officer: User) -> None:
    answer = sign_in(client, officer.username)

    assert answer.status_code == 302
    assert is_in(client)


def test_passwords_are_kept_by_argon2id_with_nineteen_mebibytes() -> None:
    encoded = PortalArgon2().encode(PASSWORD, "saltsaltsalt")

    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_retired_person_does_not_sign_in(client: Client, officer: User) -> None:
    User.objects.update(is_active=False)

    sign_in(client, officer.username)

    assert not is_in(client)


def test_a_session_ends_when_its_person_retires(client: Client, officer: User) -> None:
    sign_in(client, officer.username)

    User.objects.update(is_active=False)

    assert not is_in(client)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client: Client, officer: User) -> None:
    answers = [
        sign_in(client, name, "wrong-password").content.decode().replace(name, "")
        for name in (officer.username, "nobody9")
    ]

    assert answers[0].count("登录名") == answers[1].count("登录名")
    assert [len(answer) for answer in answers] == [len(answers[0])] * 2


def test_five_wrong_passwords_lock_this_name_at_this_address_with_a_kind_sentence(
    client: Client, officer: User, clerk: User
) -> None:
    answers = [sign_in(client, officer.username, "wrong-password") for _turn in range(5)]

    last = sign_in(client, officer.username)

    assert last.status_code == 429
    assert "15 分钟" in last.content.decode()
    assert answers[0].status_code == 200
    assert not is_in(client)
    assert sign_in(Client(), officer.username, REMOTE_ADDR="10.9.9.9").status_code == 302
    assert sign_in(Client(), clerk.username).status_code == 302


def age(browser: Client, *, idle: float = 0, whole: float = 0) -> None:
    session = browser.session
    now = time.time()
    session[SIGNED], session[SEEN] = now - max(whole, idle), now - idle
    session.save()


@pytest.mark.parametrize(("minutes", "stays"), [(29.5, True), (30.1, False)])
def test_a_bureaus_session_ends_after_half_an_hour_of_idleness(clerk: User, minutes: float, stays: bool) -> None:
    browser = make.client_of(clerk)

    age(browser, idle=minutes * 60)

    assert is_in(browser) is stays


@pytest.mark.parametrize(("minutes", "stays"), [(30.1, True), (59.5, True), (60.1, False)])
def test_a_schools_session_ends_after_an_hour_of_idleness(officer: User, minutes: float, stays: bool) -> None:
    browser = make.client_of(officer)

    age(browser, idle=minutes * 60)

    assert is_in(browser) is stays


@pytest.mark.parametrize(("hours", "stays"), [(11.99, True), (12.01, False)])
def test_no_session_lives_longer_than_twelve_hours(officer: User, hours: float, stays: bool) -> None:
    browser = make.client_of(officer)

    age(browser, whole=hours * 3600)

    assert is_in(browser) is stays


def test_a_script_is_told_401_when_the_session_is_over(officer: User) -> None:
    browser = make.client_of(officer)
    age(browser, idle=7200)

    answer = browser.get("/", headers={"HX-Request": "true"})

    assert answer.status_code == 401


def test_using_a_session_keeps_it_alive(clerk: User) -> None:
    browser = make.client_of(clerk)
    age(browser, idle=20 * 60)

    browser.get("/")

    assert time.time() - browser.session[SEEN] < 60


def test_signing_out_clears_the_browser(client: Client, officer: User) -> None:
    sign_in(client, officer.username)

    answer = client.post(reverse("account_logout"))

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


def test_signed_in_pages_are_never_stored(officer: User) -> None:
    answer = make.client_of(officer).get("/")

    assert "no-store" in answer["Cache-Control"]


def test_a_post_revoked_between_two_requests_is_gone_in_the_second(officer: User) -> None:
    browser = make.client_of(officer)
    title = officer.live_posts[0].title
    before = browser.get(reverse("desk:me")).content.decode()

    officer.live_posts[0].delete()

    assert title in before
    assert title not in browser.get(reverse("desk:me")).content.decode()


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_bureaus_person_sets_up_the_second_factor_first(clerk: User) -> None:
    browser = make.client_of(clerk)

    answer = browser.get("/")

    assert answer.url == reverse("mfa_activate_totp")
    assert browser.get(answer.url).url.startswith(reverse("account_reauthenticate"))
    assert browser.get(reverse("account_reauthenticate")).status_code == 200
    assert browser.get("/", headers={"HX-Request": "true"}).status_code == 401


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_with_a_second_factor_the_way_is_free_and_stays_so(clerk: User) -> None:
    browser = make.client_of(clerk)

    generator = Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data={"secret": "x"})

    assert is_in(browser)
    assert not PortalMFAAdapter().can_delete_authenticator(generator)


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_schools_person_needs_no_second_factor(officer: User) -> None:
    assert is_in(make.client_of(officer))


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    answer = client.get("/account/signup/")

    assert answer.url == reverse("account_login")


@override_settings(BEHIND_PROXY=True)
def test_behind_a_proxy_the_last_forwarded_address_counts(client: Client, officer: User) -> None:
    for _turn in range(5):
        sign_in(client, officer.username, "wrong", headers={"X-Forwarded-For": "6.6.6.6, 10.1.1.1"})

    locked = sign_in(client, officer.username, headers={"X-Forwarded-For": "7.7.7.7, 10.1.1.1"})

    assert locked.status_code == 429
    assert sign_in(Client(), officer.username, headers={"X-Forwarded-For": "10.1.1.2"}).status_code == 302


def revoke(post: Post) -> None:
    posts.revoke_post(post=post, reason="调离", by=make.user(), at=timezone.now())


def run_out(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(until_date=timezone.localdate() - timedelta(1))


def test_the_last_post_takes_the_session_with_it_and_a_new_sign_in_stays(client: Client, officer: User) -> None:
    sign_in(client, officer.username)
    revoke(officer.posts.get())

    out = client.get("/", follow=True)
    signed_out = is_in(client)
    sign_in(client, officer.username)

    assert "您的岗位已结束" in out.content.decode()
    assert (signed_out, is_in(client)) == (False, True)
    assert "没有在任岗位" in client.get(reverse("desk:me")).content.decode()


def test_a_post_that_runs_out_at_midnight_ends_the_session(client: Client, officer: User, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 3 * 86400
    sign_in(client, officer.username)
    session = client.session
    session[SIGNED], session[SEEN] = time.time() - 86400, time.time()
    session.save()
    Post.objects.update(until_date=timezone.localdate())
    kept = is_in(client)

    run_out(officer.posts.get())

    assert (kept, is_in(client)) == (True, False)


@pytest.mark.parametrize("end", [revoke, run_out])
def test_who_keeps_another_post_keeps_the_session(client: Client, officer: User, end: Callable[[Post], None]) -> None:
    make.post(officer, Role.DORM_KEEPER, make.school_unit())
    sign_in(client, officer.username)

    end(officer.posts.get(role=Role.LOGISTICS_OFFICER))

    assert is_in(client)


def test_who_signs_in_without_a_post_is_not_sent_away(client: Client) -> None:
    newcomer = make.user(password=PASSWORD)
    left = make.user(Role.LOGISTICS_OFFICER, make.school_unit(), password=PASSWORD)
    revoke(left.posts.get())
    starting = make.user(password=PASSWORD)
    make.post(starting, Role.PRINCIPAL, make.school_unit(), from_date=timezone.localdate() + timedelta(3))

    for person in (newcomer, left, starting):
        browser = Client()
        sign_in(browser, person.username)
        assert is_in(browser)


def test_a_script_is_told_that_the_post_has_ended(client: Client, officer: User) -> None:
    sign_in(client, officer.username)
    revoke(officer.posts.get())

    answer = client.get("/", headers={"Accept": "application/json"})

    assert (answer.status_code, "岗位已结束" in answer.content.decode()) == (401, True)
