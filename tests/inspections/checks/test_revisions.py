"""Stages of the night, corrections, and what the database refuses to change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.checks.faults import Refused
from inspections.checks.models import Check, Failure
from inspections.checks.services import correct, hand_in
from inspections.findings.models import Finding, FindingEvent
from inspections.schedules.rules import Timeliness
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import Notice
from tests.factories import ground
from tests.inspections.checks.story import MONDAY, MORNING, Scene, at, scene

pytestmark = pytest.mark.django_db

NEXT = MONDAY + timedelta(days=1)
EVENING, NIGHT, DAWN = at(MONDAY, "21:30"), at(NEXT, "04:10"), at(NEXT, "07:20")


def night() -> Scene:
    return scene("dormitory_nightly", is_boarding=True)


def roll(here: Scene, present: int = 98, leave: int = 2, unverified: int = 0, expected: int = 100, **more):
    given = {"DOR-N-01": expected, "DOR-N-02": present, "DOR-N-13": leave, "DOR-N-03": unverified}
    answers = here.answers(MONDAY, "roll")
    answers |= {code: {"a": str(value)} for code, value in given.items()}
    return here.paper(stage="roll", answers=answers, **more)


def test_a_night_is_handed_in_stage_by_stage_and_counts_by_the_last():
    here = night()

    hand_in(paper=roll(here), hand=here.hand(), at=EVENING)
    hand_in(paper=here.paper(stage="patrols"), hand=here.hand(), at=NIGHT)
    hand_in(paper=here.paper(stage="morning"), hand=here.hand(), at=DAWN)

    states = list(Check.objects.order_by("revision").values_list("state", "stage", "timeliness"))
    assert states == [
        ("superseded", "roll", ""),
        ("superseded", "patrols", ""),
        ("received", "morning", Timeliness.ON_TIME),
    ]
    last = Check.objects.get(revision=3)
    assert "." not in last.answers
    assert last.values["DOR-N-02"] == 98
    assert last.received_at == DAWN


def test_a_stage_is_not_handed_in_before_its_turn_nor_twice():
    here = night()
    with pytest.raises(NotAllowed, match="点名"):
        hand_in(paper=here.paper(stage="patrols"), hand=here.hand(), at=EVENING)
    hand_in(paper=roll(here), hand=here.hand(), at=EVENING)

    with pytest.raises(NotAllowed, match="夜巡"):
        hand_in(paper=roll(here), hand=here.hand(), at=EVENING)


def test_an_unverified_boarder_calls_at_once_and_opens_a_finding():
    here = night()
    clerk = ground.user("office_clerk", here.unit.parent)

    hand_in(paper=roll(here, present=97, unverified=1), hand=here.hand(), at=EVENING)

    called = {notice.to_id for notice in Notice.objects.filter(urgency="alarm", key__startswith="check-alarm")}
    assert called == {here.vice.pk, here.principal.pk, clerk.pk}
    assert Finding.objects.get().item_code == "DOR-N-03"
    assert Check.objects.get().state == "receiving"


def test_a_failure_of_an_earlier_stage_stands_in_the_next_without_being_counted_again():
    here = night()
    hand_in(paper=roll(here, present=97, unverified=1), hand=here.hand(), at=EVENING)
    alarms = Notice.objects.filter(key__startswith="check-alarm").count()

    hand_in(paper=here.paper(stage="patrols"), hand=here.hand(), at=NIGHT)

    finding = Finding.objects.get()
    assert finding.recurrences == 0
    assert Failure.objects.filter(finding=finding).count() == 2
    assert Check.objects.get(revision=2).n_fail == 1
    assert Notice.objects.filter(key__startswith="check-alarm").count() == alarms


def test_a_correction_is_a_new_revision_that_keeps_its_first_time():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    late = at(NEXT, "10:00")
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail"}), reason="漏看了一处")

    receipt = correct(paper=paper, hand=here.hand(), at=late)

    old, new = Check.objects.order_by("revision")
    assert (old.state, new.state, new.reason) == ("superseded", "received", "漏看了一处")
    assert (new.timeliness, new.received_at, new.handed_in_at) == (Timeliness.ON_TIME, MORNING, late)
    assert receipt.check == new
    assert Finding.objects.count() == 1


def test_a_correction_leaves_the_findings_it_takes_back_open():
    here = scene("campus_daily")
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail"}))
    hand_in(paper=paper, hand=here.hand(), at=MORNING)

    correct(paper=here.paper(reason="核实无异常"), hand=here.hand(), at=MORNING)

    assert Finding.objects.get().state == "open"
    assert Check.objects.get(state="received").n_fail == 0
    told = FindingEvent.objects.get(step="correct")
    assert (told.text, told.by, told.word) == ("这一项已更正为不再异常。理由：核实无异常", here.officer, "检查已更正")


def test_the_story_of_a_finding_tells_what_a_correction_changed_and_nothing_where_it_stayed():
    here = scene("campus_daily")
    failing = {"CMP_D_02": {"a": "fail", "note": "缺一人"}, "CMP_D_03": {"a": "fail", "note": "灯坏"}}
    hand_in(paper=here.paper(answers=here.answers(**failing)), hand=here.hand(), at=MORNING)
    failing["CMP_D_02"] = {"a": "fail", "note": "缺两人"}

    correct(paper=here.paper(answers=here.answers(**failing), reason="数错了"), hand=here.hand(), at=MORNING)

    assert [(it.finding.item_code, it.text) for it in FindingEvent.objects.filter(step="correct")] == [
        ("CMP-D-02", "改为：缺两人。理由：数错了")
    ]
    assert list(Finding.objects.order_by("item_code").values_list("detail", flat=True)) == ["缺一人", "灯坏"]


def test_a_correction_says_why():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)

    with pytest.raises(Refused, match="理由"):
        correct(paper=here.paper(), hand=here.hand(), at=MORNING)


def test_a_closed_slot_takes_no_correction():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)

    with pytest.raises(NotAllowed, match="已关账"):
        correct(paper=here.paper(reason="x"), hand=here.hand(), at=at(NEXT + timedelta(days=2), "00:01"))


def test_a_colleague_does_not_correct_the_check_of_another():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    colleague = ground.user("logistics_officer", here.unit)

    with pytest.raises(NotAllowed, match="本人"):
        correct(paper=here.paper(reason="x"), hand=here.hand(colleague), at=MORNING)


def test_the_same_correction_again_gives_the_same_receipt():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    paper = here.paper(reason="看错了")
    first = correct(paper=paper, hand=here.hand(), at=MORNING)

    second = correct(paper=paper, hand=here.hand(), at=MORNING)

    assert second.again
    assert second.check == first.check
    assert Check.objects.count() == 2


def test_a_new_paper_for_a_whole_check_is_a_clash():
    here = night()
    hand_in(paper=roll(here), hand=here.hand(), at=EVENING)
    hand_in(paper=here.paper(stage="patrols"), hand=here.hand(), at=NIGHT)
    hand_in(paper=here.paper(stage="morning"), hand=here.hand(), at=DAWN)

    with pytest.raises(Clash):
        hand_in(paper=roll(here), hand=here.hand(), at=DAWN)


@pytest.mark.parametrize(
    "change",
    [
        {"answers": "0" * 18},
        {"n_fail": 7},
        {"received_at": at(MONDAY, "08:00")},
        {"timeliness": "late"},
        {"values": {"x": 1}},
        {"state": "receiving"},
        {"by": None},
    ],
)
def test_the_database_refuses_to_change_what_was_handed_in(change):
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    install(connection)
    if "by" in change:
        change = {"by": here.vice}

    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.update(**change)


def test_the_database_refuses_to_delete_a_check():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    install(connection)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inspections_check")


def test_the_guards_let_through_what_may_happen_to_a_check():
    here = night()
    install(connection)
    hand_in(paper=roll(here), hand=here.hand(), at=EVENING)
    hand_in(paper=here.paper(stage="patrols"), hand=here.hand(), at=NIGHT)
    hand_in(paper=here.paper(stage="morning"), hand=here.hand(), at=DAWN)

    correct(
        paper=here.paper(answers=here.answers(MONDAY), reason="补记"), hand=here.hand(), at=DAWN + timedelta(hours=1)
    )

    assert Check.objects.filter(state="received").count() == 1
