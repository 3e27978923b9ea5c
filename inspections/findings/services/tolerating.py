"""A structural fault that may stay until a day: asked by the principal, prepared by a clerk, decided by the head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.models import Finding, FindingEvent, Toleration
from inspections.findings.selectors import address
from inspections.findings.services.keeping import (
    Hand,
    figures_of,
    locked,
    people_at_school,
    people_of_office,
    tell,
    timing_of,
    write_down,
)
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.kit.dates import day_end, local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said, source

State = Toleration.State
RUN_OUT = "run_out"


@dataclass(frozen=True)
class Grounds:
    """Why a fault is structural: its cause, the number of the paper that says so, and what the public reads."""

    cause: str
    document: str
    note: str


@transaction.atomic
def ask_toleration(*, finding: Finding, until: date, reason: str, hand: Hand) -> Toleration:
    """Ask the first reviewer to let a structural fault stay until a day, or until a later one while it is tolerated.

    Raises `NotAllowed` while another request waits, when a first one comes after the deadline, or beyond a school year.
    """
    row = locked(finding)
    rules.after(rules.Step.TOLERATE, row.state)
    if row.tolerations.waiting().exists():
        raise NotAllowed(gettext("已有一份限期保留申请在办理，不用重复申请。"))
    if hand.at >= row.due_at and _since(row) is None:  # what is late stays late; one that ran out may be asked anew
        raise NotAllowed(gettext("整改期限已过，不能再申请限期保留。"))
    _require(row, until, hand.at, structural=True)
    asked = Toleration.objects.create(finding=row, asked_by=hand.by, asked_at=hand.at, until_date=until, reason=reason)
    write_down(row, "ask_tolerate", reason, hand, tolerated_until=until)
    tell(
        row,
        people_of_office(row, Permission.FINDING_TOLERATE_PREPARE, hand.at),
        gettext_noop("申请限期保留，请初审"),
        hand,
        text=reason,
    )
    return asked


def longest_toleration(finding: Finding, on: date) -> tuple[date, int]:
    """Return the last day that a toleration asked for `on` a day may reach, and how many days it may last in all."""
    figures = figures_of(finding)
    return rules.last_toleration_day(on, _since(finding), figures), figures.tolerate_longest


@transaction.atomic
def forward_toleration(*, toleration: Toleration, grounds: Grounds, hand: Hand) -> Toleration:
    """State the structural cause and the paper behind it, and lay the request before the head."""
    row, asked = _locked(toleration, State.ASKED)
    _require_another(hand, [asked.asked_by_id])
    structural = bool(grounds.cause and grounds.document.strip() and grounds.note.strip())
    _require(row, asked.until_date, hand.at, structural=structural)
    asked.state, asked.prepared_by, asked.prepared_at = State.FORWARDED, hand.by, hand.at
    asked.cause, asked.document, asked.note = grounds.cause, grounds.document, grounds.note
    asked.save(update_fields=["state", "prepared_by", "prepared_at", "cause", "document", "note"])
    words = {"cause": asked.get_cause_display(), "document": asked.document}
    write_down(
        row, "fwd_tolerate", gettext("%(cause)s（%(document)s）") % words, hand, tolerated_until=asked.until_date
    )
    tell(
        row,
        people_of_office(row, Permission.FINDING_TOLERATE, hand.at),
        gettext_noop("限期保留，请审定"),
        hand,
        text=asked.reason,
    )
    return asked


@transaction.atomic
def return_toleration(*, toleration: Toleration, reason: str, hand: Hand) -> Toleration:
    """Give a request back to the school: it is not structural, or something is missing."""
    row, asked = _locked(toleration, State.ASKED)
    _require_another(hand, [asked.asked_by_id])
    asked.state, asked.prepared_by, asked.prepared_at, asked.answer = State.RETURNED, hand.by, hand.at, reason
    asked.save(update_fields=["state", "prepared_by", "prepared_at", "answer"])
    write_down(row, "ret_tolerate", reason, hand)
    tell(row, [asked.asked_by, row.fixer], gettext_noop("限期保留申请被退回"), hand, text=reason)
    return asked


@transaction.atomic
def decide_toleration(*, toleration: Toleration, granted: bool, answer: str, hand: Hand) -> Toleration:
    """Let a fault stay until the day asked for, or not; the head is another person than the clerk and the asker.

    A grant moves the deadline in force, so that nothing is overdue and no ladder climbs meanwhile; how late the school
    was when it asked is kept beside it, the time the office took to answer is not the school's.
    """
    row, asked = _locked(toleration, State.FORWARDED)
    _require_another(hand, [asked.asked_by_id, asked.prepared_by_id])
    asked.state = State.GRANTED if granted else State.REFUSED
    asked.decided_by, asked.decided_at, asked.answer = hand.by, hand.at, answer
    if granted:
        _require(row, asked.until_date, hand.at, structural=bool(asked.cause and asked.document))
        asked.from_date, asked.old_due_at = _since(row) or local_date(hand.at), row.due_at
    asked.save(update_fields=["state", "decided_by", "decided_at", "answer", "from_date", "old_due_at"])
    if granted:
        row.state = rules.after(rules.Step.TOLERATE, row.state)
        _move_deadline(row, rules.tolerated(timing_of(row), asked.asked_at, asked.until_date))
    step = rules.Step.TOLERATE if granted else "no_tolerate"
    write_down(row, step, answer or asked.note, hand, tolerated_until=row.tolerated_until)
    title = gettext_noop("限期保留已同意") if granted else gettext_noop("限期保留未同意")
    tell(row, _school(row, asked, hand.at), title, hand, text=answer)
    return asked


@transaction.atomic
def revoke_toleration(*, finding: Finding, reason: str, hand: Hand) -> Toleration:
    """End a toleration before its day: the school is late from now on, and as late as it was before the toleration.

    A toleration renewed before it ran out ends whole: what it was renewed from ends with it.
    """
    row = locked(finding)
    rules.after(rules.Step.TOLERATE, row.state)
    today = local_date(hand.at)
    running = row.tolerations.select_for_update().filter(state=State.GRANTED, until_date__gte=today)
    held = list(running.order_by("-decided_at", "-pk"))
    if not held or row.tolerated_until is None or row.tolerated_until < today:
        raise NotAllowed(gettext("这个问题现在没有限期保留。"))
    for one in held:
        one.state, one.revoked_by, one.revoked_at, one.revoked_why = State.REVOKED, hand.by, hand.at, reason
        one.save(update_fields=["state", "revoked_by", "revoked_at", "revoked_why"])
    first_due_at = min(one.old_due_at or hand.at for one in held)
    _move_deadline(row, rules.no_longer_tolerated(timing_of(row), first_due_at, hand.at))
    write_down(row, "end_tolerate", reason, hand)
    tell(row, _school(row, held[0], hand.at), gettext_noop("限期保留已撤销，请整改"), hand, text=reason)
    return held[0]


def tell_run_out(*, at: datetime) -> int:
    """Say of every toleration whose day has passed that it ran out: to the school and to the office; return how many.

    It is written once for each, however often and however late the clock comes; the school is late since the day agreed
    upon, not since the clock came.
    """
    return sum(_run_out(pk, at) for pk in _passed(at).order_by("pk").values_list("pk", flat=True))


def _passed(at: datetime) -> QuerySet[Toleration]:
    said = FindingEvent.objects.filter(finding=OuterRef("finding"), step=RUN_OUT, at__gt=OuterRef("decided_at"))
    passed = Toleration.objects.filter(state=State.GRANTED, until_date__lt=local_date(at))
    return passed.filter(
        ~Exists(said), finding__state=rules.State.OPEN, finding__tolerated_until=F("until_date")
    ).select_related("asked_by", "finding__fixer")


@transaction.atomic
def _run_out(pk: int, at: datetime) -> int:
    held = Toleration.objects.select_related("finding").get(pk=pk)
    row = locked(held.finding)
    asked = _passed(at).filter(pk=pk).first()
    if asked is None:  # another worker said it, or the school mended it, meanwhile
        return 0
    text = said(gettext_noop("限期保留到 %(day)s 为止，尚未整改，从次日起按超期计。"), {"day": asked.until_date})
    facts = {"round": row.returns, "until": asked.until_date, "toleration": asked.pk}
    FindingEvent.objects.create(finding=row, step=RUN_OUT, at=at, text=source(text), facts=records.plain(facts))
    after = {"state": row.state, "due_at": row.due_at, "tolerated_until": row.tolerated_until}
    records.log(by=None, verb=f"finding.{RUN_OUT}", on=row, after=after, reason=source(text), at=at)
    people = [*_school(row, asked, at), *people_of_office(row, Permission.FINDING_TOLERATE_PREPARE, at)]
    words = {"school": row.school.name, "place": row.place.name, "what": said(gettext_noop("限期保留到期，请整改"))}
    records.notify(
        to=list({person.pk: person for person in people if person is not None}.values()),
        key=f"toleration:{asked.pk}:{RUN_OUT}",
        title=said(gettext_noop("%(school)s%(place)s：%(what)s"), words),
        text=text,
        url=address(row.pk),
        at=at,
    )
    return 1


@transaction.atomic
def lapse_tolerations(*, at: datetime) -> int:
    """Lay aside what waits for a word that no longer matters: the fault is mended, or the day has passed."""
    waiting = Toleration.objects.waiting().select_for_update(of=("self",))
    late = waiting.filter(~Q(finding__state=rules.State.OPEN) | Q(until_date__lt=local_date(at)))
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    return Toleration.objects.filter(pk__in=ids).update(state=State.LAPSED)


def _locked(toleration: Toleration, state: State) -> tuple[Finding, Toleration]:
    row = locked(toleration.finding)
    asked = Toleration.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=toleration.pk)
    if asked.state != state:
        words = {"state": asked.get_state_display()}
        raise NotAllowed(gettext("这份限期保留申请目前为“%(state)s”，请刷新页面后再办理。") % words)
    rules.after(rules.Step.TOLERATE, row.state)
    return row, asked


def _require(row: Finding, until: date, at: datetime, *, structural: bool) -> None:
    rules.require_toleration(
        timing_of(row), until, local_date(at), structural=structural, since=_since(row), figures=figures_of(row)
    )
    if row.tolerated_until is not None and until <= row.tolerated_until:
        now = {"day": row.tolerated_until}
        raise NotAllowed(gettext("现已限期保留至 %(day)s，续期应申请更晚的日期。") % now)
    if day_end(until) <= row.due_at:
        raise NotAllowed(gettext("整改期限比申请保留的日期还晚，不用申请。"))


def _require_another(hand: Hand, others: Iterable[int | None]) -> None:
    if hand.by.pk in set(others):
        raise NotAllowed(gettext("申请、初审、审定应由不同的人办理，请由他人办理。"))


def _since(row: Finding) -> date | None:
    """Return the first day on which a finding was ever tolerated; a school year is counted from it."""
    granted = row.tolerations.ever_granted().order_by("from_date", "pk")
    return granted.values_list("from_date", flat=True).first()


def _move_deadline(row: Finding, timing: rules.Timing) -> None:
    row.tolerated_until, row.due_at, row.late_before = timing.tolerated_until, timing.due_at, timing.late_before
    row.rung = ""
    row.save(update_fields=["state", "tolerated_until", "due_at", "late_before", "rung"])


def _school(row: Finding, asked: Toleration, at: datetime) -> list[User | None]:
    return [asked.asked_by, row.fixer, *people_at_school(row, [Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL], at)]
