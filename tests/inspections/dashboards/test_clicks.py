"""From the province's figures to the failing item in at most four clicks, by links that are on the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.checks.models import Failure
from inspections.tallies.models import ItemDay
from logistics_portal.kit.dates import ONE_DAY, local_date
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.dashboards.planting import land

pytestmark = pytest.mark.django_db


def links(page):
    return [unescape(found).partition("#")[0] for found in re.findall(r'href="([^"]+)"', page.content.decode())]


def walk(browser, start, *steps):
    """Follow from `start` the first link that matches each step, and return the last page and the clicks made."""
    page = browser.get(start)
    for step in steps:
        url = next(link for link in links(page) if re.search(step, link))
        page = browser.get(url)
        assert page.status_code == 200
    return page, len(steps)


@pytest.fixture
def here():
    return land()


@pytest.fixture
def browser(here):
    return ground.client_of(here.reader(here.province))


def test_an_overdue_grave_finding_is_two_clicks_away(here, browser):
    now = timezone.now()
    found = here.finding(now - timedelta(days=4), now - ONE_DAY, severity="critical", item_code="CMP-D-06")
    start = reverse("inspections:board", args=[here.province.code])

    page, clicks = walk(browser, start, r"/findings/\?.*overdue=true.*critical", rf"/findings/{found.pk}/$")

    assert "安全出口上锁" in page.content.decode()
    assert clicks <= 4


def test_a_worst_item_is_three_clicks_from_its_finding(here, browser):
    now = timezone.now()
    day = local_date(now) - 4 * ONE_DAY
    found = here.finding(now - timedelta(days=4), now + ONE_DAY, item_code="CMP-D-06")
    check = make.check(here.campus, here.author, day, here.version, n_fail=1)
    Failure.objects.create(check_row=check, item_code="CMP-D-06", finding=found)
    ItemDay.objects.create(county=here.county, date=day, item_code="CMP-D-06", failures=1)
    start = reverse("inspections:board", args=[here.province.code])

    to_finding = (r"/items/CMP-D-06/", rf"/checks/{check.pk}/$", rf"/findings/{found.pk}/$")
    _page, clicks = walk(browser, start, *to_finding)

    assert clicks <= 4


def test_a_completion_rate_leads_through_city_and_county_to_the_check_itself():
    some_days_ago = local_date(timezone.now()) - 4 * ONE_DAY
    day = some_days_ago - max(0, some_days_ago.isoweekday() - 5) * ONE_DAY  # a weekday: Friday instead of a weekend
    here = land(term_around=day)
    here.tally(here.county, day, required=1, timely=1)
    check = make.check(here.campus, here.author, day, here.version, n_fail=1)
    browser = ground.client_of(here.reader(here.province))
    start = reverse("inspections:board", args=[here.province.code]) + f"?day={day}"

    to_check = (
        rf"/board/{here.city.code}/\?day",
        rf"/board/{here.county.code}/schools/\?day",
        rf"/checks/{check.pk}/$",
    )
    page, clicks = walk(browser, start, *to_check)

    assert check.checklist.name in page.content.decode()
    assert clicks <= 4
