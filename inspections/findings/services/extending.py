"""More time for a finding: asked before its deadline, granted once by the first reviewer, never for a critical one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.models import ExtensionRequest, Finding, FindingEvent
from inspections.findings.selectors import address
from inspections.findings.services.keeping import (
    Hand,
    figures_of,
    locked,
    people_of_office,
    tell,
    timing_of,
    write_down,
)
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import figures_read_once
from schools.terms import selectors as terms


@transaction.atomic
def ask_extension(*, finding: Finding, until: datetime, reason: str, hand: Hand) -> ExtensionRequest:
    """Ask the first reviewer for a later deadline; who does not answer in time refuses."""
    row = locked(finding)
    rules.after(rules.Step.EXTEND, row.state)
    rules.require_extension(timing_of(row), until, hand.at, figures_of(row))
    if row.extension_requests.filter(granted__isnull=True).exists():
        raise NotAllowed(gettext("已有一份延期申请待答复，不用重复申请。"))
    request = ExtensionRequest.objects.create(
        finding=row, asked_by=hand.by, asked_at=hand.at, until=until, reason=reason
    )
    write_down(row, "ask_extend", reason, hand, until=until)
    tell(
        row,
        people_of_office(row, Permission.FINDING_EXTEND, hand.at),
        gettext_noop("申请延期，请答复"),
        hand,
        text=reason,
    )
    return request


def last_day_to_ask_for(finding: Finding) -> date:
    """Return the last day that an extension of a finding may be asked for."""
    return rules.last_extension_day(timing_of(finding))


@transaction.atomic
def answer_extension(*, request: ExtensionRequest, granted: bool, answer: str, hand: Hand) -> ExtensionRequest:
    """Grant or refuse more time; a grant moves the deadline and cannot be given twice."""
    row = locked(request.finding)
    asked = ExtensionRequest.objects.select_related("asked_by").get(pk=request.pk)
    if asked.granted is not None:
        raise NotAllowed(gettext("这份延期申请已经答复过。"))
    if hand.by.pk == asked.asked_by_id:
        raise NotAllowed(gettext("申请人不能答复自己的延期申请，请由他人答复。"))
    before = row.due_at
    if granted:
        _extend(row, asked, hand.at)
    asked.granted, asked.answered_by, asked.answered_at, asked.answer = granted, hand.by, hand.at, answer
    asked.save(update_fields=["granted", "answered_by", "answered_at", "answer"])
    step = rules.Step.EXTEND if granted else "no_extension"
    moved = {"due_before": before} if granted else {}
    write_down(row, step, answer, hand, until=asked.until, **moved)
    tell(
        row,
        [asked.asked_by, row.fixer],
        gettext_noop("延期已同意") if granted else gettext_noop("延期未同意"),
        hand,
        answer,
    )
    return asked


def _extend(row: Finding, asked: ExtensionRequest, at: datetime) -> None:
    row.state = rules.after(rules.Step.EXTEND, row.state)
    figures = figures_of(row)
    if at > rules.extension_answer_due(asked.asked_at, terms.national_calendar().deadline, figures):
        raise NotAllowed(gettext("答复期限已过，按不同意处理，不能再同意延期。"))
    rules.require_extension(timing_of(row), asked.until, asked.asked_at, figures)
    row.due_at, row.extensions, row.rung = asked.until, row.extensions + 1, ""
    row.save(update_fields=["state", "due_at", "extensions", "rung"])


@transaction.atomic
def expire_requests(*, at: datetime) -> int:
    """Refuse the requests nobody answered in time, and those of findings no longer open; return how many.

    Who asked and who is to mend are told, and the timeline says that nobody answered.
    """
    working_days = terms.national_calendar().deadline
    asked = ExtensionRequest.objects.select_for_update(of=("self",)).filter(granted__isnull=True).order_by("pk")
    waiting = list(asked.select_related("asked_by", "finding__fixer", "finding__school", "finding__place"))
    with figures_read_once():
        dues = {
            row.pk: rules.extension_answer_due(row.asked_at, working_days, figures_of(row.finding)) for row in waiting
        }
    late = [row for row in waiting if at > dues[row.pk] or row.finding.state != rules.State.OPEN]
    for row in late:
        mended = row.finding.state != rules.State.OPEN
        row.answer = gettext("已提交整改，不再答复") if mended else gettext("逾期未答复，按不同意处理")
        row.granted, row.answered_at = False, at
    ExtensionRequest.objects.bulk_update(late, ["granted", "answered_at", "answer"], batch_size=500)
    for row in late:
        _silence(row, at)
    return len(late)


def _silence(row: ExtensionRequest, at: datetime) -> None:
    finding = row.finding
    facts = records.plain({"round": finding.returns, "until": row.until})
    FindingEvent.objects.create(finding=finding, step="no_extension", at=at, text=row.answer, facts=facts)
    records.log(by=None, verb="finding.no_extension", on=finding, reason=row.answer, at=at)
    words = {"school": finding.school.name, "place": finding.place.name, "what": said(gettext_noop("延期未同意"))}
    records.notify(
        to=list({person.pk: person for person in (row.asked_by, finding.fixer) if person is not None}.values()),
        key=f"extension:{row.pk}:silence",
        title=said(gettext_noop("%(school)s%(place)s：%(what)s"), words),
        text=row.answer,
        url=address(finding.pk),
        at=at,
    )
