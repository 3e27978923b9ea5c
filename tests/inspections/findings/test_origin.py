"""Where a finding came from, on its page: the item in words, the list, the place, the checks that found it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from inspections.checks.models import Failure
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.findings.story import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return scene()


@pytest.fixture
def version():
    return make.version()


@pytest.fixture
def item(version):
    return version.items.get(code="CAN-D-06")


@pytest.fixture
def finding(held, item):
    at = timezone.now() - timedelta(hours=3)
    known = {"item": item, "item_code": item.code, "checklist": item.version.checklist}
    return make.finding(held.place, held.officer, at, **known)


def found_by(finding, place, by, version, on):
    check = make.check(place, by, on, version)
    Failure.objects.create(check_row=check, item_code=finding.item_code, finding=finding)
    return check


def page(person, finding, **headers):
    return ground.client_of(person).get(reverse("inspections:finding", args=[finding.pk]), headers=headers)


def test_the_item_is_named_in_words_and_list_place_school_and_checks_are_a_click_away(held, finding, item, version):
    today = timezone.localdate()
    checks = [found_by(finding, held.place, held.officer, version, today - timedelta(days=one)) for one in range(7)]

    html = page(held.clerk, finding).content.decode()

    assert f'{escape(item.text)} <span class="muted small">CAN-D-06</span>' in html
    wanted = [("inspections:checklist-version", version.pk), ("canteens:canteen", held.place.pk)]
    wanted += [("schools:school", held.place.school_id)]
    for name, pk in wanted:
        assert f'href="{reverse(name, args=[pk])}"' in html, name
    linked = [f'href="{reverse("inspections:check", args=[it.pk])}#item-CAN-D-06"' in html for it in checks]
    assert linked == [True] * 5 + [False] * 2
    assert "更早的检查" in html


def test_english_readers_find_the_item_in_english(held, finding, item):
    html = page(held.clerk, finding, **{"accept-language": "en"}).content.decode()

    assert escape(item.text_en) in html


def test_a_check_out_of_reach_is_not_named(held, finding, version):
    elsewhere = schools.place(schools.school(ground.neighbour()))
    other = found_by(
        finding, elsewhere, ground.user("logistics_officer", elsewhere.school.unit), version, timezone.localdate()
    )

    html = page(held.clerk, finding).content.decode()

    assert other.receipt_no not in html
    assert reverse("inspections:check", args=[other.pk]) not in html


def test_a_wording_of_another_county_is_not_linked(held, finding, item):
    foreign = make.version(unit=ground.neighbour())
    finding.item = foreign.items.get(code=item.code)
    finding.save()

    html = page(held.clerk, finding).content.decode()

    assert escape(item.text) in html
    assert reverse("inspections:checklist-version", args=[foreign.pk]) not in html


def test_where_it_came_from_costs_no_more_for_many_checks(held, finding, version):
    today, browser = timezone.localdate(), ground.client_of(held.clerk)
    address = reverse("inspections:finding", args=[finding.pk])
    found_by(finding, held.place, held.officer, version, today)
    numbers = []
    for day in (1, 2, 3):
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        numbers.append(len(asked))
        found_by(finding, held.place, held.officer, version, today - timedelta(days=day))

    assert len(set(numbers)) == 1
    assert numbers[0] <= 25
