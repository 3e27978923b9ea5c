"""The first page anybody sees."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from logistics_portal.accounts.services.people import link_of
from tests.e2e.conftest import OpenPage
from tests.factories import ground as make


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_sign_in_page_fits_its_screen(open_page: OpenPage, picture, phone: bool) -> None:
    page = open_page(phone=phone)

    page.goto("/account/login/")

    expect(page.locator("input[type=password]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, "sign-in")


def test_a_visitor_is_sent_to_the_sign_in_page(open_page: OpenPage) -> None:
    page = open_page()

    page.goto("/")

    expect(page).to_have_url("/account/login/?next=/")


def test_a_new_person_sets_a_password_behind_the_one_time_link_and_signs_in(open_page: OpenPage) -> None:
    person = make.user("office_clerk", make.county(), username="oc220102")
    page = open_page(phone=True)

    link = link_of(person)
    page.goto(reverse("accounts:set-password", args=[link.uid, link.token]))
    page.get_by_label("新密码").fill("Changchun-2026")
    page.get_by_label("再输一遍").fill("Changchun-2026")
    page.get_by_role("button", name="设置密码").click()

    expect(page.get_by_text("密码已设置，请登录。")).to_be_visible()
    page.get_by_label("登录名").fill("oc220102")
    page.locator("input[type=password]").fill("Changchun-2026")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
