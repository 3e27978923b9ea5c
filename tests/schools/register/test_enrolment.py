"""Pupils of a school on 1 October: asked for by the school, confirmed by its first reviewer, frozen with the year."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Parameter
from schools.portal import answers
from schools.register.models import Enrolment, Proposal
from schools.register.rules.changes import enrolment_year
from schools.register.selectors import pupils_on_first_october
from schools.register.services import proposals, schools
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
FIRST = date(2026, 10, 1)
FROZEN = datetime(2027, 1, 16, tzinfo=SHANGHAI)
TYPED = {"pupils": "412", "boarders": "96", "document": "学籍系统名册"}


@pytest.fixture
def school():
    return make.school(ground.county(), name="东方红小学", pupils=400, boarders=90, is_boarding=True)


@pytest.fixture
def officer(school):
    return ground.user("logistics_officer", school.unit)


@pytest.fixture
def clerk():
    return ground.user("office_clerk", ground.county())


@pytest.fixture
def november(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def page(school):
    return reverse("schools:ask", args=[school.pk, "enrol"])


def tell(school, year=2026, pupils=412, boarders=96, at=NOW):
    return schools.set_enrolment(school=school, year=year, pupils=pupils, boarders=boarders, by=None, at=at)


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 9, 30, 23, 59, tzinfo=SHANGHAI), None),
        (datetime(2026, 10, 1, tzinfo=SHANGHAI), 2026),
        (datetime(2027, 1, 15, 23, 59, tzinfo=SHANGHAI), 2026),
        (FROZEN, None),
    ],
)
def test_the_pupils_of_a_year_are_told_from_october_to_the_freeze(at, year):
    assert enrolment_year(at) == year


def test_the_newest_enrolment_gives_the_schools_own_figures(school):
    tell(school)
    tell(school, pupils=420)

    school.refresh_from_db()
    assert (school.pupils, school.boarders) == (420, 96)
    assert school.enrolments.get().pupils == 420
    first, second = AuditRow.objects.filter(verb="school.set_enrolment").order_by("pk")
    assert (first.before, second.before) == ({}, {"pupils": 412, "boarders": 96})


def test_an_older_year_leaves_the_schools_own_figures(school):
    Enrolment.objects.create(school=school, year=2027, pupils=1, boarders=0)
    tell(school)

    school.refresh_from_db()
    assert school.pupils == 400


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"pupils": 10, "boarders": 11}, "不能多于"),
        ({"year": 2027}, "10 月 1 日起"),
        ({"year": 2025}, "已冻结"),
        ({"at": FROZEN}, "已冻结"),
    ],
)
def test_what_cannot_be_is_refused(told, sentence, school):
    with pytest.raises(NotAllowed, match=sentence):
        tell(school, **told)
    assert not school.enrolments.exists()


def test_the_day_of_the_freeze_is_a_parameter(school):
    Parameter.objects.create(code="DATA_FREEZE_DAY", value="20", name="数据冻结日", valid_from=date(2026, 1, 1))

    assert tell(school, at=FROZEN).pupils == 412


@pytest.mark.usefixtures("november")
def test_the_officer_tells_and_the_clerk_confirms(school, officer, clerk):
    ours, theirs = ground.client_of(officer), ground.client_of(clerk)
    assert "还没有填报 2026 年" in ours.get(reverse("schools:school", args=[school.pk])).content.decode()

    ours.post(page(school), TYPED)
    wish = Proposal.objects.get()
    refused = ours.post(reverse("schools:proposal-approve", args=[wish.pk]))
    shown = theirs.get(reverse("schools:proposal", args=[wish.pk])).content.decode()

    assert (wish.takes_effect, wish.changes) == (FIRST, {"year": 2026, "pupils": 412, "boarders": 96})
    assert refused.status_code == 403
    assert all(it in shown for it in ("2026-10-01", "412", "96", "学籍系统名册"))
    assert [todo.place for todo in answers(clerk, NOW)] == ["东方红小学"]
    assert not school.enrolments.exists()
    theirs.post(reverse("schools:proposal-approve", args=[wish.pk]))
    assert school.enrolments.get().pupils == 412
    assert pupils_on_first_october([school.pk], 2026) == {school.pk: 412}
    assert "还没有填报" not in ours.get(reverse("schools:school", args=[school.pk])).content.decode()


@pytest.mark.usefixtures("november")
def test_the_form_shows_what_is_kept_and_asks_for_a_change(school, officer):
    tell(school)
    browser = ground.client_of(officer)

    shown = browser.get(page(school)).content.decode()
    same = browser.post(page(school), TYPED).content.decode()

    assert 'value="412"' in shown
    assert "没有改动" in same
    assert not Proposal.objects.exists()


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize(
    "wrong",
    [
        {"pupils": ""},
        {"pupils": "-1"},
        {"pupils": "9" * 400},
        {"pupils": "\x00"},
        {"boarders": "413"},
        {"boarders": "多"},
        {"document": "长" * 10_000},
        {"document": "\x00"},
    ],
)
def test_bad_figures_are_refused_and_the_rest_is_kept(wrong, school, officer):
    answer = ground.client_of(officer).post(page(school), TYPED | wrong)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "请先改正" in text
    assert all(value in text for name, value in TYPED.items() if name not in wrong)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [
        ("vice_principal_logistics", "school", 200),
        ("office_clerk", "county", 200),
        ("principal", "school", 403),
        ("food_safety_officer", "school", 403),
        ("bureau_leader", "county", 403),
        ("office_head", "neighbour", 404),
    ],
)
@pytest.mark.usefixtures("november")
def test_who_may_tell(role, at, status, school):
    unit = {"school": school.unit, "county": ground.county(), "neighbour": ground.neighbour()}[at]

    assert ground.client_of(ground.user(role, unit)).get(page(school)).status_code == status


@pytest.mark.usefixtures("november")
def test_a_clerk_of_the_county_does_not_confirm_the_own_figures(school, clerk):
    ground.client_of(clerk).post(page(school), TYPED)
    wish = Proposal.objects.get()

    assert ground.client_of(clerk).post(reverse("schools:proposal-approve", args=[wish.pk])).status_code == 403
    assert AuditRow.objects.filter(outcome="refused", verb="schools:proposal-approve").exists()


def test_outside_the_months_nothing_is_asked(school, officer, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: FROZEN)
    browser = ground.client_of(officer)

    answer = browser.get(page(school))

    assert "数据冻结后不能再改" in answer.content.decode()
    assert "还没有填报" not in browser.get(reverse("schools:school", args=[school.pk])).content.decode()


def test_a_wish_that_waited_past_the_freeze_is_not_carried_out(school, officer, clerk):
    wish = proposals.ask(
        school=school,
        kind="enrol",
        by=officer,
        at=NOW,
        takes_effect=FIRST,
        changes={"year": 2026, "pupils": 412, "boarders": 96},
    )

    with pytest.raises(NotAllowed, match="已冻结"):
        proposals.approve(proposal=wish, by=clerk, at=FROZEN)

    wish.refresh_from_db()
    assert wish.state == "requested"
    assert not school.enrolments.exists()
