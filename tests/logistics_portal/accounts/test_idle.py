"""When an account was last used, and what becomes of one that nobody uses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.middleware import SEEN, mark_seen
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import idle
from logistics_portal.records.models import AuditRow, Notice, Parameter
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def unused(days: float, *, role: Role = Role.LOGISTICS_OFFICER, at: object = None, **more: object) -> User:
    """Return somebody whose account was last used so many days ago."""
    moment = NOW - timedelta(days=days)
    return make.user(role, at or make.school_unit(), created_at=moment, seen_at=moment, last_login=moment, **more)


def off(person: User) -> bool:
    return not User.objects.get(pk=person.pk).is_active


def writes(browser: object) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(reverse("desk:me"))
    return [query["sql"] for query in asked if query["sql"].startswith("UPDATE") and "accounts_user" in query["sql"]]


def test_being_at_work_is_noted_once_an_hour_and_not_with_every_page() -> None:
    officer = make.user(Role.LOGISTICS_OFFICER, make.school_unit())
    browser = make.client_of(officer)
    counts = [len(writes(browser))]
    User.objects.update(last_login=timezone.now() - timedelta(hours=3))
    counts += [len(writes(browser)) for _turn in range(3)]
    User.objects.update(seen_at=timezone.now() - timedelta(minutes=61))
    counts.append(len(writes(browser)))

    assert counts == [0, 1, 0, 0, 1]
    assert timezone.now() - User.objects.get(pk=officer.pk).seen_at < timedelta(minutes=1)


def test_two_pages_at_once_write_once() -> None:
    officer = make.user()
    twin = User.objects.get(pk=officer.pk)

    assert [mark_seen(officer, at=NOW), mark_seen(twin, at=NOW)] == [True, False]


def test_a_session_that_is_over_is_no_use_of_the_account() -> None:
    officer = make.user(Role.LOGISTICS_OFFICER, make.school_unit())
    browser = make.client_of(officer)
    User.objects.update(last_login=NOW - timedelta(hours=30))
    session = browser.session
    session[SEEN] = 1.0
    session.save()

    browser.get("/")

    assert User.objects.get(pk=officer.pk).seen_at is None


def test_who_answers_for_an_account_is_told_a_week_before_it_is_switched_off() -> None:
    security = make.user(Role.SECURITY_ADMIN, make.county())
    stranger = make.user(Role.SECURITY_ADMIN, make.neighbour())
    city = make.user(Role.SECURITY_ADMIN, make.city("220100"))
    unused(84, full_name="久未登录")
    unused(82, full_name="刚好还行")
    unused(84, full_name="局里的人", role=Role.OFFICE_CLERK, at=make.county())

    first, again = idle.tell_idle(at=NOW), idle.tell_idle(at=NOW + timedelta(hours=1))

    told = {notice.to: notice.text for notice in Notice.objects.filter(key__startswith="account.idle/")}
    assert (first, again) == (2, 0)
    assert told == {security: "久未登录", city: "局里的人"}
    assert stranger not in told
    page = make.client_of(security).get(reverse("accounts:people") + "?state=idle").content.decode()
    assert ("久未登录" in page, "刚好还行" in page) == (True, False)


def test_after_ninety_days_and_a_week_of_notice_the_account_is_off_and_keeps_its_posts() -> None:
    person = unused(84)
    idle.tell_idle(at=NOW)
    early = idle.switch_off_idle(at=NOW + timedelta(days=6.5))

    done, again = (idle.switch_off_idle(at=NOW + timedelta(days=7, minutes=turn)) for turn in (1, 2))

    assert (early, done, again) == (0, 1, 0)
    assert off(person)
    assert person.posts.filter(revoked_at__isnull=True).count() == 1
    row = AuditRow.objects.get(verb="account.idle")
    assert (row.on_id, row.unit) == (person.pk, person.live_posts[0].unit)
    assert make.client_of(person).get("/").status_code == 302


def test_nobody_is_switched_off_without_notice_or_before_the_time() -> None:
    untold, told_today = unused(400), unused(95)
    User.objects.filter(pk=told_today.pk).update(idle_told_at=NOW)

    idle.switch_off_idle(at=NOW + timedelta(days=1))

    assert not off(untold)
    assert not off(told_today)


@pytest.mark.parametrize("moment", ["seen_at", "last_login", "reopened_at", "created_at"])
def test_whoever_came_back_meanwhile_stays(moment: str) -> None:
    person = unused(84)
    idle.tell_idle(at=NOW)
    User.objects.filter(pk=person.pk).update(**{moment: NOW + timedelta(days=1)})

    idle.switch_off_idle(at=NOW + timedelta(days=8))

    assert not off(person)


def test_an_older_notice_does_not_count_for_a_new_rest() -> None:
    person = unused(91)
    User.objects.filter(pk=person.pk).update(idle_told_at=NOW - timedelta(days=200))

    before = idle.switch_off_idle(at=NOW)
    idle.tell_idle(at=NOW)

    assert before == 0
    assert User.objects.get(pk=person.pk).idle_told_at == NOW


def test_the_security_administrator_undoes_it_and_it_stays_undone() -> None:
    security = make.user(Role.SECURITY_ADMIN, make.county())
    person = unused(100)
    User.objects.filter(pk=person.pk).update(idle_told_at=NOW - timedelta(days=8))
    idle.switch_off_idle(at=NOW)
    was_off = off(person)

    make.client_of(security).post(reverse("accounts:unlock", args=[person.pk]), {"reason": "休假回来"})
    idle.tell_idle(at=NOW)
    idle.switch_off_idle(at=NOW + timedelta(days=8))

    assert was_off
    assert not off(person)
    assert User.objects.get(pk=person.pk).live_posts


def test_the_figure_is_a_dated_parameter() -> None:
    person = unused(40)
    User.objects.filter(pk=person.pk).update(idle_told_at=NOW - timedelta(days=8))
    Parameter.objects.create(code="UNUSED_DAYS", value="30", name="闲置停用天数", valid_from=NOW.date() - timedelta(1))

    idle.switch_off_idle(at=NOW)

    assert off(person)


def test_a_person_without_a_post_goes_quietly() -> None:
    person = make.user(created_at=NOW - timedelta(days=100))

    idle.tell_idle(at=NOW)
    idle.switch_off_idle(at=NOW + timedelta(days=8))

    assert off(person)
    assert not Notice.objects.exists()


def test_the_page_tells_when_an_account_was_last_used() -> None:
    person = unused(3)
    page = make.client_of(make.user(Role.SECURITY_ADMIN, make.county())).get(
        reverse("accounts:person", args=[person.pk])
    )

    assert "最近使用" in page.content.decode()
