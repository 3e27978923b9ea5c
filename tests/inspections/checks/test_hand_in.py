"""Handing in a check: the story and its refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspections.checks.faults import Refused
from inspections.checks.models import Check, Failure
from inspections.checks.services import hand_in
from inspections.findings.models import Finding
from inspections.schedules.rules import Mark, Timeliness
from logistics_portal.kit.errors import Clash, NotAllowed
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, again, at, scene

pytestmark = pytest.mark.django_db

TRANSACTION, ONE_ROOM = 2, 1
DUE = MONDAY + timedelta(days=1)


def test_a_check_with_nothing_wrong_is_received_on_time():
    here = scene("campus_daily")

    receipt = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)

    check = Check.objects.get()
    assert receipt.check.pk == check.pk
    assert not receipt.again
    assert (check.state, check.timeliness, check.mark) == ("received", Timeliness.ON_TIME, Mark.NONE)
    assert check.received_at == MORNING
    assert check.n_fail == 0
    assert check.county_id == here.unit.parent_id
    assert check.receipt_no.startswith("HZ20261116")
    assert not Finding.objects.exists()


def test_an_item_that_fails_opens_a_finding_with_its_deadline():
    here = scene("campus_daily")
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail", "note": "北门无人"}))

    hand_in(paper=paper, hand=here.hand(), at=MORNING)

    finding = Finding.objects.get()
    assert (finding.item_code, finding.detail) == ("CMP-D-02", "北门无人")
    assert finding.item.version == here.version
    assert finding.due_at == make.at(MONDAY + timedelta(days=2), "00:00")
    assert Failure.objects.get().finding == finding
    assert Check.objects.get().n_fail == 1


def test_an_item_failing_again_counts_on_the_open_finding():
    here = scene("campus_daily")
    answers = here.answers(CMP_D_02={"a": "fail"})
    hand_in(paper=here.paper(answers=answers), hand=here.hand(), at=MORNING)

    tuesday = MONDAY + timedelta(days=1)
    hand_in(paper=here.paper(tuesday, answers=answers), hand=here.hand(), at=at(tuesday, "09:00"))

    finding = Finding.objects.get()
    assert finding.recurrences == 1
    assert finding.failures.count() == 2


@pytest.mark.parametrize(("hours", "earns"), [(1, True), (60, False)], ids=["mended in time", "mended late"])
def test_an_item_failing_again_before_its_remedy_is_verified_is_open_again(hours, earns):
    here = scene("campus_daily")
    answers = here.answers(CMP_D_02={"a": "fail"})
    hand_in(paper=here.paper(answers=answers), hand=here.hand(), at=MORNING)
    finding = Finding.objects.get()
    old_due, mended = finding.due_at, MORNING + timedelta(hours=hours)
    Finding.objects.update(state="remedied", remedy="已补人", remedied_by=here.vice, remedied_at=mended)

    thursday = MONDAY + timedelta(days=3)
    hand_in(paper=here.paper(thursday, answers=answers), hand=here.hand(), at=at(thursday, "09:00"))

    finding.refresh_from_db()
    assert (finding.state, finding.returns, finding.recurrences) == ("open", 1, 1)
    assert (finding.remedy, finding.remedied_at) == ("", None)
    assert (finding.due_at > old_due) is earns
    line = finding.events.get(step="recur")
    assert "退回待整改" in line.text
    assert line.facts["remedied_at"]


def test_a_photo_that_must_be_there_is_asked_for():
    here = scene("campus_daily")
    paper = here.paper(answers=here.answers(CMP_D_01={"a": "fail", "photos": 3}))

    with pytest.raises(Refused, match="照片"):
        hand_in(paper=paper, hand=here.hand(), at=MORNING)

    assert not Check.objects.exists()


def test_everything_that_is_missing_is_told_at_once():
    here = scene("campus_daily")
    answers = here.answers()
    left_out = list(answers)[:2]
    for code in left_out:
        del answers[code]

    with pytest.raises(Refused) as refusal:
        hand_in(paper=here.paper(answers=answers), hand=here.hand(), at=MORNING)

    assert [it.code for it in refusal.value.refusals] == left_out


def test_the_same_paper_again_gives_the_same_receipt():
    here = scene("campus_daily")
    paper = here.paper()
    first = hand_in(paper=paper, hand=here.hand(), at=MORNING)

    second = hand_in(paper=paper, hand=here.hand(), at=MORNING + timedelta(days=30))

    assert second.again
    assert second.check.receipt_no == first.check.receipt_no
    assert Check.objects.count() == 1


def test_the_same_number_with_other_content_is_a_clash():
    here = scene("campus_daily")
    paper = here.paper()
    hand_in(paper=paper, hand=here.hand(), at=MORNING)

    with pytest.raises(Clash):
        hand_in(paper=again(paper, answers=here.answers(CMP_D_02={"a": "fail"})), hand=here.hand(), at=MORNING)

    assert Check.objects.get().n_fail == 0


def test_a_slot_somebody_filled_is_a_clash_that_names_them():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)

    with pytest.raises(Clash, match=here.officer.full_name):
        hand_in(paper=here.paper(), hand=here.hand(here.vice), at=MORNING)


def test_the_vice_principal_stands_in_and_is_marked():
    here = scene("canteen_weekly")
    friday = MONDAY + timedelta(days=4)
    officer = ground.user("logistics_officer", here.unit)
    paper = here.paper(friday)

    hand_in(paper=paper, hand=here.hand(officer), at=at(friday, "10:00"))

    check = Check.objects.get()
    assert check.stands_in
    assert check.post.role == "logistics_officer"


@pytest.mark.parametrize(
    ("moment", "offline", "timeliness", "mark"),
    [
        (at(DUE, "00:00"), False, Timeliness.ON_TIME, Mark.NONE),
        (at(DUE, "00:01"), False, Timeliness.LATE, Mark.BACKFILLED),
        (at(DUE + timedelta(days=2), "00:00"), False, Timeliness.LATE, Mark.BACKFILLED),
        (at(DUE, "00:01"), True, Timeliness.LATE, Mark.UPLOADED_LATE),
        (at(DUE + timedelta(days=2), "00:01"), True, Timeliness.MISSED, Mark.UPLOADED_LATE),
        (at(DUE + timedelta(days=7), "00:00"), True, Timeliness.MISSED, Mark.UPLOADED_LATE),
    ],
)
def test_when_the_server_received_it_decides_how_it_counts(moment, offline, timeliness, mark):
    here = scene("campus_daily")
    paper = here.paper(reason="停电", offline=offline, at=MORNING)

    hand_in(paper=paper, hand=here.hand(), at=moment)

    check = Check.objects.get()
    assert (check.timeliness, check.mark, check.received_at) == (timeliness, mark, moment)
    assert check.at == MORNING


@pytest.mark.parametrize(
    ("moment", "offline"),
    [
        (at(MONDAY, "05:59"), False),
        (at(DUE + timedelta(days=2), "00:01"), False),
        (at(DUE + timedelta(days=7), "00:01"), True),
    ],
)
def test_outside_its_hours_a_slot_takes_nothing(moment, offline):
    here = scene("campus_daily")

    with pytest.raises(NotAllowed):
        hand_in(paper=here.paper(reason="停电", offline=offline), hand=here.hand(), at=moment)

    assert not Check.objects.exists()


def test_what_is_typed_late_says_why():
    here = scene("campus_daily")

    with pytest.raises(Refused, match="理由"):
        hand_in(paper=here.paper(), hand=here.hand(), at=at(DUE, "08:00"))


def test_an_exempt_slot_takes_no_check():
    here = scene("campus_daily")
    make.exemption(here.place, MONDAY, here.officer, here.version, state="approved", decided_by=ground.user())

    with pytest.raises(NotAllowed, match="免检"):
        hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)


def test_nothing_is_due_on_a_day_without_lessons():
    here = scene("campus_daily")

    with pytest.raises(NotAllowed, match="没有这项检查"):
        here.ticket(MONDAY - timedelta(days=1))


def test_a_stranger_with_my_number_learns_nothing_of_my_check():
    here, other = scene("campus_daily"), None
    paper = here.paper()
    hand_in(paper=paper, hand=here.hand(), at=MORNING)
    other = again(here.paper(), client_id=paper.client_id)

    with pytest.raises(Clash, match="同一编号"):
        hand_in(paper=other, hand=here.hand(here.vice), at=MORNING)


def test_a_hand_in_with_a_finding_stays_within_its_queries(monkeypatch, django_assert_num_queries):
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    tuesday = MONDAY + timedelta(days=1)
    paper = here.paper(tuesday, answers=here.answers(tuesday, CAN_D_02={"a": "fail"}))
    hand = here.hand()

    with django_assert_num_queries(9 + TRANSACTION + ONE_ROOM):
        receipt = hand_in(paper=paper, hand=hand, at=at(tuesday, "09:00"))

    assert receipt.check.n_fail == 1
