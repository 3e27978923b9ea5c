"""The first page anybody sees."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage


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
