"""The hall's pages and the wings' first registers, seen at both widths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from dormitories.buildings import services as buildings
from schools.register.models import School
from tests.e2e.conftest import OpenPage
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> School:
    county = ground.county("220721", "前郭尔罗斯蒙古族自治县")
    made = make.school(
        county,
        name="前郭尔罗斯蒙古族自治县查干花镇蒙古族中心寄宿制学校",
        initials="qgels",
        is_boarding=True,
        pupils=1286,
    )
    today = timezone.localdate()
    make.canteen(made, licence_until=today + timedelta(20))
    buildings.lay_out(
        building=make.building(made, boarders=312), floors=[1, 2, 3], rooms=18, beds=6, by=None, at=timezone.now()
    )
    campus = make.campus(made)
    make.facility(campus, "boiler", certificate_until=today - timedelta(3))
    make.no_facility(campus, "well")
    make.calendar(ground.province(), today.year if today.month >= 9 else today.year - 1)
    make.closure(made.unit, today + timedelta(3), asked_by=ground.user(full_name="王校长"))
    return made


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_registers_are_readable_at_both_widths(open_page: OpenPage, picture, school: School, phone: bool) -> None:
    page = open_page(ground.user("office_clerk", school.unit.parent, full_name="金明哲"), phone=phone)
    places = {place.kind: place.pk for place in school.places.all()}
    pages = {
        "list": reverse("schools:list"),
        "school": reverse("schools:school", args=[school.pk]),
        "ask": reverse("schools:ask", args=[school.pk, "edit"]),
        "year": reverse("schools:year", args=[school.pk]),
        "add": reverse("schools:add"),
        "upload": reverse("schools:import-upload"),
        "calendars": reverse("schools:calendars"),
        "closures": reverse("schools:closures"),
        "holidays": reverse("schools:holidays"),
        "canteens": reverse("canteens:list"),
        "canteen": reverse("canteens:canteen", args=[places["canteen"]]),
        "building": reverse("dormitories:building", args=[places["dormitory"]]),
        "campus": reverse("campus:campus", args=[places["campus"]]),
    }

    found = {}
    for name, address in pages.items():
        page.goto(address)
        picture(page, name)
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        found[name] = serious(page) + (["wider than the screen"] if wide else [])

    assert found == {name: [] for name in pages}
