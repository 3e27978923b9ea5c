"""What the portal knows of canteens on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from canteens.portal import licences
from canteens.premises import services
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.registry import facts
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)


def ask(key, *places, on=TODAY):
    return facts.get(key).ask([place.pk for place in places], on)


def test_the_mode_of_supply_follows_its_dates():
    canteen = make.canteen()
    services.set_supply(
        canteen=canteen, mode="contracted", from_date=TODAY, by=None, at=NOW, operator_name="某餐饮公司"
    )

    assert ask("canteens.supply_mode", canteen.place, on=TODAY - timedelta(1)) == {canteen.place_id: "self_run"}
    assert ask("canteens.supply_mode", canteen.place) == {canteen.place_id: "contracted"}


def test_a_mode_entered_between_two_ends_before_the_later():
    canteen = make.canteen()
    services.set_supply(canteen=canteen, mode="delivered", from_date=TODAY, by=None, at=NOW, operator_name="甲")
    services.set_supply(
        canteen=canteen, mode="contracted", from_date=date(2026, 9, 1), by=None, at=NOW, operator_name="乙"
    )

    spans = list(canteen.supplies.order_by("from_date").values_list("mode", "until_date"))

    assert spans == [
        ("self_run", date(2026, 8, 31)),
        ("contracted", TODAY - timedelta(1)),
        ("delivered", None),
    ]


def test_what_held_over_days_is_what_each_day_says():
    canteen, without = make.canteen(), make.canteen(mode="")
    services.set_supply(canteen=canteen, mode="delivered", from_date=TODAY, by=None, at=NOW, operator_name="甲")
    services.set_supply(
        canteen=canteen, mode="contracted", from_date=date(2026, 9, 1), by=None, at=NOW, operator_name="乙"
    )
    fact, ids = facts.get("canteens.supply_mode"), [canteen.place_id, without.place_id]
    first, last = date(2026, 8, 25), TODAY + timedelta(5)

    spans = fact.spans(ids, first, last)

    for on in (first + timedelta(day) for day in range((last - first).days + 1)):
        told = {place: held.value for place in ids for held in spans.get(place, ()) if held.first <= on <= held.last}
        assert told == fact.ask(ids, on), on


def test_a_contracted_canteen_names_its_operator():
    with pytest.raises(NotAllowed, match="经营"):
        services.set_supply(canteen=make.canteen(), mode="contracted", from_date=TODAY, by=None, at=NOW)


def test_what_is_not_on_file_is_unknown():
    canteen = make.canteen(mode="")

    assert ask("canteens.supply_mode", canteen.place) == {}
    assert ask("canteens.own_production", canteen.place) == {}
    assert ask("canteens.papers_expiring", canteen.place) == {}


@pytest.mark.parametrize(("days", "expiring"), [(61, 0), (60, 1), (0, 1), (-1, 0)])
def test_a_licence_within_sixty_days_counts_as_expiring(days, expiring):
    canteen = make.canteen(licence_until=TODAY + timedelta(days), own_production=False)

    assert ask("canteens.papers_expiring", canteen.place) == {canteen.place_id: expiring}
    assert ask("canteens.own_production", canteen.place) == {canteen.place_id: False}


def test_a_whole_canteen_is_opened_with_its_place():
    school = make.school()

    canteen = services.open_canteen(
        school=school, opening={"name": "一食堂"}, supply={"mode": "self_run"}, by=None, at=NOW, seats=300, diners=500
    )

    assert canteen.place.name == "一食堂"
    assert canteen.place.checked_from == TODAY
    assert ask("canteens.supply_mode", canteen.place) == {canteen.place_id: "self_run"}
    with pytest.raises(NotAllowed, match="已有名为"):
        services.open_canteen(school=school, opening={"name": "一食堂"}, supply={"mode": "self_run"}, by=None, at=NOW)


def test_the_officer_is_told_of_a_licence_that_runs_out():
    school, next_door = make.school(), make.school()
    mine = make.canteen(school, licence_until=TODAY + timedelta(5))
    make.canteen(next_door, licence_until=TODAY)
    officer = ground.user("logistics_officer", school.unit)

    [told] = licences(officer, NOW)

    assert told.urgency == "bad"
    assert len(licences(ground.user("office_clerk", school.unit.first_reviewer), NOW)) == 2
    above = school.unit.first_reviewer.parent
    for role, unit in (("office_clerk", above), ("security_admin", above), ("dorm_keeper", school.unit)):
        assert not licences(ground.user(role, unit), NOW)
    assert str(mine.place_id) in told.url
