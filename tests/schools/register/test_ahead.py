"""Moves of schools agreed to for a later day: carried out by the clock, one by one, or said truly why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice
from schools.register.models import Proposal
from schools.register.services import ahead, proposals, schools
from tests.factories import ground
from tests.factories import schools as make
from tests.schools.register.test_two_persons import NOW, TODAY, supervisor, told, wish

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = TODAY + 5 * DAY
DUE = NOW + 5 * DAY


@pytest.fixture
def head():
    return ground.user("office_head", ground.city())


def agreed(head, school=None, on=ON):
    """Return a move to the neighbouring county agreed to from a day on."""
    school = school or make.school(ground.county())
    made = wish(school, "move", target_unit=ground.neighbour(), takes_effect=on)
    return proposals.approve(proposal=made, by=head, at=NOW)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def page(person, row):
    return ground.client_of(person).get(reverse("schools:proposal", args=[row.pk])).content.decode()


def overlap(school):
    """Rename a school the day after it was to move, while the clock stood still."""
    schools.edit_school(school=school, by=None, at=DUE + DAY, name="改名小学")


def test_a_move_the_database_refuses_holds_up_no_other(head, caplog):
    broken, other = agreed(head), agreed(head)
    overlap(broken.school)

    done = [ahead.apply_due(at=DUE + DAY), ahead.apply_due(at=DUE + DAY)]

    broken = fresh(broken)
    assert done == [1, 0]
    assert (fresh(other).state, broken.state, "数据库未接受" in broken.trouble) == ("approved", "agreed", True)
    assert AuditRow.objects.filter(verb="move.apply", outcome="refused", on_id=broken.pk).count() == 1
    assert Notice.objects.filter(key__startswith=f"proposal.trouble/{broken.pk}/").count() == 2
    assert any(record.exc_info and getattr(record, "proposal", 0) == broken.pk for record in caplog.records)


def test_what_nobody_expected_is_logged_told_and_holds_up_no_other(head, monkeypatch, caplog):
    broken, other = agreed(head), agreed(head)
    move = schools.move_school

    def sometimes(**facts):
        if facts["school"].pk == broken.school_id:
            raise KeyError("path")
        return move(**facts)

    monkeypatch.setattr(schools, "move_school", sometimes)

    assert ahead.apply_due(at=DUE) == 1
    assert fresh(other).state == "approved"
    assert "程序出错" in fresh(broken).trouble
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("closed_on", [TODAY, ON + 30 * DAY])
def test_a_school_that_ended_or_will_end_is_not_moved(head, closed_on):
    row = agreed(head)
    schools.close_school(
        school=row.school, on=closed_on, document="文", by=None, at=NOW
    )  # before such ends were refused
    periods = list(row.school.unit.periods.values_list("from_date", "until_date"))

    assert ahead.apply_due(at=DUE) == 0

    assert "已批准撤并" in fresh(row).trouble
    assert supervisor(row.school) == "220102"
    assert list(row.school.unit.periods.values_list("from_date", "until_date")) == periods


@pytest.mark.parametrize("kind", ["close", "merge"])
def test_no_end_is_asked_for_or_approved_beside_an_agreed_move_until_it_is_taken_back(head, kind):
    school = make.school(ground.county())
    heir = {"successor": make.school(ground.county())} if kind == "merge" else {}
    asked = wish(school, kind, **heir)
    move = agreed(head, school)

    with pytest.raises(NotAllowed, match="请先撤回那次批准"):
        proposals.approve(proposal=asked, by=head, at=NOW)
    proposals.withdraw(proposal=asked, by=asked.asked_by, at=NOW)
    with pytest.raises(NotAllowed, match="请先撤回那次批准"):
        wish(school, kind, **heir)
    school.refresh_from_db()
    assert school.closed_date is None

    proposals.refuse(proposal=move, by=head, at=NOW, answer="改为撤并")
    assert proposals.approve(proposal=wish(school, kind, **heir), by=head, at=NOW).state == "approved"


@pytest.mark.parametrize("moves_on", [TODAY, ON])
def test_no_move_is_asked_for_or_approved_once_an_end_is_agreed(head, moves_on):
    school = make.school(ground.county())
    asked = wish(school, "move", target_unit=ground.neighbour(), takes_effect=moves_on)
    proposals.approve(proposal=wish(school, "close", takes_effect=ON + DAY), by=head, at=NOW)

    with pytest.raises(NotAllowed, match="请撤回或驳回这次申请"):
        proposals.approve(proposal=asked, by=head, at=NOW)
    proposals.withdraw(proposal=asked, by=asked.asked_by, at=NOW)
    with pytest.raises(NotAllowed, match="已批准撤并"):
        wish(school, "move", target_unit=ground.neighbour(), takes_effect=moves_on)
    assert supervisor(school) == "220102"


def test_a_move_missed_until_its_day_was_closed_says_it_must_be_asked_for_anew_and_reminds_daily(head):
    row = agreed(head)
    late = NOW + 9 * DAY

    done = [ahead.apply_due(at=at) for at in (late, late + timedelta(hours=1), late + DAY)]

    row = fresh(row)
    assert (done, row.state) == ([0, 0, 0], "agreed")
    assert row.trouble == "2026-11-25 的检查已关账，这次变更不能再生效；请撤回批准，改定日期后重新申请。"
    assert told(head) == [f"{row.school.name}：变更主管单位到期未能生效"] * 2
    assert AuditRow.objects.filter(verb="move.apply", outcome="refused").count() == 1


@pytest.mark.parametrize(("days", "again"), [(0, True), (4, False)])
def test_the_page_promises_another_try_only_while_one_can_succeed(head, days, again):
    row = agreed(head)
    day = timezone.localdate() - days * DAY
    Proposal.objects.filter(pk=row.pk).update(takes_effect=day, trouble="新单位已撤销。")

    seen = page(head, row)

    assert ("到期未能生效：新单位已撤销。" in seen, "处理后会自动重试" in seen) == (True, again)


def test_a_move_taken_back_has_no_trouble_left_and_shows_who_had_agreed(head):
    asked = wish(make.school(ground.county()), "move", target_unit=ground.neighbour(), takes_effect=ON)
    row = proposals.approve(proposal=asked, by=head, at=NOW, answer="同意划转")
    Unit.objects.filter(pk=ground.neighbour().pk).update(until_date=TODAY)
    ahead.apply_due(at=DUE)
    other = ground.user("office_head", ground.city())
    assert "未生效即撤回" not in page(other, row)

    proposals.refuse(proposal=row, by=other, at=DUE, answer="新单位已撤销")

    row, seen = fresh(row), page(other, row)
    assert (row.state, row.trouble, row.decided_by) == ("withdrawn", "", other)
    assert Notice.objects.filter(to=asked.asked_by).latest("pk").title == (
        f"{row.school.name}：变更主管单位的批准已撤回，{ON} 不再生效"
    )
    for words in (f"{head} 于", "同意划转", "未生效即撤回", f"{other} 于", "新单位已撤销"):
        assert words in seen, words
    assert "自动重试" not in seen


def test_a_refusal_of_what_was_never_agreed_to_shows_no_approval(head):
    asked = wish(make.school(ground.county()), "move", target_unit=ground.neighbour(), takes_effect=ON)

    proposals.refuse(proposal=asked, by=head, at=NOW, answer="缺文件")

    assert "未生效即撤回" not in page(head, asked)
