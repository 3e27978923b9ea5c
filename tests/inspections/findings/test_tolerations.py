"""A structural fault that may stay until a day: who asks, who decides, what the clock and the rate do meanwhile."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inspections.evaluations.gathering import Year, due_findings, how_it_counts
from inspections.findings import services
from inspections.findings.facts import findings_due
from inspections.findings.models import Finding, Toleration
from inspections.findings.rules import Rectified, State
from inspections.findings.selectors import deadline_words, is_overdue, todos
from inspections.findings.services import Grounds
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import day_end, local_date, midnight
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice, Parameter
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, scene

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPRING = date(2027, 3, 31)
GROUNDS = Grounds(Toleration.Cause.AREA, "南教后勤〔2026〕12号", "厨房面积不足，改造前错峰使用")


@pytest.fixture
def held():
    return scene()


def ask(held, finding, until=SPRING, at=MONDAY):
    return services.ask_toleration(
        finding=finding, until=until, reason="厨房面积不足，明年改造", hand=held.hand(held.principal, at)
    )


def granted(held, finding, until=SPRING, at=MONDAY):
    asked = ask(held, finding, until, at)
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk, at + HOUR))
    return services.decide_toleration(
        toleration=asked, granted=True, answer="", hand=held.hand(held.head, at + 2 * HOUR)
    )


def steps(finding):
    return list(finding.events.order_by("pk").values_list("step", flat=True))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_the_principal_asks_a_clerk_prepares_the_head_decides_and_each_is_told(held):
    finding = held.finding()

    toleration = fresh(granted(held, finding))

    row = fresh(finding)
    assert (toleration.state, toleration.prepared_by, toleration.decided_by) == ("granted", held.clerk, held.head)
    assert (row.state, row.tolerated_until, row.due_at) == (State.OPEN, SPRING, day_end(SPRING))
    assert steps(finding) == ["ask_tolerate", "fwd_tolerate", "tolerate"]
    assert AuditRow.objects.filter(on_id=finding.pk, verb__contains="tolerate", outcome="done").count() == 3
    for person, words in ((held.clerk, "请初审"), (held.head, "请审定"), (held.principal, "限期保留已同意")):
        assert Notice.objects.filter(to=person, title__contains=words).exists(), words


def test_no_two_of_asking_preparing_and_deciding_are_one_person(held):
    finding = held.finding()
    ground.post(held.clerk, Role.OFFICE_HEAD, ground.county("220104", "朝阳区"))
    asked = ask(held, finding)
    with pytest.raises(NotAllowed, match="由他人"):
        services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.principal))
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk))

    for person in (held.clerk, held.principal):
        with pytest.raises(NotAllowed, match="由他人"):
            services.decide_toleration(toleration=asked, granted=True, answer="", hand=held.hand(person))

    assert fresh(finding).tolerated_until is None


@pytest.mark.parametrize("grounds", [("", "文1", "公示"), ("area", " ", "公示"), ("area", "文1", " ")])
def test_without_a_structural_cause_a_paper_and_a_public_note_nothing_goes_to_the_head(held, grounds):
    asked = ask(held, held.finding())

    with pytest.raises(NotAllowed, match="结构性"):
        services.forward_toleration(toleration=asked, grounds=Grounds(*grounds), hand=held.hand(held.clerk))


def test_a_critical_finding_is_never_tolerated_by_rule_or_database(held):
    finding = held.finding(severity="critical")

    with pytest.raises(NotAllowed, match="结构性"):
        ask(held, finding)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.tolerated(finding, SPRING, MONDAY)


@pytest.mark.parametrize(("days", "allowed"), [(366, True), (367, False), (2, False), (0, False)])
def test_it_ends_within_a_school_year_and_after_the_deadline(held, days, allowed):
    finding = held.finding()  # due in three days
    until = MONDAY.date() + timedelta(days=days)

    if allowed:
        assert granted(held, finding, until).until_date == until
    else:
        with pytest.raises(NotAllowed):
            ask(held, finding, until)


def test_a_second_toleration_does_not_begin_another_year(held):
    finding = held.finding()
    granted(held, finding, MONDAY.date() + timedelta(days=200))
    later = MONDAY + 210 * DAY

    with pytest.raises(NotAllowed, match="最长 366 天"):
        ask(held, finding, MONDAY.date() + timedelta(days=400), later)
    second = granted(held, finding, MONDAY.date() + timedelta(days=366), later)

    assert second.from_date == MONDAY.date()


def test_what_is_late_already_stays_late(held):
    finding = held.finding()

    with pytest.raises(NotAllowed, match="期限已过"):
        ask(held, finding, at=finding.due_at)
    assert ask(held, finding, at=finding.due_at - HOUR).state == "asked"


def test_one_request_at_a_time_and_a_renewal_only_for_a_later_day(held):
    finding = held.finding()
    asked = ask(held, finding)
    with pytest.raises(NotAllowed, match="不用重复"):
        ask(held, finding, SPRING + DAY)
    with pytest.raises(NotAllowed, match="待初审"):
        services.decide_toleration(toleration=asked, granted=True, answer="", hand=held.hand(held.head))
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk))
    services.decide_toleration(toleration=asked, granted=True, answer="", hand=held.hand(held.head))

    with pytest.raises(NotAllowed, match="现已限期保留至 2027-03-31"):
        ask(held, finding)
    with pytest.raises(NotAllowed, match="已同意"):
        services.decide_toleration(toleration=asked, granted=False, answer="", hand=held.hand(held.head))


def test_a_request_comes_back_from_the_clerk_or_is_refused_by_the_head_and_nothing_moves(held):
    finding = held.finding()
    back = services.return_toleration(
        toleration=ask(held, finding), reason="不属结构性原因", hand=held.hand(held.clerk)
    )
    asked = ask(held, finding, at=MONDAY + HOUR)
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk, MONDAY + HOUR))
    no = services.decide_toleration(
        toleration=asked, granted=False, answer="可以分步整改", hand=held.hand(held.head, MONDAY + HOUR)
    )

    row = fresh(finding)
    assert (back.state, no.state) == ("returned", "refused")
    assert (row.due_at, row.tolerated_until) == (finding.due_at, None)
    assert steps(finding) == ["ask_tolerate", "ret_tolerate", "ask_tolerate", "fwd_tolerate", "no_tolerate"]


def test_nothing_is_overdue_or_climbs_meanwhile_and_all_counts_again_afterwards(held):
    finding = held.finding()
    services.climb_ladders(at=finding.found_at + HOUR)
    granted(held, finding, at=finding.due_at - 2 * HOUR)
    before = Notice.objects.count()

    quiet = services.climb_ladders(at=midnight(SPRING) - 10 * DAY)
    row = fresh(finding)
    meanwhile = (is_overdue(row, midnight(SPRING)), deadline_words(row, midnight(SPRING)))
    after = [services.climb_ladders(at=day_end(SPRING) + HOUR) for _turn in range(2)]

    assert quiet == 0
    assert Notice.objects.count() > before
    assert meanwhile == (False, "限期保留至 2027-03-31")
    assert after[0] > 0
    assert after[1] == 0
    told = list(finding.events.filter(step="escalate").order_by("pk").values_list("facts__rung", flat=True))
    assert told == ["overdue"]
    assert is_overdue(fresh(finding), day_end(SPRING) + HOUR)
    assert Finding.objects.overdue(at=day_end(SPRING) + HOUR).count() == 1
    assert Finding.objects.overdue(at=day_end(SPRING) - HOUR).count() == 0


def test_it_leaves_the_rate_of_the_year_and_counts_when_its_day_has_passed(held):
    finding = held.finding()
    school = held.place.school_id
    granted(held, finding)
    at_freeze, later = datetime(2027, 1, 15, tzinfo=make.SHANGHAI), datetime(2027, 12, 1, tzinfo=make.SHANGHAI)

    this_year, next_year = (
        list(due_findings([school], Year(year, at))) for year, at in ((2026, at_freeze), (2027, later))
    )

    assert this_year == []
    assert next_year == [finding]
    assert how_it_counts(next_year[0], at=later) == Rectified.FAILED
    assert findings_due([school], date(2026, 12, 31)) == {school: 0}
    mended = services.remedy(
        finding=finding, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, midnight(SPRING))
    )
    assert how_it_counts(mended, at=later) == Rectified.ON_TIME


def test_the_head_revokes_it_with_a_reason_and_the_school_is_late_from_then_on_only(held):
    finding = held.finding()
    granted(held, finding)
    at = MONDAY + 30 * DAY

    toleration = services.revoke_toleration(finding=finding, reason="资金已到位", hand=held.hand(held.head, at))

    row = fresh(finding)
    assert (toleration.state, toleration.revoked_by, toleration.revoked_why) == ("revoked", held.head, "资金已到位")
    assert row.due_at == at
    assert is_overdue(row, at + HOUR)
    assert Finding.objects.tolerated(on=local_date(at)).count() == 0
    assert steps(finding)[-1] == "end_tolerate"
    assert services.climb_ladders(at=at + HOUR) > 0
    with pytest.raises(NotAllowed, match="没有限期保留"):
        services.revoke_toleration(finding=finding, reason="再撤一次", hand=held.hand(held.head, at))


def test_a_deadline_still_to_come_holds_again_after_a_revocation(held):
    finding = held.finding(due_at=MONDAY + 9 * DAY, first_due_at=MONDAY + 9 * DAY)
    granted(held, finding)

    services.revoke_toleration(finding=finding, reason="资金已到位", hand=held.hand(held.head, MONDAY + DAY))

    row = fresh(finding)
    assert row.due_at == MONDAY + 9 * DAY
    assert deadline_words(row, MONDAY + 2 * DAY) == "还剩 7 天"


def test_the_offices_own_delay_never_makes_the_school_late(held):
    finding = held.finding()
    granted_late(held, finding)

    services.remedy(finding=finding, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, MONDAY + 9 * DAY))

    row = fresh(finding)
    assert row.late_before == timedelta(0)
    assert deadline_words(row, MONDAY + 10 * DAY) == "按期提交"
    assert how_it_counts(row, at=MONDAY + 10 * DAY) == Rectified.ON_TIME


def test_a_toleration_renewed_before_it_ran_out_is_never_late_between(held):
    finding, agreed = held.finding(), MONDAY.date() + timedelta(days=30)
    granted(held, finding, agreed)
    renewal = ask(held, finding, SPRING, at=day_end(agreed) - HOUR)
    services.forward_toleration(
        toleration=renewal, grounds=GROUNDS, hand=held.hand(held.clerk, day_end(agreed) + 2 * DAY)
    )

    services.decide_toleration(
        toleration=renewal, granted=True, answer="", hand=held.hand(held.head, day_end(agreed) + 3 * DAY)
    )

    row = fresh(finding)
    assert (row.tolerated_until, row.late_before, fresh(renewal).from_date) == (SPRING, timedelta(0), MONDAY.date())


def test_a_renewed_toleration_is_revoked_whole(held):
    finding = held.finding()
    first = granted(held, finding, MONDAY.date() + timedelta(days=60))
    second = granted(held, finding, SPRING, at=MONDAY + 10 * DAY)
    at = MONDAY + 20 * DAY

    services.revoke_toleration(finding=finding, reason="资金已到位", hand=held.hand(held.head, at))

    assert {fresh(first).state, fresh(second).state} == {"revoked"}
    assert fresh(finding).due_at == at
    assert is_overdue(fresh(finding), at + HOUR)


def test_what_was_late_when_it_was_asked_for_stays_late_when_it_is_revoked_or_mended(held):
    revoked, mended = held.finding(), held.finding()
    for finding in (revoked, mended):
        ran_out = MONDAY.date() + timedelta(days=10)
        granted(held, finding, ran_out)
        granted(held, finding, at=day_end(ran_out) + 2 * DAY + HOUR)
    at = MONDAY + 40 * DAY

    services.revoke_toleration(finding=revoked, reason="资金已到位", hand=held.hand(held.head, at))
    services.remedy(finding=mended, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, at))

    assert [fresh(it).late_before for it in (revoked, mended)] == [2 * DAY + HOUR] * 2
    assert deadline_words(fresh(revoked), at + DAY) == "已超期 3 天"
    assert deadline_words(fresh(mended), at + DAY) == "超期 2 天提交"
    assert how_it_counts(fresh(mended), at=at + DAY) == Rectified.FAILED
    assert "保留前已超期" in shown(ground.client_of(held.officer), fresh(revoked))
    assert reopened(held, mended, at + 2 * DAY).late_before == timedelta(0)


def granted_late(held, finding, until=SPRING):
    """Ask an hour before the deadline and decide two days after it."""
    due = finding.due_at
    asked = ask(held, finding, until, at=due - HOUR)
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk, due + 2 * DAY))
    return services.decide_toleration(
        toleration=asked, granted=True, answer="", hand=held.hand(held.head, due + 2 * DAY + HOUR)
    )


def reopened(held, finding, at):
    services.accept(finding=finding, seen=services.Seen.of(fresh(finding)), hand=held.hand(held.clerk, at))
    return services.reopen(finding=finding, reason="回访发现复发", hand=held.hand(held.clerk, at + HOUR))


def test_a_toleration_that_ran_out_is_told_once_however_late_the_clock_comes(held):
    finding = held.finding(fixer=held.keeper)
    granted(held, finding)
    told_before = set(Notice.objects.values_list("pk", flat=True))

    early = services.tell_run_out(at=day_end(SPRING) - HOUR)
    late = [services.tell_run_out(at=day_end(SPRING) + 12 * DAY + turn * HOUR) for turn in range(2)]

    event = finding.events.get(step="run_out")
    audit = AuditRow.objects.get(verb="finding.run_out", on_id=finding.pk)
    told = Notice.objects.exclude(pk__in=told_before).filter(title__contains="限期保留到期")
    assert (early, late) == (0, [1, 0])
    assert (event.word, event.by, "2027-03-31" in event.text) == ("限期保留到期", None, True)
    assert audit.outcome == "done"
    assert {it.to for it in told} == {held.keeper, held.principal, held.vice, held.clerk}
    assert fresh(finding).due_at == day_end(SPRING)  # late since the day agreed upon
    assert "限期保留到期" in shown(ground.client_of(held.clerk), finding)


def test_nothing_runs_out_that_was_mended_or_revoked_or_is_tolerated_anew(held):
    mended, revoked, anew = (held.finding() for _turn in range(3))
    for finding in (mended, revoked):
        granted(held, finding)
    granted(held, anew, MONDAY.date() + timedelta(days=20))
    services.remedy(finding=mended, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, MONDAY + DAY))
    services.revoke_toleration(finding=revoked, reason="资金已到位", hand=held.hand(held.head, MONDAY + DAY))

    first = services.climb_ladders(at=MONDAY + 22 * DAY) and steps(anew).count("run_out")
    granted(held, anew, at=MONDAY + 23 * DAY)
    services.climb_ladders(at=day_end(SPRING) + HOUR)

    assert first == 1
    assert [steps(it).count("run_out") for it in (mended, revoked, anew)] == [0, 0, 2]


def test_a_refused_remedy_after_the_agreed_day_runs_out_then(held):
    finding = held.finding()
    granted(held, finding)
    services.remedy(finding=finding, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, MONDAY + DAY))
    after = day_end(SPRING) + DAY

    waiting = services.tell_run_out(at=after)
    seen = services.Seen.of(fresh(finding))
    services.refuse(finding=finding, seen=seen, reason="面积仍不足", hand=held.hand(held.clerk, after))

    assert (waiting, services.tell_run_out(at=after + HOUR)) == (0, 1)


def test_a_request_lapses_when_the_finding_is_mended_or_its_day_has_passed(held):
    mended, late, waiting = (held.finding() for _turn in range(3))
    for finding, days in ((mended, 90), (late, 10), (waiting, 90)):
        ask(held, finding, MONDAY.date() + timedelta(days=days))
    services.remedy(finding=mended, how="已改造完毕", photos=[], hand=held.hand(held.officer))

    services.climb_ladders(at=MONDAY + 11 * DAY)

    assert [it.tolerations.get().state for it in (mended, late, waiting)] == ["lapsed", "lapsed", "asked"]


def test_a_finding_opened_again_is_tolerated_no_longer(held):
    finding = held.finding()
    granted(held, finding)
    Finding.objects.filter(pk=finding.pk).update(
        state="closed", outcome="verified", closed_at=MONDAY + DAY, remedied_at=MONDAY, remedied_by=held.officer
    )

    row = services.reopen(finding=finding, reason="回访发现复发", hand=held.hand(held.clerk, MONDAY + 2 * DAY))

    assert row.tolerated_until is None
    assert row.due_at < day_end(SPRING)


@pytest.mark.parametrize(
    "change",
    [
        {"until_date": date(2027, 11, 18)},  # 367 days after the Monday
        {"decided_by": None},
        {"document": ""},
        {"note": ""},
        {"cause": ""},
        {"from_date": None},
    ],
)
def test_the_database_refuses_a_toleration_that_is_too_long_or_says_too_little(held, change):
    finding = held.finding()
    asked = ask(held, finding)
    values = {
        "state": "granted",
        "cause": "area",
        "document": "南教后勤〔2026〕12号",
        "note": "错峰使用",
        "prepared_by": held.clerk,
        "decided_by": held.head,
        "decided_at": MONDAY,
        "from_date": MONDAY.date(),
        **change,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Toleration.objects.filter(pk=asked.pk).update(**values)


def test_the_database_refuses_one_person_for_two(held):
    asked = ask(held, held.finding())
    values = {"state": "granted", "cause": "area", "document": "文", "note": "公示", "from_date": MONDAY.date()}
    values |= {"decided_at": MONDAY}

    for prepared, decided in ((held.clerk, held.clerk), (held.clerk, held.principal), (held.principal, held.head)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Toleration.objects.filter(pk=asked.pk).update(prepared_by=prepared, decided_by=decided, **values)


def test_the_database_refuses_what_nobody_granted_and_what_was_settled_is_never_changed(held):
    finding, other = held.finding(), held.finding()
    toleration = granted(held, finding)

    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=other.pk).update(tolerated_until=SPRING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(tolerated_until=SPRING + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Toleration.objects.filter(pk=toleration.pk).update(until_date=SPRING - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Toleration.objects.filter(pk=toleration.pk).update(state="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Toleration.objects.filter(pk=toleration.pk).delete()


# ---------------------------------------------------------------- pages


def url(name, *args):
    return reverse(f"inspections:{name}", args=args)


def recent(held, **fields):
    return make.finding(held.place, held.officer, timezone.now() - 3 * HOUR, **fields)


def in_a_month():
    return timezone.localdate() + timedelta(days=30)


def test_the_form_says_until_when_a_fault_may_be_tolerated_by_the_figure_in_force(held):
    finding = recent(held)
    named = {"code": "FINDING_TOLERATE_DAYS", "name": "限期保留最长期限"}
    Parameter.objects.create(value="200", valid_from=date(2020, 1, 1), **named)
    principal, last = ground.client_of(held.principal), timezone.localdate() + timedelta(days=200)
    address = url("finding-ask-toleration", finding.pk)

    page = principal.get(address).content.decode()
    late = principal.post(address, {"until": last + timedelta(days=1), "reason": "明年暑期扩建厨房"})

    assert f"最晚可选 {last}：最长 200 天" in page
    assert "学年" not in page.split("<main")[1]
    assert f"最晚可选 {last}" in late.content.decode()
    assert principal.post(address, {"until": last, "reason": "明年暑期扩建厨房"}).status_code == 302


def test_the_whole_way_leads_over_pages_and_stands_on_the_findings_page_and_in_the_list(held):
    finding = recent(held, title="厨房面积不足")
    recent(held, title="窗台有灰")
    principal, clerk, head = (ground.client_of(it) for it in (held.principal, held.clerk, held.head))
    asking = {"until": in_a_month().isoformat(), "reason": "明年暑期扩建厨房"}
    assert url("finding-ask-toleration", finding.pk) in shown(principal, finding)
    late = recent(held, title="已超期", due_at=timezone.now() - HOUR)
    assert url("finding-ask-toleration", late.pk) not in shown(principal, late)
    assert principal.post(url("finding-ask-toleration", finding.pk), asking).status_code == 302
    asked = finding.tolerations.get()
    prepare, decide = (url(f"finding-{it}-toleration", finding.pk, asked.pk) for it in ("prepare", "decide"))
    assert prepare in shown(clerk, finding)
    assert "明年暑期扩建厨房" in clerk.get(prepare).content.decode()
    grounds = {"cause": "area", "document": "南教后勤〔2026〕12号", "note": "改造前错峰使用厨房"}
    assert clerk.post(prepare, {"answer": "forward", **grounds}).status_code == 302
    assert decide in shown(head, finding)
    assert head.post(decide, {"granted": "yes"}).status_code == 302

    assert url("finding-ask-toleration", finding.pk) in shown(principal, finding)  # a renewal
    assert "申请前已超期的，仍按超期计" in principal.get(url("finding-ask-toleration", finding.pk)).content.decode()
    page = shown(ground.client_of(held.officer), finding)
    lists = {it: clerk.get(url("findings"), {"tolerated": it}).content.decode() for it in ("true", "false")}

    for words in ("改造前错峰使用厨房", "南教后勤〔2026〕12号", "用房面积不足", f"限期保留至 {in_a_month()}"):
        assert words in page, words
    assert "厨房面积不足" in lists["true"]
    assert "窗台有灰" not in lists["true"]
    assert "厨房面积不足" not in lists["false"]
    assert url("finding-revoke-toleration", finding.pk) in shown(head, finding)
    assert head.post(url("finding-revoke-toleration", finding.pk), {"reason": "资金已到位"}).status_code == 302
    assert "资金已到位" in shown(principal, finding)


def shown(browser, finding):
    return browser.get(url("finding", finding.pk)).content.decode()


def test_what_lacks_its_grounds_is_shown_again_with_the_reason(held):
    finding = recent(held)
    asked = ask(held, finding, in_a_month(), timezone.now())
    clerk = ground.client_of(held.clerk)
    prepare = url("finding-prepare-toleration", finding.pk, asked.pk)

    without, unsaid = clerk.post(prepare, {"answer": "forward"}), clerk.post(prepare, {"answer": "return"})
    back = clerk.post(prepare, {"answer": "return", "reason": "可以分步整改"})

    assert without.content.decode().count("请填写这一项。") == 2 * 3  # above the form and beside each field
    assert unsaid.content.decode().count("请填写这一项。") == 2
    assert back.status_code == 302
    assert fresh(asked).state == "returned"


WHO = {
    "ask": {Role.PRINCIPAL},
    "prepare": {Role.OFFICE_CLERK},
    "decide": {Role.OFFICE_HEAD},
    "revoke": {Role.OFFICE_HEAD},
}


@pytest.mark.parametrize("act", sorted(WHO))
def test_each_step_is_open_to_its_role_alone_refusals_are_kept_and_next_door_finds_nothing(held, act):
    finding = recent(held)
    asked = ask(held, finding, in_a_month(), timezone.now())
    args = [finding.pk, asked.pk] if act in {"prepare", "decide"} else [finding.pk]
    address = url(f"finding-{act}-toleration", *args)
    school, county = held.place.school.unit, ground.county()
    inside = {Role.PRINCIPAL: school, Role.VICE_PRINCIPAL_LOGISTICS: school, Role.LOGISTICS_OFFICER: school}
    inside |= {Role.OFFICE_CLERK: county, Role.OFFICE_HEAD: county, Role.BUREAU_LEADER: county}

    seen = {role: ground.client_of(ground.user(role, at)).get(address).status_code for role, at in inside.items()}
    strangers = [ground.user(role, ground.neighbour()) for role in (Role.OFFICE_CLERK, Role.OFFICE_HEAD)]
    strangers.append(ground.user(Role.PRINCIPAL))

    assert {role for role, code in seen.items() if code == 200} == WHO[act]
    assert {code for role, code in seen.items() if role not in WHO[act]} == {403}
    assert AuditRow.objects.filter(outcome="refused", on_id=finding.pk).count() >= len(inside) - 1
    for person in strangers:
        browser = ground.client_of(person)
        assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)


def test_a_refused_step_says_why_and_is_kept(held):
    finding = recent(held)
    principal = ground.client_of(held.principal)
    body = {"until": (timezone.localdate() + timedelta(days=400)).isoformat(), "reason": "明年暑期扩建厨房"}

    answer = principal.post(url("finding-ask-toleration", finding.pk), body)

    assert "最长 366 天" in answer.content.decode()
    assert AuditRow.objects.filter(verb="finding.ask_tolerate", outcome="refused").count() == 1


def test_a_request_of_another_finding_is_not_there(held):
    one, other = recent(held), recent(held)
    asked = ask(held, one, in_a_month(), timezone.now())

    answer = ground.client_of(held.clerk).get(url("finding-prepare-toleration", other.pk, asked.pk))

    assert answer.status_code == 404


def test_to_dos_name_the_clerks_part_then_the_heads_and_a_mistake_to_be_decided(held):
    now = timezone.now()
    finding, mistaken = recent(held), recent(held)
    asked = ask(held, finding, in_a_month(), now)
    services.ask_withdrawal(finding=mistaken, reason="拍错了食堂", hand=held.hand(held.vice, now))

    first = addresses(held, now)
    services.forward_toleration(toleration=asked, grounds=GROUNDS, hand=held.hand(held.clerk, now))
    services.refuse_withdrawal(finding=mistaken, reason="确有其事", hand=held.hand(held.head, now))
    second = addresses(held, now)

    here, there = url("finding", finding.pk), url("finding", mistaken.pk)
    assert first == {"clerk": {here, there}, "head": {there}}
    assert second == {"clerk": set(), "head": {here}}


def addresses(held, now):
    people = {"clerk": held.clerk, "head": held.head}
    return {name: {it.url for it in todos(User.objects.get(pk=one.pk), now)} for name, one in people.items()}


def test_the_page_of_a_tolerated_finding_stays_cheap(held):
    finding = recent(held)
    granted(held, finding, in_a_month(), timezone.now() - HOUR * 3)
    browser = ground.client_of(held.head)
    browser.get(url("finding", finding.pk))

    with CaptureQueriesContext(connection) as seen:
        browser.get(url("finding", finding.pk))

    assert len(seen) <= 25


def test_what_falls_due_at_the_last_hour_of_a_year_belongs_to_that_year(held):
    finding = held.finding()
    granted(held, finding, date(2026, 12, 31))
    school, at = held.place.school_id, datetime(2027, 12, 1, tzinfo=make.SHANGHAI)

    years = {year: list(due_findings([school], Year(year, at))) for year in (2026, 2027)}

    assert years == {2026: [finding], 2027: []}
