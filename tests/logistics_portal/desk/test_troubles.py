"""Health, robots, and the pages that say what went wrong and what to do."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk import selectors
from logistics_portal.records import jobs
from tests.factories import ground as make

pytestmark = pytest.mark.django_db


def test_health_tells_of_database_and_worker() -> None:
    before = Client().get("/health").json()
    jobs.beat_pulse(at=timezone.now())

    after = Client().get("/health").json()

    assert before == {"database": "up", "worker": "unknown", "pulse_age_seconds": None}
    assert after["worker"] == "up"


def test_search_engines_are_asked_to_stay_out() -> None:
    assert Client().get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_an_unknown_address_says_what_to_do() -> None:
    answer = Client().get("/nowhere/")

    assert answer.status_code == 404
    assert "不在您的管辖范围内" in answer.content.decode()


def test_a_refusal_names_the_roles_that_may() -> None:
    refusal = PermissionDenied(Permission.PARAMETER_CONFIRM)

    words = selectors.who_may(refusal.args)

    assert words == "后勤部门负责人"


def test_a_refusal_page_says_that_nothing_changed() -> None:
    html = render_to_string("403.html", {"needed": "后勤部门负责人"}, RequestFactory().get("/"))

    assert "需要的岗位：后勤部门负责人" in html
    assert "什么都没有改动" in html


def test_a_stale_form_is_told_so() -> None:
    person = make.user("office_clerk", make.county())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = browser.post(reverse("desk:open-all-notices"))

    assert answer.status_code == 403
    assert "页面已过期，没有提交" in answer.content.decode()


def test_the_page_of_a_crash_needs_nothing_but_itself() -> None:
    html = render_to_string("500.html")

    assert "没有完成的改动不会保存一半" in html


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/set/"])
def test_nobody_helps_themselves_to_an_account(path: str) -> None:
    answer = Client().get(f"/account/{path}")

    assert answer["Location"] == reverse("account_login")
