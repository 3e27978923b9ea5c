"""The findings of the demo province: what failed, and how it went on."""

from __future__ import annotations

from datetime import datetime, timedelta

from inspections.checks.aftermath import NOT_MET
from inspections.checks.models import Failure
from inspections.demo.checks import Planted, items_of
from inspections.findings import rules
from inspections.findings.models import Finding, FindingEvent
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import Plot
from schools.terms.rules.calendar import Calendar
from schools.terms.selectors import calendar_for

REMEDIES = ["已更换并复测合格", "当场整改到位，责任人已签字", "维修完成，已试运行正常", "补齐台账并培训当班人员"]
PROMPT, SLOW = 0.82, 0.93  # shares remedied in time, and at all


def plant(plot: Plot, planted: list[Planted]) -> list[Finding]:
    """Write a finding for each failed item, or count it on the one that is still open; return them."""
    items = items_of({one.check.version_id for one in planted})
    calendars = calendar_for(plot.grown["schools"], plot.first, plot.until + timedelta(days=120))
    open_until: dict[tuple[int, str], tuple[Finding, datetime]] = {}
    findings: list[Finding] = []
    links: list[tuple[Planted, str, Finding]] = []
    for one in planted:
        for failure in one.failures:
            key = (one.check.place_id, failure.code)
            held = open_until.get(key)
            if held and one.check.handed_in_at < held[1]:
                held[0].recurrences += 1
                links.append((one, failure.code, held[0]))
                continue
            finding = _finding(plot, one, failure, items[one.check.version_id, failure.code].pk, calendars)
            findings.append(finding)
            ends = finding.closed_at or plot.now + timedelta(days=1)
            open_until[key] = (finding, ends)
            links.append((one, failure.code, finding))
    Finding.objects.bulk_create(findings, batch_size=500)
    Failure.objects.bulk_create(
        [Failure(check_row=one.check, item_code=code, finding=finding) for one, code, finding in links], batch_size=500
    )
    FindingEvent.objects.bulk_create([event for finding in findings for event in _events(finding)], batch_size=500)
    return findings


def _finding(plot, one, failure, item_id: int, calendars: dict[int, Calendar]) -> Finding:  # type: ignore[no-untyped-def]
    check = one.check
    at = check.handed_in_at
    severity = rules.Severity(failure.severity)
    own = rules.Allowance.read(str(failure.due)) if failure.due else None
    due = rules.first_due(severity, at, calendars[check.school_id].deadline_at, own)
    plan = next(plan for plan in one.duty.form.plans if plan.code == failure.code)
    staff = plot.staff[check.place.school.unit_id]
    finding = Finding(
        place=check.place,
        school=check.place.school,
        county=check.county,
        checklist_id=check.checklist_id,
        item_id=item_id,
        item_code=failure.code,
        title=NOT_MET % plan.item.zh,
        detail=failure.note,
        severity=severity,
        found_date=check.date,
        found_at=at,
        found_by=check.by,
        first_due_at=due,
        due_at=due,
        fixer=staff[Role.LOGISTICS_OFFICER],
        stopped_service=True if failure.stop_service else None,
    )
    _live(plot, finding, staff)
    return finding


def _live(plot: Plot, finding: Finding, staff: dict[str, User]) -> None:
    chance = plot.rng.random()
    span = finding.due_at - finding.found_at
    if chance < PROMPT:
        remedied = finding.found_at + span * plot.rng.uniform(0.2, 0.9)
    elif chance < SLOW:
        remedied = finding.due_at + span * plot.rng.uniform(0.1, 1.5)
    else:
        return
    if remedied > plot.now:
        return
    finding.state = rules.State.REMEDIED
    finding.remedy = plot.rng.choice(REMEDIES)
    finding.remedied_by, finding.remedied_at = staff[Role.LOGISTICS_OFFICER], remedied
    verified = remedied + timedelta(hours=plot.rng.randint(2, 90))
    if verified <= plot.now:
        clerk = plot.staff[finding.county_id][Role.OFFICE_CLERK]
        finding.state, finding.outcome = rules.State.CLOSED, rules.Outcome.VERIFIED
        finding.verified_by, finding.verified_at, finding.closed_at = clerk, verified, verified


def _events(finding: Finding) -> list[FindingEvent]:
    events = [FindingEvent(finding=finding, step="open", at=finding.found_at, by=finding.found_by, text=finding.detail)]
    if finding.remedied_at:
        events.append(
            FindingEvent(
                finding=finding, step="remedy", at=finding.remedied_at, by=finding.remedied_by, text=finding.remedy
            )
        )
    if finding.verified_at:
        events.append(FindingEvent(finding=finding, step="accept", at=finding.verified_at, by=finding.verified_by))
    return events
