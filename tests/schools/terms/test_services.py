"""Calendars, holidays and closures: the story and its refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import translation

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice
from schools.register.rules.changes import slots_closed
from schools.terms.models import Closure, Edition, Extra, NationalYear
from schools.terms.rules import national
from schools.terms.rules.closures import Decider, Limits, decider
from schools.terms.selectors import day_of
from schools.terms.services import calendars, closures, holidays
from tests.factories import ground
from tests.factories import schools as make

NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def clerk(db):
    return ground.user()


@pytest.fixture
def head(db):
    return ground.user()


def ask(school, by, first=MONDAY, last=None, **more):
    return closures.ask(unit=school.unit, first=first, last=last or first, reason="暴雪", by=by, at=NOW, **more)


def test_a_draft_copies_what_is_in_force_and_replaces_it_when_published(clerk, head):
    school = make.school()
    old = make.calendar()
    make.added_days(old, date(2026, 9, 28))
    draft = calendars.draft(unit=old.unit, school_year=2026, by=clerk, at=NOW)
    calendars.add_extra(
        edition=draft, by=clerk, at=NOW, kind="closed", first_date=MONDAY, last_date=MONDAY, reason="运动会"
    )

    assert day_of(school, MONDAY).operating
    calendars.publish(edition=draft, by=head, at=NOW)

    old.refresh_from_db()
    assert old.state == Edition.State.RETIRED
    assert not day_of(school, MONDAY).operating
    assert not day_of(school, date(2026, 9, 28)).operating
    assert AuditRow.objects.filter(verb="calendar.publish", by=head).exists()


def test_who_wrote_in_a_draft_does_not_publish_it(clerk, head):
    third = ground.user()
    draft = calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)
    calendars.set_term(edition=draft, name="秋季", first=date(2026, 9, 1), last=date(2027, 1, 10), by=head, at=NOW)

    with pytest.raises(NotAllowed, match="不能自己发布"):
        calendars.publish(edition=draft, by=head, at=NOW)
    calendars.publish(edition=draft, by=third, at=NOW)

    draft.refresh_from_db()
    assert draft.published_by == third


def test_the_one_who_drafts_does_not_publish(clerk):
    draft = calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)

    with pytest.raises(NotAllowed, match="不能自己发布"):
        calendars.publish(edition=draft, by=clerk, at=NOW)


def test_a_published_calendar_cannot_be_changed(clerk):
    edition = make.calendar()

    with pytest.raises(NotAllowed, match="草稿"):
        calendars.set_term(edition=edition, name="夏季", first=MONDAY, last=MONDAY + timedelta(9), by=clerk, at=NOW)


def test_terms_do_not_overlap_and_rows_do_not_clash(clerk, head):
    draft = calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)
    calendars.set_term(edition=draft, name="第一学期", first=date(2026, 9, 1), last=date(2027, 1, 10), by=clerk, at=NOW)
    for kind in ("closed", "open"):
        calendars.add_extra(
            edition=draft, by=clerk, at=NOW, kind=kind, first_date=MONDAY, last_date=MONDAY, reason="试"
        )

    with pytest.raises(NotAllowed, match="重叠"):
        calendars.set_term(edition=draft, name="二", first=date(2027, 1, 5), last=date(2027, 7, 1), by=clerk, at=NOW)
    with pytest.raises(NotAllowed, match="两条同级安排"):
        calendars.publish(edition=draft, by=head, at=NOW)


def test_a_second_draft_waits_for_the_first(clerk):
    calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)

    with pytest.raises(NotAllowed, match="已有一份草稿"):
        calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)


def test_the_difference_is_told_before_it_counts(clerk):
    make.school()
    make.school()
    make.school("220000/220100/220103/")
    make.calendar()
    draft = calendars.draft(unit=make.bureau(), school_year=2026, by=clerk, at=NOW)
    calendars.add_extra(
        edition=draft, by=clerk, at=NOW, kind="closed", first_date=MONDAY, last_date=MONDAY + timedelta(1), reason="会"
    )

    found = calendars.impact(edition=draft)

    assert (found.schools, found.days) == (2, 4)
    assert found.dates == ((MONDAY, 2), (MONDAY + timedelta(1), 2))


def test_a_closure_counts_once_another_person_approves_it(clerk, head):
    school = make.school()
    make.calendar()
    closure = ask(school, clerk)

    assert day_of(school, MONDAY).operating
    with pytest.raises(NotAllowed, match="不能审批自己"):
        closures.approve(closure=closure, by=clerk, at=NOW)
    closures.approve(closure=closure, by=head, at=NOW)

    assert not day_of(school, MONDAY).operating


def test_a_decided_closure_is_not_decided_again(clerk, head):
    closure = ask(make.school(), clerk)
    closures.refuse(closure=closure, by=head, at=NOW, answer="可以正常上课")

    with pytest.raises(NotAllowed, match="驳回"):
        closures.approve(closure=closure, by=head, at=NOW)


def test_crossing_closures_are_refused_but_a_withdrawn_one_is_free(clerk):
    school = make.school()
    closure = ask(school, clerk)

    with pytest.raises(NotAllowed, match="已有停课记录"):
        ask(school, clerk)
    closures.withdraw(closure=closure, by=clerk, at=NOW)

    assert ask(school, clerk).state == Closure.State.REQUESTED


def told(person):
    return list(Notice.objects.filter(to=person).order_by("pk").values_list("title", flat=True))


def test_who_asked_is_told_what_became_of_a_closure_and_both_deciders_are_kept(clerk, head):
    third, principal = ground.user("office_head", ground.county()), ground.user("principal")
    school = make.school(name="东方红小学")
    make.calendar()
    refused = ask(school, principal)
    closures.refuse(closure=refused, by=head, at=NOW, answer="可以正常上课")
    closure = ask(school, principal, date(2026, 11, 23), date(2026, 11, 24))
    closures.approve(closure=closure, by=head, at=NOW, answer="同意")

    with translation.override("en"):
        taken = closures.revoke(closure=closure, by=third, at=NOW + timedelta(hours=1), reason="提前复课")
        in_english = Notice.objects.filter(to=principal).latest("pk").head

    assert in_english == "Closure revoked: 东方红小学, 2026-11-23 to 2026-11-24"
    assert told(principal) == [
        f"停课申请被驳回：东方红小学 {MONDAY} 至 {MONDAY}",
        "停课申请已批准：东方红小学 2026-11-23 至 2026-11-24",
        "停课已撤销：东方红小学 2026-11-23 至 2026-11-24",
    ]
    assert (taken.decided_by, taken.decided_at, taken.answer) == (head, NOW, "同意")
    assert (taken.revoked_by, taken.revoked_at, taken.revoke_reason) == (third, NOW + timedelta(hours=1), "提前复课")


def test_revoking_takes_back_only_days_not_closed(clerk, head):
    school = make.school()
    make.calendar()
    closure = ask(school, clerk, date(2026, 11, 16), date(2026, 11, 27))
    closures.approve(closure=closure, by=head, at=NOW)

    taken = closures.revoke(closure=closure, by=head, at=NOW, reason="提前复课")

    closure.refresh_from_db()
    assert (closure.last_date, closure.state) == (date(2026, 11, 17), Closure.State.APPROVED)
    assert (taken.first_date, taken.state) == (date(2026, 11, 18), Closure.State.REVOKED)
    assert (taken.decided_by, taken.decided_at, closure.revoked_by) == (head, NOW, None)
    assert day_of(school, date(2026, 11, 18)).operating


@pytest.mark.parametrize(
    ("first", "days", "who"),
    [
        (date(2026, 11, 20), 1, Decider.CLERK),
        (MONDAY, 5, Decider.CLERK),
        (MONDAY, 6, Decider.HEAD),
        (date(2026, 11, 19), 1, Decider.HEAD),
        (date(2026, 11, 18), 1, Decider.HEAD),
        (date(2026, 11, 17), 1, Decider.HEAD_ABOVE),
    ],
)
def test_who_decides_a_closure(first, days, who):
    assert decider(first, first + timedelta(days - 1), NOW, Limits()) is who


def test_nothing_is_closed_after_the_freeze():
    with pytest.raises(NotAllowed, match="已冻结"):
        decider(date(2025, 12, 30), date(2025, 12, 30), datetime(2026, 1, 16, tzinfo=SHANGHAI), Limits())


def test_a_day_is_closed_48_hours_after_its_midnight():
    assert not slots_closed(date(2026, 11, 18), NOW)
    assert slots_closed(date(2026, 11, 17), NOW)


def test_an_uploaded_year_counts_once_somebody_else_publishes_it(clerk, head):
    school = make.school()
    make.calendar()
    make.national_year()
    days = national.check(2026, [(date(2026, 10, 1), "holiday", "国庆节"), (MONDAY, "holiday", "新节")])
    row = holidays.draft_year(year=2026, days=days, source="通知", by=clerk, at=NOW)

    assert [it.day for it in holidays.change_of(row)] == ["2026-10-02", "2026-10-10", "2026-11-23"]
    assert day_of(school, MONDAY).operating
    with pytest.raises(NotAllowed, match="不能自己发布"):
        holidays.publish_year(row=row, by=clerk, at=NOW)
    holidays.publish_year(row=row, by=head, at=NOW)

    assert not day_of(school, MONDAY).operating


def test_the_same_year_again_changes_nothing(clerk):
    row = make.national_year()

    with pytest.raises(NotAllowed, match="没有变化"):
        holidays.draft_year(year=2026, days=row.days, source="再传", by=clerk, at=NOW)


@pytest.mark.parametrize(
    ("days", "word"),
    [
        ([(date(2027, 10, 1), "holiday", "国庆")], "不在 2026 年"),
        ([(date(2026, 10, 1), "holiday", "国庆")] * 2, "写了两次"),
        ([(MONDAY, "work", "调休")], "本来就是工作日"),
        ([(date(2026, 10, 10), "work", "国庆")], "没有 2026 年的放假"),
    ],
)
def test_a_sheet_of_holidays_is_refused_with_a_reason(days, word):
    with pytest.raises(NotAllowed, match=word):
        national.check(2026, days)


def test_loading_twice_changes_nothing(db):
    ground.province()

    for _turn in range(2):
        call_command("load_holidays", verbosity=0)
        call_command("load_terms", verbosity=0)

    assert NationalYear.objects.filter(year__in=[2009, 2026]).count() == 2
    assert Edition.objects.count() == 2
    assert not Extra.objects.exists()
    assert day_of(make.school(), date(2026, 10, 10)).operating
