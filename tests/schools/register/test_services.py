"""Schools and places: the story and its refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from logistics_portal.accounts.models import UnitPeriod
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow
from schools.register.models import Proposal, School
from schools.register.rules.changes import initials
from schools.register.services import places, proposals, schools
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
TODAY = NOW.date()
CLOSED_DAY = date(2026, 11, 17)


def add(**facts):
    usual = {"code": "2122000001", "name": "长春市第一中学", "kind": "junior", "opened_date": date(1950, 9, 1)}
    return schools.add_school(supervising=ground.county(), by=None, at=NOW, **(usual | facts))


def test_a_new_school_has_its_own_unit_its_period_and_its_flags():
    school = add(is_boarding=True)

    assert school.unit.path == f"{ground.county().path}2122000001/"
    assert school.division == "220102"
    assert school.initials in {"zcsdyzx", "ccsdyzx"}
    assert UnitPeriod.objects.get(unit=school.unit).parent == ground.county()
    assert dict(school.traits.values_list("flag", "value"))["boarding"] is True
    assert AuditRow.objects.filter(verb="school.add", unit=school.unit).exists()


@pytest.mark.parametrize(
    ("name", "letters"), [("敦化市实验小学", "dhssyxx"), ("第87中学（北校区）", "d87zxbxq"), ("", "")]
)
def test_initials_are_the_first_letters_of_the_pinyin(name, letters):
    assert initials(name) == letters


def test_a_code_is_used_once():
    add()

    with pytest.raises(NotAllowed, match="已被使用"):
        add(name="另一所")


def test_no_school_stands_under_a_school_or_a_closed_bureau():
    school = add()
    gone = ground.unit("220199", parent=ground.city(), until_date=TODAY)

    for unit in (school.unit, gone):
        with pytest.raises(NotAllowed, match="不能作为"):
            schools.add_school(supervising=unit, by=None, at=NOW, code="X001", name="x", kind="junior")


def test_a_new_name_is_kept_beside_the_old_one():
    school = add()

    schools.edit_school(school=school, by=None, at=NOW, name="长春市实验中学", phone="0431-88888888")

    school.refresh_from_db()
    periods = list(school.unit.periods.order_by("from_date").values_list("name", "until_date"))
    assert periods == [("长春市第一中学", TODAY - timedelta(1)), ("长春市实验中学", None)]
    assert school.unit.name == "长春市实验中学"
    assert school.initials.endswith("ssyzx")


def test_a_flag_changes_from_a_day_on():
    school = make.school()

    schools.set_trait(school=school, flag="meals", value=False, from_date=TODAY + timedelta(5), by=None, at=NOW)
    again = schools.set_trait(school=school, flag="boarding", value=False, from_date=TODAY, by=None, at=NOW)

    school.refresh_from_db()
    assert school.serves_meals
    assert again is None
    assert schools.reconcile_flags(on=TODAY + timedelta(4)) == 0
    assert schools.reconcile_flags(on=TODAY + timedelta(5)) == 1
    assert not School.objects.get().serves_meals


def test_a_flag_is_never_back_dated_over_a_closed_day():
    with pytest.raises(NotAllowed, match="2026-11-18"):
        schools.set_trait(school=make.school(), flag="meals", value=False, from_date=CLOSED_DAY, by=None, at=NOW)


def test_a_later_entry_gives_way_to_an_earlier_one():
    school = make.school()
    later = TODAY + timedelta(30)
    schools.set_trait(school=school, flag="meals", value=False, from_date=later, by=None, at=NOW)

    schools.set_trait(school=school, flag="meals", value=True, from_date=TODAY, by=None, at=NOW)

    assert list(school.traits.filter(flag="meals").values_list("value", "until_date")) == [(True, None)]


def test_a_closed_school_ends_with_its_unit_and_places():
    school = make.school()
    place = make.place(school)
    heir = make.school()

    schools.close_school(school=school, on=TODAY, document="敦教〔2026〕5号", successor=heir, by=None, at=NOW)

    school.refresh_from_db()
    place.refresh_from_db()
    assert (school.closed_date, place.until_date, school.unit.until_date) == (TODAY, TODAY, TODAY)
    assert school.unit.successor == heir.unit
    with pytest.raises(NotAllowed, match="已经撤并"):
        schools.close_school(school=school, on=TODAY, document="x", by=None, at=NOW)
    with pytest.raises(NotAllowed, match="已撤并"):
        places.add_place(school=school, kind="canteen", name="新食堂", from_date=TODAY + timedelta(1), by=None, at=NOW)


def test_a_school_is_not_merged_into_itself_or_a_closed_one():
    school, gone = make.school(), make.school(closed_date=TODAY)

    for heir in (school, gone):
        with pytest.raises(NotAllowed, match="另一所"):
            schools.close_school(school=school, on=TODAY, document="x", successor=heir, by=None, at=NOW)


def test_a_moved_school_is_seen_by_its_new_bureau_and_keeps_its_history():
    school = add()
    old = ground.user("office_clerk", ground.county())
    new = ground.user("office_clerk", ground.neighbour())

    schools.move_school(school=school, to=ground.neighbour(), from_date=TODAY, document="x", by=None, at=NOW)

    assert not School.objects.visible_to(old).exists()
    assert School.objects.visible_to(new).get() == school
    parents = list(
        UnitPeriod.objects.filter(unit=school.unit).order_by("from_date").values_list("parent__code", flat=True)
    )
    assert parents == ["220102", "220103"]


def test_a_move_waits_for_its_day():
    with pytest.raises(NotAllowed, match="当天"):
        schools.move_school(
            school=add(), to=ground.neighbour(), from_date=TODAY + timedelta(1), document="x", by=None, at=NOW
        )


def test_a_place_goes_out_of_use_forward_only_and_comes_back():
    place = make.place()

    with pytest.raises(NotAllowed, match="今天"):
        places.close_place(place=place, on=TODAY - timedelta(1), by=None, at=NOW)
    places.close_place(place=place, on=TODAY, by=None, at=NOW)
    back = places.reopen_place(place=place, on=TODAY + timedelta(10), by=None, at=NOW)

    assert (back.until_date, back.checked_from) == (None, TODAY + timedelta(10))


def test_checks_of_a_place_do_not_start_on_a_closed_day():
    place = make.place(checked_from=TODAY)

    with pytest.raises(NotAllowed, match="已关账"):
        places.edit_place(place=place, name=place.name, checked_from=CLOSED_DAY, by=None, at=NOW)


def test_a_change_happens_once_another_person_approves_it():
    school, officer, clerk = make.school(), ground.user(), ground.user()
    wish = {"takes_effect": TODAY, "changes": {"is_boarding": True, "kind": "nine_year"}}
    proposal = proposals.ask(school=school, kind="edit", by=officer, at=NOW, **wish)

    with pytest.raises(NotAllowed, match="不能审批自己"):
        proposals.approve(proposal=proposal, by=officer, at=NOW)
    proposals.approve(proposal=proposal, by=clerk, at=NOW)

    school.refresh_from_db()
    assert (school.is_boarding, school.kind) == (True, "nine_year")
    with pytest.raises(NotAllowed, match="已批"):
        proposals.refuse(proposal=proposal, by=clerk, at=NOW, answer="x")


def test_every_kind_of_proposal_is_carried_out():
    asker, head = ground.user(), ground.user()
    school, heir, moved = make.school(), make.school(), make.school()
    place = make.place(heir)
    target = make.bureau("220000/220100/220103/")
    wishes = [
        (moved, "move", {"target_unit": target, "document": "文"}),
        (heir, "close_place", {"place": place}),
        (school, "merge", {"successor": heir, "document": "文"}),
    ]

    for subject, kind, wish in wishes:
        made = proposals.ask(school=subject, kind=kind, by=asker, at=NOW, takes_effect=TODAY, **wish)
        proposals.approve(proposal=made, by=head, at=NOW)

    place.refresh_from_db()
    moved.unit.refresh_from_db()
    school.refresh_from_db()
    assert (place.until_date, moved.unit.parent, school.successor) == (TODAY, target, heir)


def test_the_same_thing_is_asked_for_once():
    school, officer = make.school(), ground.user()
    made = proposals.ask(school=school, kind="close", by=officer, at=NOW, takes_effect=TODAY, document="文")

    with pytest.raises(NotAllowed, match="已有一条"):
        proposals.ask(school=school, kind="close", by=officer, at=NOW, takes_effect=TODAY, document="文")
    proposals.withdraw(proposal=made, by=officer, at=NOW)

    assert proposals.ask(school=school, kind="close", by=officer, at=NOW, takes_effect=TODAY, document="文")


def test_the_database_refuses_a_proposal_decided_by_its_asker():
    school, officer = make.school(), ground.user()
    made = proposals.ask(school=school, kind="close", by=officer, at=NOW, takes_effect=TODAY, document="文")

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(state="approved", decided_by=officer, decided_at=NOW)
