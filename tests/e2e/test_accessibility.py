"""The frame, the sign-in page and every component hold what look and accessibility ask for."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from logistics_portal.accounts.models import User
from logistics_portal.records.services import notify
from tests.e2e.conftest import OpenPage
from tests.factories import ground as make
from tests.factories import schools

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["/", "/inbox/", "/me/", "/menu/", "/kit/", "/account/2fa/", "/account/password/change/"]


@pytest.fixture
def clerk() -> User:
    made = make.user("office_clerk", make.county(), full_name="金明哲")
    notify(to=made, key="a", title="官地镇中心校食堂日管控超期未交", url="/me/", urgency="alarm")
    return made


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in {"serious", "critical"}
    ]


def too_wide(page: Page) -> list[str]:
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? []
            : [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > window.innerWidth)
            .map(one => one.outerHTML.slice(0, 100))"""
    )


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_pages_of_the_frame_have_no_serious_finding(
    open_page: OpenPage, picture, clerk: User, settings, phone: bool
) -> None:
    settings.DEMO = True
    page = open_page(clerk, phone=phone)

    found = {}
    for address in PAGES:
        page.goto(address)
        found[address] = serious(page)
        picture(page, address.strip("/").replace("/", "-") or "desk")
        assert too_wide(page) == [], address

    assert found == {address: [] for address in PAGES}


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_sign_in_page_has_no_serious_finding(open_page: OpenPage, phone: bool) -> None:
    page = open_page(phone=phone)
    page.goto("/account/login/")

    assert serious(page) == []


def test_what_is_touched_on_a_phone_is_44_pixels_high(open_page: OpenPage, clerk: User, settings) -> None:
    settings.DEMO = True
    page = open_page(clerk, phone=True)
    page.goto("/kit/")

    low = page.evaluate(
        """() => [...document.querySelectorAll(`.btn, .dock a, .top a, .field input:not([type=checkbox],[type=radio]),
            .field select, .tabs a, .field__choices label, .table td:first-child`)]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5)
            .map(one => one.outerHTML.slice(0, 120))"""
    )

    assert low == []


def test_the_keyboard_alone_reaches_text_menu_and_export(open_page: OpenPage, clerk: User, settings) -> None:
    settings.DEMO = True
    page = open_page(clerk)
    page.goto("/kit/")

    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.locator(".export summary").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Excel 表格（xlsx）")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Excel 表格（xlsx）")).to_be_hidden()


def test_charts_are_drawn_and_their_tables_stay_at_hand(open_page: OpenPage, clerk: User, settings) -> None:
    settings.DEMO = True
    page = open_page(clerk)
    page.goto("/kit/")

    expect(page.locator(".chart svg")).to_have_count(3)
    page.locator("details.twin summary").first.click()
    expect(page.locator("details.twin table").first).to_be_visible()


def test_the_menu_stays_folded_on_this_computer(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk)
    page.goto("/")

    page.locator("[data-fold]").click()
    page.reload()

    assert page.locator(".side").bounding_box()["width"] < 80


@pytest.mark.parametrize(
    ("name", "stays"), [("前郭尔罗斯蒙古族自治县第一中学", False), ("前郭尔罗斯蒙古族自治县长山镇" * 5, True)]
)
def test_a_long_title_is_readable_on_a_phone(open_page: OpenPage, clerk: User, name: str, stays: bool) -> None:
    school = schools.school(clerk.live_posts[0].unit, name=name)
    page = open_page(clerk, phone=True)
    page.goto(reverse("schools:year", args=[school.pk]))

    bar, head = page.locator("[data-page-title]"), page.locator("main h1")

    assert bar.evaluate("it => it.scrollHeight > it.clientHeight + 1") == stays
    assert bar.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert (head.bounding_box()["width"] > 100) == stays
    assert page.locator(".top").bounding_box()["height"] <= 49


def test_a_page_printed_from_a_phone_or_on_narrow_paper_keeps_its_title(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, phone=True)
    page.goto("/inbox/")
    head = page.locator("main h1")
    on_screen = head.bounding_box()["width"]

    page.emulate_media(media="print")

    assert on_screen <= 1
    assert head.bounding_box()["width"] > 20
