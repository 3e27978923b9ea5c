"""The org tree: loaded, changed from a day on by two persons, remembered as it stood."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from logistics_portal.accounts.drafts import Cause, NewUnit
from logistics_portal.accounts.models import Unit, UnitChange, UnitPeriod, User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.accounts.selectors import below_at, tree_at, unit_at
from logistics_portal.accounts.services import units
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import AuditRow, Notice
from logistics_portal.records.selectors import trail
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)
TODAY = date(2026, 10, 8)
SEE = Permission.REPORT_SEE


@pytest.fixture
def jilin() -> None:
    install(connection)
    call_command("load_units", verbosity=0)


def cause(on: date = TODAY, reason: str = "吉政函〔2026〕1号") -> Cause:
    return Cause(on, reason, None, NOON)


def by_code(code: str) -> Unit:
    return Unit.objects.get(code=code)


def test_jilin_has_nine_cities_sixty_counties_and_the_committee_beside_the_cities(jilin: None) -> None:
    kinds = [Unit.objects.filter(kind=kind).count() for kind in ("province", "city", "county", "special_committee")]

    assert kinds == [1, 9, 60, 1]
    assert by_code("L220070").parent == by_code("220000")
    assert by_code("222426").path == "220000/222400/222426/"


def test_loading_again_changes_nothing(jilin: None) -> None:
    before = (Unit.objects.count(), UnitPeriod.objects.count())

    call_command("load_units", verbosity=0)

    assert (Unit.objects.count(), UnitPeriod.objects.count()) == before


def test_functional_zones_start_switched_off(jilin: None) -> None:
    zones = Unit.objects.filter(kind=Unit.Kind.FUNCTIONAL_ZONE)

    assert zones.count() == 9
    assert not zones.filter(switched_on=True).exists()


def test_the_committees_areas_report_to_it_and_lie_elsewhere_on_the_map(jilin: None) -> None:
    areas = Unit.objects.filter(parent__code="L220070").order_by("code")

    assert [(area.kind, area.division) for area in areas] == [
        ("zone_area", "222426"),
        ("zone_area", "220621"),
        ("zone_area", "220621"),
    ]
    assert areas[0].first_reviewer == by_code("L220070")


@pytest.mark.parametrize(
    ("code", "on", "name", "old_code", "parent"),
    [
        ("220602", date(2009, 6, 1), "八道江区", "220602", "220600"),
        ("220602", date(2010, 1, 1), "浑江区", "220602", "220600"),
        ("220781", date(2012, 12, 31), "扶余县", "220724", "220700"),
        ("220781", date(2013, 1, 1), "扶余市", "220781", "220700"),
        ("220113", date(2013, 9, 1), "九台市", "220181", "220100"),
        ("220113", date(2014, 9, 1), "九台区", "220113", "220100"),
        ("220184", date(2019, 12, 31), "公主岭市", "220381", "220300"),
        ("220184", date(2021, 1, 1), "公主岭市", "220184", "220100"),
    ],
)
def test_a_county_stood_otherwise_before_its_change(
    jilin: None, code: str, on: date, name: str, old_code: str, parent: str
) -> None:
    period = unit_at(by_code(code), on)

    assert period is not None
    assert (period.name, period.code, period.parent) == (name, old_code, by_code(parent))


def test_the_city_totals_of_2019_and_2021_have_other_counties(jilin: None) -> None:
    county = by_code("220184")

    belonged = [
        county.pk in below_at(by_code(city), on)
        for city in ("220300", "220100")
        for on in (date(2019, 12, 31), date(2021, 1, 1))
    ]

    assert belonged == [True, False, False, True]
    assert tree_at(date(2019, 12, 31))[county.pk].path == "220000/220300/220381/"


def test_before_anything_is_known_there_is_no_tree(jilin: None) -> None:
    assert tree_at(date(2008, 12, 31)) == {}
    assert unit_at(by_code("220184"), date(2008, 12, 31)) is None
    assert below_at(by_code("220184"), date(2008, 12, 31)) == frozenset()


def test_a_moved_county_takes_everything_below_it_along(jilin: None) -> None:
    county, target = by_code("220122"), by_code("220200")
    school = make.school_unit(county, code="S9")

    units.move_unit(unit=county, parent=target, cause=cause())

    school.refresh_from_db()
    assert school.path == "220000/220200/220122/S9/"
    assert county.pk in below_at(target, TODAY)
    assert county.pk not in below_at(target, date(2026, 10, 7))


def test_a_move_rewrites_any_number_of_paths_in_one_statement(jilin: None, django_assert_max_num_queries) -> None:
    county, target = by_code("220122"), by_code("220200")
    for number in range(30):
        make.school_unit(county, code=f"S{number:03d}")

    with django_assert_max_num_queries(16):
        units.move_unit(unit=county, parent=target, cause=cause())

    assert Unit.objects.filter(path__startswith="220000/220200/220122/").count() == 31


def test_a_unit_is_never_moved_below_itself(jilin: None) -> None:
    with pytest.raises(NotAllowed, match="自己的下属"):
        units.move_unit(unit=by_code("220100"), parent=by_code("220122"), cause=cause())


def test_a_renamed_unit_keeps_its_old_name_in_its_history(jilin: None) -> None:
    unit = by_code("220122")

    units.rename_unit(unit=unit, name="农安市", cause=cause())

    names = [getattr(unit_at(unit, day), "name", None) for day in (date(2026, 10, 7), TODAY)]
    assert names == ["农安县", "农安市"]
    assert trail(unit)[0].before["name"] == "农安县"


def test_a_recoded_unit_rewrites_the_paths_below_it(jilin: None) -> None:
    unit = by_code("220122")
    school = make.school_unit(unit, code="S9")

    units.recode_unit(unit=unit, code="220185", cause=cause())

    school.refresh_from_db()
    assert school.path == "220000/220100/220185/S9/"


def test_a_code_is_never_given_twice(jilin: None) -> None:
    with pytest.raises(NotAllowed, match="220122"):
        units.recode_unit(unit=by_code("220182"), code="220122", cause=cause())


def test_a_change_never_comes_before_the_last_one(jilin: None) -> None:
    with pytest.raises(NotAllowed, match="2020-01-01"):
        units.rename_unit(unit=by_code("220184"), name="公主岭区", cause=cause(on=date(2019, 6, 1)))


def test_a_unit_with_schools_is_not_closed(jilin: None) -> None:
    unit = by_code("220122")
    make.school_unit(unit)

    with pytest.raises(NotAllowed, match="下属"):
        units.close_unit(unit=unit, successor=None, cause=cause())


def test_a_closed_unit_keeps_its_history(jilin: None) -> None:
    unit = by_code("220122")

    units.close_unit(unit=unit, successor=by_code("220182"), cause=cause())

    assert unit_at(unit, date(2026, 10, 7)) is not None
    assert unit_at(unit, TODAY) is None


def test_a_zone_switched_on_counts_as_a_county(jilin: None) -> None:
    zone = by_code("220173")
    school = make.school_unit(zone)
    before = school.first_reviewer

    units.switch_on_zone(unit=zone, cause=cause())

    assert before == by_code("220100")
    assert Unit.objects.select_related("parent__parent").get(pk=school.pk).first_reviewer == zone


def test_the_tree_changes_only_when_a_second_person_confirms(jilin: None) -> None:
    asker, head = make.user("office_clerk", by_code("220000")), make.user("office_head", by_code("220000"))
    unit = by_code("220122")
    change = units.ask_change(
        unit=unit, kind="rename", facts={"name": "农安市"}, cause=Cause(TODAY, "批复", asker, NOON)
    )
    waiting = by_code("220122").name

    units.confirm_change(change=change, by=head, at=NOON)

    assert (waiting, by_code("220122").name) == ("农安县", "农安市")
    assert UnitChange.objects.get().state == UnitChange.State.DONE


def test_nobody_confirms_what_they_asked_for(jilin: None) -> None:
    asker = make.user("office_head", by_code("220000"))
    change = units.ask_change(
        unit=by_code("220122"), kind="rename", facts={"name": "农安市"}, cause=Cause(TODAY, "批复", asker, NOON)
    )

    with pytest.raises(NotAllowed, match="以外"):
        units.confirm_change(change=change, by=asker, at=NOON)


def ahead(kind: str, code: str, facts: dict[str, object], on: date = date(2026, 10, 10)) -> UnitChange:
    """Return a change dated ahead that one person asked for and another agreed to on 8 October."""
    change = units.ask_change(
        unit=by_code(code), kind=kind, facts=facts, cause=Cause(on, "批复", make.user(full_name="提出人"), NOON)
    )
    return units.confirm_change(change=change, by=make.user(full_name="负责人"), at=NOON)


def at(day: date, hour: int = 0, minute: int = 5) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def test_a_change_dated_ahead_takes_effect_by_itself_on_its_day(jilin: None) -> None:
    school = make.school_unit(by_code("220122"), code="S9")
    moved = ahead("move", "220122", {"parent": by_code("220200").pk})
    renamed = ahead("rename", "220182", {"name": "榆树区"})
    closed = ahead("close", "220183", {"successor": by_code("220184").pk})
    officer = make.user(Role.LOGISTICS_OFFICER, school)
    city = make.user(Role.OFFICE_CLERK, by_code("220200"))

    early = units.apply_due(at=at(date(2026, 10, 9), 23, 59))
    before = (by_code("S9").path, by_code("220182").name, by_code("220183").until_date, city.can(SEE, at=by_code("S9")))
    done = units.apply_due(at=at(date(2026, 10, 10)))
    again = units.apply_due(at=at(date(2026, 10, 10), 1))

    city, officer = User.objects.get(pk=city.pk), User.objects.get(pk=officer.pk)
    assert (early, done, again) == (0, 3, 0)
    assert before == ("220000/220100/220122/S9/", "榆树市", None, False)
    assert by_code("S9").path == "220000/220200/220122/S9/"
    assert (by_code("220182").name, by_code("220183").until_date) == ("榆树区", date(2026, 10, 9))
    assert city.can(SEE, at=by_code("S9"))
    assert officer.reach.paths == {"220000/220200/220122/S9/"}
    assert [below_at(by_code("220200"), day) >= {school.pk} for day in (date(2026, 10, 9), date(2026, 10, 10))] == [
        False,
        True,
    ]
    states = UnitChange.objects.filter(pk__in=[moved.pk, renamed.pk, closed.pk]).values_list("state", flat=True)
    assert set(states) == {UnitChange.State.DONE}


def test_a_late_run_keeps_the_day_of_the_change(jilin: None) -> None:
    ahead("rename", "220122", {"name": "农安市"})

    units.apply_due(at=at(date(2026, 10, 13)))

    names = [getattr(unit_at(by_code("220122"), date(2026, 10, day)), "name", None) for day in (9, 10)]
    assert names == ["农安县", "农安市"]


def test_a_change_that_cannot_be_carried_out_says_why_stays_and_is_tried_again(jilin: None) -> None:
    change = ahead("close", "220122", {"successor": by_code("220182").pk})
    other = ahead("rename", "220182", {"name": "榆树区"})
    school = make.school_unit(by_code("220122"), code="S9")

    done = [units.apply_due(at=at(date(2026, 10, 10), hour)) for hour in (0, 1)]
    change.refresh_from_db()
    told = Notice.objects.filter(key__startswith=f"unit.trouble/{change.pk}/")
    refusals = AuditRow.objects.filter(verb="unit.apply", outcome="refused").count()
    units.move_unit(unit=school, parent=by_code("220182"), cause=cause(date(2026, 10, 10)))
    later = units.apply_due(at=at(date(2026, 10, 11)))

    assert done == [1, 0]
    assert UnitChange.objects.get(pk=other.pk).state == UnitChange.State.DONE
    assert (change.state, "下属" in change.trouble) == (UnitChange.State.AGREED, True)
    assert {notice.to for notice in told} == {change.asked_by, change.decided_by}
    assert (told.count(), refusals, later) == (2, 1, 1)
    assert by_code("220122").until_date == date(2026, 10, 9)


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("rename", {}, "程序出错"),
        ("move", {"parent": 0}, "程序出错"),
        ("rename", {"name": None}, "数据库未接受"),
    ],
    ids=["a fact is missing", "no such parent", "the database refuses"],
)
def test_one_broken_change_holds_up_no_other(
    jilin: None, caplog: pytest.LogCaptureFixture, kind: str, facts: dict[str, object], words: str
) -> None:
    broken = ahead(kind, "220122", facts)
    other = ahead("rename", "220182", {"name": "榆树区"})

    done = [units.apply_due(at=at(date(2026, 10, 10), hour)) for hour in (0, 1)]
    broken.refresh_from_db()

    assert done == [1, 0]
    assert UnitChange.objects.get(pk=other.pk).state == UnitChange.State.DONE
    assert (broken.state, words in broken.trouble) == (UnitChange.State.AGREED, True)
    assert Notice.objects.filter(key__startswith=f"unit.trouble/{broken.pk}/").count() == 2
    assert AuditRow.objects.filter(verb="unit.apply", outcome="refused").count() == 1
    assert any(record.exc_info and record.change == broken.pk for record in caplog.records)
    assert by_code("220122").name == "农安县"


def test_a_change_taken_back_has_no_trouble_left(jilin: None) -> None:
    change = ahead("rename", "220122", {})
    units.apply_due(at=at(date(2026, 10, 10)))
    change.refresh_from_db()
    assert change.trouble

    units.refuse_change(change=change, reason="另报", by=make.user(), at=at(date(2026, 10, 10)))

    change.refresh_from_db()
    assert (change.state, change.trouble) == (UnitChange.State.REFUSED, "")


def test_what_was_agreed_to_is_taken_back_before_its_day(jilin: None) -> None:
    change = ahead("rename", "220122", {"name": "农安市"})
    with pytest.raises(NotAllowed, match="已有同类变更"):
        ahead("rename", "220122", {"name": "农安区"})

    units.refuse_change(change=change, reason="另报", by=make.user(), at=NOON)

    assert units.apply_due(at=at(date(2026, 10, 10))) == 0
    assert by_code("220122").name == "农安县"


def test_a_change_is_confirmed_once(jilin: None) -> None:
    change = ahead("rename", "220122", {"name": "农安市"})

    with pytest.raises(NotAllowed, match="办理过"):
        units.confirm_change(change=change, by=make.user(), at=NOON)
    units.refuse_change(change=change, reason="另报", by=make.user(), at=NOON)

    with pytest.raises(NotAllowed, match="办理过"):
        units.refuse_change(change=change, reason="另报", by=make.user(), at=NOON)


def test_the_database_wants_to_know_who_agreed(jilin: None) -> None:
    change = units.ask_change(
        unit=by_code("220122"), kind="rename", facts={"name": "农安市"}, cause=Cause(TODAY, "批复", make.user(), NOON)
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        UnitChange.objects.filter(pk=change.pk).update(state="agreed")

    assert UnitChange.objects.get().state == UnitChange.State.ASKED


def test_every_kind_of_change_can_be_asked_for_and_confirmed(jilin: None) -> None:
    asker, head = make.user(), make.user()
    asked = [
        ("220100", "create", {"code": "220175", "name": "长春新区", "kind": "functional_zone", "division": ""}),
        ("220122", "recode", {"code": "220185"}),
        ("220182", "move", {"parent": by_code("220200").pk}),
        ("220173", "switch_on", {}),
        ("220183", "close", {"successor": by_code("220184").pk}),
    ]

    for code, kind, facts in asked:
        change = units.ask_change(unit=by_code(code), kind=kind, facts=facts, cause=Cause(TODAY, "批复", asker, NOON))
        units.confirm_change(change=change, by=head, at=NOON)

    assert by_code("220175").parent == by_code("220100")
    assert by_code("220182").path == "220000/220200/220182/"
    assert by_code("220183").until_date == date(2026, 10, 7)


def test_a_new_unit_needs_a_new_code(jilin: None) -> None:
    with pytest.raises(NotAllowed, match="220122"):
        units.create_unit(parent=by_code("220100"), new=NewUnit("220122", "重名", "county"), cause=cause())
