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
from logistics_portal.records.models import AuditRow
from schools.register.models import Proposal
from schools.register.selectors import decider_unit, may_decide
from schools.register.services import proposals, schools
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
