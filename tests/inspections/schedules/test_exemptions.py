"""Exemptions: asked by a school, answered by another person at the level whose turn it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from inspections.schedules import services
from inspections.schedules.models import Exemption, Missed
from inspections.schedules.plugs import answers
from inspections.schedules.services import Wish
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Notice, Parameter
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, scene

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(days=5)


def ask(here: Scene, **changed) -> Exemption:
    wish = {
        "place": here.place,
        "checklist": here.version.checklist,
        "first_date": MONDAY,
        "last_date": MONDAY,
        "reason": Exemption.Reason.OUT_OF_USE,
        "text": "操场封闭维修",
        **changed,
    }
    return services.request(wish=Wish(**wish), by=here.vice, post=here.hand(here.vice).post, at=MORNING)


def answer(here: Scene, row: Exemption, by, at=MORNING, verb=services.approve) -> Exemption:
    return verb(exemption=row, answer="情况属实", by=by, post=by.live_posts[0], at=at)


def test_the_county_frees_an_open_slot():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)

    row = answer(here, ask(here), clerk)

    assert (row.state, row.decided_by, row.decided_at) == ("approved", clerk, MORNING)


def test_a_closed_slot_is_freed_one_level_above_and_its_missed_row_stays():
    here = scene("campus_daily")
    make.missed(here.place, MONDAY, here.version)
    row = ask(here)
    clerk = ground.user("office_clerk", here.unit.parent)
    head = ground.user("office_head", here.unit.parent.parent)
    with pytest.raises(NotAllowed, match="上一级"):
        answer(here, row, clerk, LATER)

    answer(here, row, head, LATER)

    missed = Missed.objects.get()
    assert (missed.superseded, missed.superseded_at) == ("exemption", LATER)


def test_nobody_answers_their_own_request():
    here = scene("campus_daily")
    row = make.exemption(here.place, MONDAY, here.vice, here.version)

    with pytest.raises(NotAllowed, match="不能审批自己"):
        answer(here, row, here.vice)


def test_a_request_is_answered_once():
    here = scene("campus_daily")
    row = ask(here)
    clerk = ground.user("office_clerk", here.unit.parent)
    answer(here, row, clerk, verb=services.refuse)

    with pytest.raises(NotAllowed, match="驳回"):
        answer(here, row, clerk)


def test_a_refusal_says_why():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)

    with pytest.raises(NotAllowed, match="意见"):
        services.refuse(exemption=ask(here), answer=" ", by=clerk, post=clerk.live_posts[0], at=MORNING)


@pytest.mark.parametrize(
    "changed",
    [
        {"last_date": MONDAY - timedelta(days=1)},
        {"last_date": MONDAY + timedelta(days=40)},
        {"first_date": MONDAY - timedelta(days=1), "last_date": MONDAY - timedelta(days=1)},
    ],
)
def test_days_on_which_nothing_is_due_are_not_asked_for(changed):
    here = scene("campus_daily")

    with pytest.raises(NotAllowed):
        ask(here, **changed)

    assert not Exemption.objects.exists()


def test_an_approval_is_taken_back_only_while_nothing_of_it_closed():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)
    row = answer(here, ask(here, last_date=MONDAY + timedelta(days=1)), clerk)
    post = clerk.live_posts[0]
    with pytest.raises(NotAllowed, match="已关账"):
        services.revoke(exemption=row, reason="", by=clerk, post=post, at=LATER)

    row = services.revoke(exemption=row, reason="已修好", by=clerk, post=post, at=MORNING)

    assert row.state == "revoked"


def test_the_pages_let_each_do_their_part(monkeypatch):
    here = scene("campus_daily")
    vice, clerk = ground.client_of(here.vice), ground.client_of(ground.user("office_clerk", here.unit.parent))
    fields = {
        "place": here.place.pk,
        "checklist": here.version.checklist.pk,
        "first_date": "2026-12-01",
        "last_date": "2026-12-01",
        "reason": "out_of_use",
        "text": "操场封闭维修",
    }

    asked = vice.post(reverse("inspections:exemption-ask"), fields)
    row = Exemption.objects.get()
    own = vice.post(reverse("inspections:exemption", args=[row.pk]), {"verb": "approve"})
    done = clerk.post(reverse("inspections:exemption", args=[row.pk]), {"verb": "approve", "answer": "同意"})

    row.refresh_from_db()
    assert asked.status_code == done.status_code == 302
    assert own.status_code == 403
    assert row.state == "approved"
    assert "操场封闭维修" in clerk.get(reverse("inspections:exemption", args=[row.pk])).content.decode()
    assert here.place.name in clerk.get(reverse("inspections:exemptions")).content.decode()


def test_who_asks_is_told_whose_answer_it_waits_for_and_what_became_of_it():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)
    vice = ground.client_of(here.vice)
    row = ask(here)
    services.withdraw(exemption=row, by=here.vice, post=here.hand(here.vice).post, at=MORNING)
    fields = {
        "place": here.place.pk,
        "checklist": here.version.checklist_id,
        "first_date": "2026-12-01",
        "last_date": "2026-12-01",
        "reason": "out_of_use",
        "text": "操场封闭维修",
    }

    page = vice.post(reverse("inspections:exemption-ask"), fields, follow=True).content.decode()
    row = Exemption.objects.get(state="requested")
    services.approve(exemption=row, answer="同意", by=clerk, post=clerk.live_posts[0], at=MORNING)
    with translation.override("en"):
        services.revoke(exemption=row, reason="", by=clerk, post=clerk.live_posts[0], at=MORNING)
        in_english = Notice.objects.filter(to=here.vice).latest("pk").head
    again = ask(here)
    services.refuse(exemption=again, answer="照常检查", by=clerk, post=clerk.live_posts[0], at=MORNING)

    office = f"{here.unit.parent.name}后勤部门"
    assert f"已提交，待{office}批准后生效。" in page
    assert f"待{office}批准。" in page
    days = "2026-12-01 至 2026-12-01"
    assert "免检" not in in_english
    assert list(Notice.objects.filter(to=here.vice).order_by("pk").values_list("title", flat=True)) == [
        f"免检申请已批准：{here.place.name} {days}",
        f"免检已撤销，须照常检查：{here.place.name} {days}",
        f"免检申请被驳回：{here.place.name} {MONDAY} 至 {MONDAY}",
    ]
    assert services.awaited(again, LATER) == f"{here.unit.parent.parent.name}后勤部门负责人"


def test_a_neighbour_finds_no_request():
    here = scene("campus_daily")
    row = make.exemption(here.place, MONDAY, here.vice, here.version)
    browser = ground.client_of(ground.user("office_clerk", ground.neighbour()))

    assert browser.get(reverse("inspections:exemption", args=[row.pk])).status_code == 404
    assert browser.post(reverse("inspections:exemption-withdraw", args=[row.pk])).status_code == 404


def test_a_bureau_does_not_ask_for_a_school():
    here = scene("campus_daily")
    browser = ground.client_of(ground.user("office_clerk", here.unit.parent))

    page = browser.post(reverse("inspections:exemption-ask"), {"place": here.place.pk})

    assert page.status_code == 200
    assert not Exemption.objects.exists()


def test_a_request_waits_on_the_desk_of_whose_turn_it_is(django_assert_max_num_queries):
    here = scene("campus_daily")
    row = ask(here)
    clerk = ground.user("office_clerk", here.unit.parent)
    head = ground.user("office_head", here.unit.parent.parent)

    assert [it.url for it in answers(clerk, MORNING)] == [reverse("inspections:exemption", args=[row.pk])]
    assert answers(head, MORNING) == answers(here.vice, MORNING) == []
    with django_assert_max_num_queries(16):
        late = answers(head, LATER)
    assert [it.place for it in late] == [f"{here.place.school.name} · {here.place.name}"]
    assert answers(clerk, LATER) == []
    assert answers(ground.user("office_clerk", ground.neighbour()), MORNING) == []


def test_an_answered_request_waits_on_nobody_s_desk():
    here = scene("campus_daily")
    clerk = ground.user("office_clerk", here.unit.parent)
    answer(here, ask(here), clerk, verb=services.refuse)

    assert answers(ground.user("office_clerk", here.unit.parent), MORNING) == []


def test_the_province_sets_how_soon_an_exemption_is_answered_and_how_long_it_may_be(monkeypatch):
    here = scene("campus_daily")
    make.exemption(here.place, MONDAY, here.vice, here.version)
    clerk = ground.user("office_clerk", here.unit.parent)
    usual = answers(clerk, MORNING)[0].due_at
    for code in ("EXEMPTION_ANSWER_DAYS", "EXEMPTION_MOST_DAYS"):
        Parameter.objects.create(code=code, value="5", name=code, valid_from=MONDAY)

    assert (answers(clerk, MORNING)[0].due_at - usual).days == 5  # three working days and a weekend
    with pytest.raises(NotAllowed, match="最多 5 天"):
        ask(here, last_date=MONDAY + timedelta(days=5))
    assert ask(here, last_date=MONDAY + timedelta(days=4)).pk
