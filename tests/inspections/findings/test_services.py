"""The life of a finding from sighting to settling, and every step that is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.findings import selectors, services
from inspections.findings.models import ExtensionRequest, FindingEvent
from inspections.findings.rules import Outcome, State
from inspections.findings.services import Seen, Sighting
from logistics_portal.kit.dates import day_end, until_text
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.records import guards
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, photo, scene

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def held():
    return scene()


def steps(finding):
    return list(finding.events.order_by("pk").values_list("step", flat=True))


def test_a_finding_is_seen_given_mended_returned_mended_again_and_closed(held):
    sighting = Sighting(title="仓库有鼠迹", severity="major", fixer=held.keeper, photos=[photo("before.jpg")])
    finding = services.open_by_hand(place=held.place, sighting=sighting, hand=held.hand(held.officer))
    due = finding.due_at
    services.assign(finding=finding, fixer=held.officer, hand=held.hand(held.vice))
    first = services.remedy(
        finding=finding, how="封堵鼠洞", photos=[photo()], hand=held.hand(held.officer, MONDAY + HOUR)
    )

    back = services.refuse(
        finding=finding, seen=Seen.of(first), reason="洞口未封严", hand=held.hand(held.clerk, MONDAY + 2 * HOUR)
    )
    second = services.remedy(
        finding=finding, how="重新封堵", photos=[], hand=held.hand(held.officer, MONDAY + 3 * HOUR)
    )
    closed = services.accept(finding=finding, seen=Seen.of(second), hand=held.hand(held.head, MONDAY + 4 * HOUR))

    assert (back.state, back.returns, back.due_at, back.remedied_by) == (State.OPEN, 1, due, None)
    assert (closed.state, closed.outcome, closed.verified_by) == (State.CLOSED, Outcome.VERIFIED, held.head)
    assert closed.remedied_at == MONDAY + 3 * HOUR
    assert steps(finding) == ["open", "assign", "remedy", "refuse", "remedy", "accept"]
    assert {photo.phase for photo in finding.photos.all()} == {"before", "after"}
    assert AuditRow.objects.filter(on_table="inspections.finding", on_id=finding.pk).count() == 6
    assert Notice.objects.filter(to=held.officer, title__contains="退回").exists()


def test_what_a_bureau_sees_is_a_spot_check_and_two_sightings_are_two_findings(held):
    first, second = (
        services.open_by_hand(
            place=held.place, sighting=Sighting(title=title, severity="minor"), hand=held.hand(held.clerk)
        )
        for title in ("垃圾未清运", "消防通道堵塞")
    )

    assert first.pk != second.pk
    assert first.origin == second.origin == "spot_check"


def test_two_sightings_by_the_school_without_an_item_are_two_findings(held):
    ones = [
        services.open_by_hand(
            place=held.place, sighting=Sighting(title=title, severity="minor"), hand=held.hand(held.officer)
        )
        for title in ("垃圾未清运", "消防通道堵塞")
    ]

    assert ones[0].pk != ones[1].pk
    assert {one.recurrences for one in ones} == {0}


def test_nobody_verifies_what_they_handed_in_or_were_given(held):
    finding = held.finding(severity="minor", fixer=held.principal)
    row = services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.vice))

    for person in (held.vice, held.principal):
        with pytest.raises(NotAllowed, match="由他人复查"):
            services.accept(finding=finding, seen=Seen.of(row), hand=held.hand(person))


def test_a_verdict_names_the_remedy_it_was_given_on(held):
    finding = held.finding()
    first = services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer))
    stale = Seen.of(first)
    services.refuse(finding=finding, seen=stale, reason="照片不清楚", hand=held.hand(held.clerk))
    services.remedy(finding=finding, how="重新拍照", photos=[], hand=held.hand(held.officer, MONDAY + HOUR))

    with pytest.raises(Clash, match="已被修改，请重新查看"):
        services.accept(finding=finding, seen=stale, hand=held.hand(held.head))
    finding.refresh_from_db()
    assert finding.state == State.REMEDIED


def test_two_verdicts_at_once_leave_one(held):
    finding = held.finding()
    seen = Seen.of(services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer)))
    services.accept(finding=finding, seen=seen, hand=held.hand(held.clerk))

    with pytest.raises((Clash, NotAllowed)):
        services.refuse(finding=finding, seen=seen, reason="不合格，重做", hand=held.hand(held.head))


def test_a_remedy_says_how_and_shows_a_photo_where_the_item_asks(held):
    version = make.version("canteen_daily")
    asks = next(it for it in version.spec["items"] if it.get("fail", {}).get("photo"))
    item = version.items.get(code=asks["code"])
    finding = held.finding(item=item, item_code=item.code)

    with pytest.raises(NotAllowed, match="写明"):
        services.remedy(finding=finding, how="  ", photos=[photo()], hand=held.hand(held.officer))
    with pytest.raises(NotAllowed, match="照片"):
        services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer))
    assert services.remedy(finding=finding, how="已整改完毕", photos=[photo()], hand=held.hand(held.officer))


def test_only_people_of_the_school_are_made_responsible(held):
    stranger = ground.user("logistics_officer")

    with pytest.raises(NotAllowed, match="本校"):
        services.assign(finding=held.finding(), fixer=stranger, hand=held.hand(held.vice))


def test_more_time_is_asked_once_and_answered_by_another_person(held):
    finding = held.finding()
    until = finding.due_at + timedelta(days=1)
    asked = services.ask_extension(finding=finding, until=until, reason="配件未到", hand=held.hand(held.vice))
    with pytest.raises(NotAllowed, match="不用重复"):
        services.ask_extension(finding=finding, until=until, reason="配件未到", hand=held.hand(held.principal))

    services.answer_extension(request=asked, granted=True, answer="", hand=held.hand(held.clerk, MONDAY + HOUR))

    finding.refresh_from_db()
    assert (finding.due_at, finding.extensions) == (until, 1)
    before, after = until_text(until - timedelta(days=1)), until_text(until)
    granted = selectors.timeline(finding)[0]
    assert granted.changes == [f"整改期限由 {before} 延至 {after}"]
    with pytest.raises(NotAllowed, match="已经答复"):
        services.answer_extension(request=asked, granted=True, answer="", hand=held.hand(held.head))
    with pytest.raises(NotAllowed, match="延期过"):
        services.ask_extension(finding=finding, until=until + HOUR, reason="配件未到", hand=held.hand(held.vice))


def test_more_time_is_never_given_to_what_is_critical_late_or_too_long(held):
    critical = held.finding(severity="critical")
    major = held.finding()
    hand = held.hand(held.vice)

    with pytest.raises(NotAllowed, match="严重"):
        services.ask_extension(finding=critical, until=critical.due_at + HOUR, reason="来不及", hand=hand)
    with pytest.raises(NotAllowed, match="最晚"):
        services.ask_extension(finding=major, until=major.due_at + timedelta(days=9), reason="来不及", hand=hand)
    late = held.hand(held.vice, major.due_at + HOUR)
    with pytest.raises(NotAllowed, match="期限已过"):
        services.ask_extension(finding=major, until=major.due_at + timedelta(days=1), reason="来不及", hand=late)


def test_silence_refuses_more_time(held):
    finding = held.finding(due_at=MONDAY + timedelta(days=20), first_due_at=MONDAY + timedelta(days=20))
    asked = services.ask_extension(
        finding=finding, until=finding.due_at + timedelta(days=2), reason="配件未到", hand=held.hand(held.vice)
    )

    too_late = held.hand(held.clerk, MONDAY + timedelta(days=8))
    with pytest.raises(NotAllowed, match="答复期限已过"):
        services.answer_extension(request=asked, granted=True, answer="", hand=too_late)
    early, late = (services.expire_requests(at=MONDAY + timedelta(days=days)) for days in (1, 8))

    asked.refresh_from_db()
    assert (early, late, asked.granted, asked.answered_by) == (0, 1, False, None)
    assert steps(finding) == ["ask_extend", "no_extension"]
    assert Notice.objects.filter(to=held.vice, title__contains="延期未同意").count() == 1
    assert AuditRow.objects.filter(verb="finding.no_extension", on_id=finding.pk, by=None).count() == 1
    assert ExtensionRequest.objects.filter(granted__isnull=True).count() == 0


def test_a_mistaken_finding_is_withdrawn_by_two_people_and_stays_readable(held):
    finding = held.finding()
    with pytest.raises(NotAllowed, match="先申请"):
        services.withdraw(finding=finding, reason="确属误报", hand=held.hand(held.clerk))

    services.ask_withdrawal(finding=finding, reason="拍错了食堂", hand=held.hand(held.vice))
    with pytest.raises(NotAllowed, match="已经申请过"):
        services.ask_withdrawal(finding=finding, reason="拍错了食堂", hand=held.hand(held.vice))
    with pytest.raises(NotAllowed, match="由他人"):
        services.withdraw(finding=finding, reason="确属误报", hand=held.hand(held.vice))
    row = services.withdraw(finding=finding, reason="确属误报", hand=held.hand(held.clerk))

    assert (row.state, row.outcome) == (State.CLOSED, Outcome.WITHDRAWN)
    assert steps(finding) == ["ask_withdraw", "withdraw"]


def test_a_finding_that_was_no_mistake_stays_and_may_be_asked_about_again(held):
    finding = held.finding()
    with pytest.raises(NotAllowed, match="没有待决定"):
        services.refuse_withdrawal(finding=finding, reason="确有其事", hand=held.hand(held.clerk))
    services.ask_withdrawal(finding=finding, reason="拍错了食堂", hand=held.hand(held.vice))

    row = services.refuse_withdrawal(finding=finding, reason="确有其事", hand=held.hand(held.clerk))

    assert (row.state, row.due_at) == (State.OPEN, finding.due_at)
    assert Notice.objects.filter(to=held.vice, title__contains="未同意").exists()
    with pytest.raises(NotAllowed, match="先申请"):
        services.withdraw(finding=finding, reason="确属误报", hand=held.hand(held.clerk))
    services.ask_withdrawal(finding=finding, reason="另有证明", hand=held.hand(held.vice, MONDAY + HOUR))
    assert Notice.objects.filter(to=held.clerk, title__contains="申请误报撤销").count() == 2


def test_a_request_for_more_time_ends_when_the_finding_is_mended(held):
    finding = held.finding()
    until = finding.due_at + timedelta(days=1)
    asked = services.ask_extension(finding=finding, until=until, reason="配件未到", hand=held.hand(held.vice))
    services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer, MONDAY + HOUR))

    services.expire_requests(at=MONDAY + 2 * HOUR)

    asked.refresh_from_db()
    assert (asked.granted, asked.answer) == (False, "已提交整改，不再答复")


def test_a_closed_finding_opens_again_within_thirty_days_with_a_new_deadline(held):
    finding = held.finding(state="closed", severity="minor")
    later = MONDAY + timedelta(days=14)

    row = services.reopen(finding=finding, reason="回访发现复发", hand=held.hand(held.clerk, later))

    assert (row.state, row.outcome, row.returns, row.remedied_by) == (State.OPEN, "", 1, None)
    assert row.due_at == day_end(later.date() + timedelta(days=14))
    old = held.finding(state="closed")
    with pytest.raises(NotAllowed, match="30天"):
        services.reopen(finding=old, reason="回访发现复发", hand=held.hand(held.clerk, MONDAY + timedelta(days=31)))


def test_a_step_out_of_turn_is_refused_and_nothing_is_written(held):
    rows = {state: held.finding(state=state) for state in State}
    hand = held.hand(held.clerk)
    tries = {
        "remedy": lambda row: services.remedy(finding=row, how="已整改完毕", photos=[], hand=held.hand(held.vice)),
        "accept": lambda row: services.accept(finding=row, seen=Seen.of(row), hand=hand),
        "refuse": lambda row: services.refuse(finding=row, seen=Seen.of(row), reason="重新整改", hand=hand),
        "ask_extend": lambda row: services.ask_extension(
            finding=row, until=row.due_at + HOUR, reason="来不及", hand=held.hand(held.vice)
        ),
        "ask_withdraw": lambda row: services.ask_withdrawal(finding=row, reason="误报", hand=held.hand(held.vice)),
        "reopen": lambda row: services.reopen(finding=row, reason="复发，重新整改", hand=hand),
    }
    open_to = {
        "remedy": {"open"},
        "accept": {"remedied"},
        "refuse": {"remedied"},
        "ask_extend": {"open"},
        "ask_withdraw": {"open", "remedied"},
        "reopen": {"closed"},
    }

    for name, act in tries.items():
        for state, row in rows.items():
            if state not in open_to[name]:
                with pytest.raises(NotAllowed, match="目前为"):
                    act(row)

    assert not FindingEvent.objects.exists()


def test_the_database_refuses_a_changed_timeline_and_a_lost_finding(held):
    finding = held.finding()
    services.assign(finding=finding, fixer=held.officer, hand=held.hand(held.vice))
    guards.install(connection)
    event = finding.events.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        FindingEvent.objects.filter(pk=event.pk).update(text="改过")
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingEvent.objects.filter(pk=event.pk).delete()
