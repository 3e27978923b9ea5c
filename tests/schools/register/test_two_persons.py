"""Ends and moves of schools and places: who asks, who decides, on which paper, from which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice
from schools.register.models import Proposal
from schools.register.selectors import decider_unit, may_decide
from schools.register.services import ahead, proposals, schools
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
TODAY = date(2026, 11, 20)
PAPER = "长教〔2026〕9号"
COUNTY, CITY, PROVINCE = "220000/220100/220102/", "220000/220100/", "220000/"


@pytest.fixture
def school():
    return make.school(ground.county(), name="东方红小学")


def wish(school, kind, **more):
    by = more.pop("by", None) or ground.user("office_head", school.unit.first_reviewer)
    told = {"takes_effect": TODAY, "document": PAPER} | more
    return proposals.ask(school=school, kind=kind, by=by, at=NOW, **told)


@pytest.mark.parametrize(
    ("at", "kind", "to", "decider"),
    [
        (COUNTY, "close", None, CITY),
        (CITY, "close", None, PROVINCE),
        (PROVINCE, "close", None, PROVINCE),
        (COUNTY, "move", "220000/220100/220103/", CITY),
        (COUNTY, "move", CITY, CITY),
        (COUNTY, "move", "220000/220200/220202/", PROVINCE),
        (COUNTY, "move", "220000/220200/", PROVINCE),
        (COUNTY, "move", "220000/L220070/", PROVINCE),
        (COUNTY, "move", PROVINCE, PROVINCE),
        (CITY, "move", COUNTY, PROVINCE),
        (PROVINCE, "move", COUNTY, PROVINCE),
    ],
)
def test_ends_and_moves_are_decided_one_above_and_between_cities_by_the_province(at, kind, to, decider):
    made = wish(make.school(at), kind, **({"target_unit": make.bureau(to)} if to else {}))

    assert decider_unit(made).path == decider


def test_of_two_people_of_the_province_one_asks_and_the_other_decides():
    school = make.school(PROVINCE)
    one, two = (ground.user("office_head", make.bureau(PROVINCE)) for _turn in range(2))
    made = wish(school, "close", by=one)

    assert not may_decide(one, made)
    assert may_decide(two, made)


@pytest.mark.parametrize("kind", ["close", "merge", "move"])
def test_no_school_ends_or_moves_without_a_paper(kind, school):
    with pytest.raises(NotAllowed, match="文件依据"):
        wish(school, kind, document=" ")


@pytest.mark.parametrize(
    ("kind", "more"), [("close", {}), ("merge", {"document": PAPER}), ("move", {"document": PAPER})]
)
def test_the_database_asks_for_paper_heir_and_bureau(kind, more, school):
    told = {"school": school, "takes_effect": TODAY, "asked_by": ground.user(), "asked_at": NOW}

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(kind=kind, **told, **more)


def test_a_school_about_to_end_runs_until_its_day(school):
    tomorrow = timezone.localdate() + timedelta(days=1)
    schools.close_school(school=school, on=tomorrow, document=PAPER, by=None, at=timezone.now())
    head = ground.client_of(ground.user("office_head", ground.county()))
    address = reverse("schools:school", args=[school.pk])

    text = head.get(address).content.decode()

    assert "将办到" in text
    assert "修改信息" in text
    assert "撤并（停办）" not in text
    assert head.get(reverse("schools:ask", args=[school.pk, "close"])).status_code == 403


def test_a_school_that_ended_is_not_edited_any_more(school):
    schools.close_school(school=school, on=timezone.localdate(), document=PAPER, by=None, at=timezone.now())
    school.closed_date = timezone.localdate() - timedelta(days=1)
    school.save(update_fields=["closed_date"])
    head = ground.client_of(ground.user("office_head", ground.county()))

    assert "已撤并" in head.get(reverse("schools:school", args=[school.pk])).content.decode()
    assert head.post(reverse("schools:edit", args=[school.pk]), {"name": "改名"}).status_code == 403
    school.refresh_from_db()
    assert school.name == "东方红小学"


def test_a_place_closes_forward_even_when_the_answer_comes_late(school):
    place = make.place(school)
    vice, clerk = ground.user("vice_principal_logistics", school.unit), ground.user("office_clerk", ground.county())
    made = wish(school, "close_place", by=vice, place=place)

    with pytest.raises(NotAllowed, match="今天"):
        proposals.approve(proposal=made, by=clerk, at=NOW + timedelta(days=1))

    place.refresh_from_db()
    made.refresh_from_db()
    assert (place.until_date, made.state) == (None, "requested")


def test_only_a_vice_principal_or_the_clerks_ask_to_close_a_place(school):
    place = make.place(school)
    address = reverse("schools:place-ask", args=[place.pk, "close_place"])
    told = {
        ground.user("vice_principal_logistics", school.unit): 200,
        ground.user("office_clerk", ground.county()): 200,
        ground.user("logistics_officer", school.unit): 403,
        ground.user("principal", school.unit): 403,
        ground.user("office_clerk", ground.neighbour()): 404,
    }

    assert {user: ground.client_of(user).get(address).status_code for user in told} == told
    assert AuditRow.objects.filter(outcome="refused", verb="schools:place-ask").count() == 3


def test_a_move_goes_by_the_tree_as_it_stands_now(school):
    target = make.bureau("220000/220100/220103/")
    Unit.objects.filter(pk=target.pk).update(path="220000/220200/220103/")

    moved = schools.move_school(school=school, to=target, from_date=TODAY, document=PAPER, by=None, at=NOW)

    assert moved.unit.path == f"220000/220200/220103/{school.code}/"


def test_a_move_dated_ahead_is_approved_now_and_takes_effect_on_its_day():
    school, asker = make.school(ground.county()), ground.user("office_head", ground.county())
    day = TODAY + timedelta(days=10)
    made = wish(school, "move", by=asker, target_unit=ground.neighbour(), takes_effect=day)
    head = ground.user("office_head", ground.city())

    agreed = proposals.approve(proposal=made, by=head, at=NOW)

    assert (agreed.state, agreed.decided_by) == ("agreed", head)
    assert told(asker) == [f"{school.name}：变更主管单位申请已批准，2026-11-30 起生效"]
    assert ahead.apply_due(at=NOW + timedelta(days=9)) == 0
    assert supervisor(school) == "220102"
    assert ahead.apply_due(at=NOW + timedelta(days=10)) == 1
    assert ahead.apply_due(at=NOW + timedelta(days=10)) == 0
    assert supervisor(school) == "220103"
    agreed.refresh_from_db()
    assert agreed.state == "approved"
    assert school.unit.periods.get(until_date__isnull=True).from_date == day
    assert told(asker)[-1] == f"{school.name}：变更主管单位已生效"


def test_a_move_that_cannot_be_carried_out_on_its_day_says_why_once_and_may_be_taken_back():
    school, asker = make.school(ground.county()), ground.user("office_head", ground.county())
    target, day = ground.neighbour(), NOW + timedelta(days=10)
    made = wish(school, "move", by=asker, target_unit=target, takes_effect=day.date())
    head = ground.user("office_head", ground.city())
    proposals.approve(proposal=made, by=head, at=NOW)
    Unit.objects.filter(pk=target.pk).update(until_date=TODAY)

    assert [ahead.apply_due(at=day), ahead.apply_due(at=day + timedelta(hours=1))] == [0, 0]

    made.refresh_from_db()
    assert (made.state, "不能作为学校的主管单位" in made.trouble) == ("agreed", True)
    assert len(told(asker)) == 2
    assert told(head) == [f"{school.name}：变更主管单位到期未能生效"]
    page = ground.client_of(head).get(reverse("schools:proposal", args=[made.pk])).content.decode()
    assert "到期未能生效" in page
    ground.client_of(head).post(reverse("schools:proposal-refuse", args=[made.pk]), {"answer": "新单位已撤销"})
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert ahead.apply_due(at=day) == 0


def test_an_impossible_move_is_not_agreed_to_and_one_at_a_time_waits():
    school, day = make.school(ground.county()), TODAY + timedelta(days=10)
    made = wish(school, "move", target_unit=ground.county(), takes_effect=day)
    head = ground.user("office_head", ground.city())
    with pytest.raises(NotAllowed, match="现在就由"):
        proposals.approve(proposal=made, by=head, at=NOW)
    made.refresh_from_db()
    assert made.state == "requested"
    other = make.school(ground.county())
    proposals.approve(proposal=wish(other, "move", target_unit=ground.neighbour(), takes_effect=day), by=head, at=NOW)

    with pytest.raises(NotAllowed, match="待生效"):
        wish(other, "move", target_unit=ground.neighbour(), takes_effect=day)


@pytest.mark.parametrize(("verb", "word"), [("approve", "已批准"), ("refuse", "被驳回")])
def test_who_asked_is_told_of_the_answer(school, verb, word):
    asker = ground.user("vice_principal_logistics", school.unit)
    made = wish(school, "edit", by=asker, changes={"is_boarding": True})

    getattr(proposals, verb)(proposal=made, by=ground.user("office_clerk", ground.county()), at=NOW, answer="已核实")

    notice = Notice.objects.get(to=asker)
    assert notice.title == f"{school.name}：变更信息申请{word}"
    assert (notice.text, notice.url) == ("已核实", reverse("schools:proposal", args=[made.pk]))


def told(person):
    return list(Notice.objects.filter(to=person).order_by("pk").values_list("title", flat=True))


def supervisor(school):
    return Unit.objects.get(pk=school.unit_id).parent.code
