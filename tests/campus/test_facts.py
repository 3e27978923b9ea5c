"""What the portal knows of a campus on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from campus.assets import services
from campus.assets.models import Facility
from campus.portal import certificates
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.registry import facts
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
MONTH_END = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)
Kind = Facility.Kind


def ask(key, *places, on=TODAY):
    return facts.get(key).ask([place.pk for place in places], on)


def test_there_is_there_is_not_and_nobody_said():
    has, has_not, silent = make.campus(), make.campus(), make.campus()
    make.facility(has, Kind.WELL)
    make.no_facility(has_not, Kind.WELL)

    assert ask("campus.well", has, has_not, silent) == {has.pk: True, has_not.pk: False}


def test_all_facilities_are_asked_for_in_one_query(django_assert_num_queries):
    campus = make.campus()
    make.facility(campus, Kind.WELL)
    make.no_facility(campus, Kind.SHOP)
    together = facts.get("campus.well").together

    with django_assert_num_queries(1):
        told = together(["campus.well", "campus.shop", "campus.lab"], [campus.pk], TODAY)

    assert told == {"campus.well": {campus.pk: True}, "campus.shop": {campus.pk: False}, "campus.lab": {}}


def test_a_word_of_none_does_not_reach_back():
    campus = make.campus()
    make.no_facility(campus, Kind.SHOP, said_on=TODAY)

    assert ask("campus.shop", campus, on=TODAY - timedelta(1)) == {}


def test_sites_are_counted_while_they_last():
    campus = make.campus()
    make.facility(campus, Kind.BUILDING_SITE, until_date=TODAY - timedelta(1))
    make.facility(campus, Kind.BUILDING_SITE)

    assert ask("campus.building_sites", campus) == {campus.pk: 1}


@pytest.mark.parametrize(
    ("boiler", "gas", "expected"),
    [
        (MONTH_END, MONTH_END, True),
        (MONTH_END - timedelta(1), None, False),
        (MONTH_END, None, None),
    ],
)
def test_inspections_hold_when_all_reach_the_months_end(boiler, gas, expected):
    campus = make.campus()
    make.facility(campus, Kind.BOILER, certificate_until=boiler)
    make.facility(campus, Kind.GAS, certificate_until=gas)
    make.no_facility(campus, Kind.LIFT)

    assert ask("campus.inspections_valid", campus).get(campus.pk) is expected


def test_inspections_are_unknown_while_a_kind_is_unsaid():
    campus = make.campus()
    make.facility(campus, Kind.BOILER, certificate_until=MONTH_END)

    assert ask("campus.inspections_valid", campus) == {}


def test_no_extinguisher_on_file_is_unknown():
    campus, other = make.campus(), make.campus()
    make.facility(other, Kind.EXTINGUISHERS, certificate_until=MONTH_END)

    assert ask("campus.extinguishers_valid", campus, other) == {other.pk: True}


def test_none_and_some_exclude_each_other():
    campus = make.campus()
    services.say_none(place=campus, kind=Kind.LIFT, by=None, at=NOW)
    services.add_facility(place=campus, kind=Kind.LIFT, by=None, at=NOW, name="1号梯", from_date=TODAY)

    assert not campus.without_facilities.exists()
    with pytest.raises(NotAllowed, match="停用日期"):
        services.say_none(place=campus, kind=Kind.LIFT, by=None, at=NOW)


def test_the_officer_is_told_of_a_certificate_that_runs_out():
    school = make.school()
    campus = make.campus(school)
    make.facility(campus, Kind.BOILER, certificate_until=TODAY - timedelta(1))
    make.facility(campus, Kind.GAS, certificate_until=TODAY + timedelta(61))
    officer = ground.user("logistics_officer", school.unit)

    [told] = certificates(officer, NOW)
    assert not certificates(ground.user("security_admin", school.unit.first_reviewer), NOW)

    assert (told.urgency, "到期" in told.text) == ("bad", True)
