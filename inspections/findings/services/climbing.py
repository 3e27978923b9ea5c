"""The clock of findings: reminders, the ladder of those who are told, remedies nobody verified. May run again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from inspections.findings import rules
from inspections.findings.figures import figures_on, soonest_unverified
from inspections.findings.models import Finding, FindingEvent
from inspections.findings.people import UP_TO_F, Callers, level_units
from inspections.findings.rules import ladders
from inspections.findings.rules.ladders import OPENED
from inspections.findings.selectors import address
from inspections.findings.services.extending import expire_requests
from inspections.findings.services.keeping import figures_of, timing_of
from inspections.findings.services.tolerating import lapse_tolerations, tell_run_out
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.records.hours import Urgency
from logistics_portal.records.models import Notice
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import figures_read_once
from logistics_portal.records.services import worded
from schools.terms import selectors as terms
from schools.terms.rules.calendar import Calendar

AT_ONCE = 500
UNVERIFIED, REMIND = "unverified", "remind"
REMIND_AHEAD = timedelta(days=4)
TOP = Q(pk__in=[])
for _severity, _ladder in rules.DEFAULT_LADDERS.items():
    TOP |= Q(severity=_severity, rung=_ladder[-1].key)
HEADS: dict[str, Promise] = {
    OPENED: _("请整改"),
    REMIND: _("整改即将到期"),
    "overdue": _("整改超期"),
    "unremedied": _("严重问题仍未整改"),
    "overdue_head": _("整改超期，请督办"),
    "overdue_city": _("整改长期超期，请督办"),
    "overdue_province": _("严重问题整改长期超期，请督办"),
    "overdue_list": _("整改长期超期"),
    UNVERIFIED: _("整改长期未复查，请督办"),
}


@dataclass
class Past:
    """What became of a finding before: when each rung was last called, when it was reopened, and who sent it back."""

    called: dict[str, datetime] = field(default_factory=dict)
    reopened_at: datetime | None = None
    returned_at: datetime | None = None
    returned_by: int | None = None

    def unaware(self, people: Iterable[User], rung: ladders.Rung) -> list[User]:
        """Return those a rung has news for: whoever sent the finding back after its moment knows already."""
        knows = self.returned_by if self.returned_at and rung.at <= self.returned_at else None
        return [person for person in people if person.pk != knows]


@dataclass
class Told:
    """What one run writes: lines of timelines, lines of inboxes, the rung each finding stands on."""

    at: datetime
    events: list[FindingEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, finding: Finding, key: str, words: Sequence[str], people: Iterable[User]) -> None:
        """Tell some people that a finding reached a rung."""
        step = {OPENED: "told", REMIND: "remind"}.get(key, str(rules.Step.ESCALATE))
        told = list(people)
        facts: dict[str, Any] = {"rung": key, "round": round_of(finding), "told": list(words)}
        names = "、".join(person.full_name for person in told)
        self.events.append(FindingEvent(finding=finding, step=step, at=self.at, text=names[:1000], facts=facts))
        if key != REMIND:
            finding.rung = key
        what = {"school": finding.school.name, "place": finding.place.name, "what": HEADS[key]}
        self.notices += [
            Notice(
                to=person,
                key=f"finding:{finding.pk}:{key}:{facts['round']}",
                **worded(said(gettext_noop("%(school)s%(place)s：%(what)s"), what), finding.title),
                url=address(finding.pk),
                urgency=urgency(finding),
                at=self.at,
            )
            for person in told
        ]

    def write(self, rows: Sequence[Finding]) -> int:
        """Write everything down and return how many rungs were climbed."""
        FindingEvent.objects.bulk_create(self.events, batch_size=AT_ONCE)
        Notice.objects.bulk_create(self.notices, batch_size=AT_ONCE, ignore_conflicts=True)
        changed = {event.finding_id for event in self.events}
        Finding.objects.bulk_update([row for row in rows if row.pk in changed], ["rung"], batch_size=100)
        return len(self.events)


@figures_read_once()
def climb_ladders(*, at: datetime) -> int:
    """Tell whoever the rules name of every open finding whose moment has come; return how many were told of.

    Each rung is called once for a deadline, so running it again tells nobody twice. It takes some twenty queries for
    five hundred findings, however many there are.
    """
    expire_requests(at=at)
    lapse_tolerations(at=at)
    tell_run_out(at=at)
    number = sum(_climb(ids, at) for ids in _by_chunks(_on_the_ladder(at)))
    number += sum(_remind(ids, at) for ids in _by_chunks(_to_be_reminded(at)))
    return number + sum(_unverified(ids, at) for ids in _by_chunks(_never_verified(at)))


@figures_read_once()
def tell_fresh(*, at: datetime) -> int:
    """Tell of the findings nobody was told of yet, so that a critical one calls within a minute; return how many."""
    return sum(_climb(ids, at) for ids in _by_chunks(Finding.objects.open().filter(rung="")))


def round_of(finding: Finding) -> str:
    """Return which round a finding is in: how often it came back and was extended, until when it was tolerated."""
    tolerated = f".{finding.tolerated_until:%Y%m%d}" if finding.tolerated_until else ""
    return f"{finding.returns}.{finding.extensions}{tolerated}"


def urgency(finding: Finding) -> Urgency:
    """Return how soon people are told: of what is critical at once."""
    return Urgency.ALARM if finding.severity == rules.Severity.CRITICAL else Urgency.NORMAL


def _on_the_ladder(at: datetime) -> QuerySet[Finding]:
    due = Q(rung="") | Q(due_at__lte=at) | Q(severity=rules.Severity.CRITICAL)
    return Finding.objects.open().filter(due).exclude(TOP)


def _to_be_reminded(at: datetime) -> QuerySet[Finding]:
    first_round = Q(returns=0, extensions=0, tolerated_until__isnull=True)
    reminded = Exists(FindingEvent.objects.filter(finding=OuterRef("pk"), step=REMIND))
    soon = Finding.objects.open().filter(due_at__gt=at, due_at__lte=at + REMIND_AHEAD)
    return soon.filter(~first_round | ~reminded)


def _never_verified(at: datetime) -> QuerySet[Finding]:
    long_ago = at - timedelta(days=soonest_unverified())
    return Finding.objects.waiting().filter(remedied_at__lte=long_ago).exclude(rung=UNVERIFIED)


def _by_chunks(rows: QuerySet[Finding]) -> Iterable[list[int]]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _locked(ids: Sequence[int], state: str) -> list[Finding]:
    rows = Finding.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids, state=state)
    return list(rows.select_related(UP_TO_F, "place", "fixer").order_by("pk"))


@transaction.atomic
def _climb(ids: Sequence[int], at: datetime) -> int:
    rows = _locked(ids, rules.State.OPEN)
    past = _history(rows)
    calendars, figures = _calendars(rows, at), cache(figures_on)
    due: list[tuple[Finding, list[ladders.Rung]]] = []
    for row in rows:
        timing, known = timing_of(row), past[row.pk]
        if known.reopened_at:
            timing = rules.Timing(timing.severity, known.reopened_at, row.first_due_at, row.due_at, row.extensions)
        if row.returns or row.extensions:
            known.called.setdefault(OPENED, row.found_at)
        rungs = ladders.ladder(timing, calendars[row.school_id].deadline_at, figures(local_date(timing.recorded_at)))
        due.append((row, ladders.rungs_due(rungs, known.called, at)))
    callers = _callers(rows, {word for _row, rungs in due for rung in rungs for word in rung.told}, at)
    told = Told(at)
    for row, rungs in due:
        for rung in rungs:
            told.add(row, rung.key, rung.told, past[row.pk].unaware(callers.told(row, rung.told), rung))
    return told.write(rows)


@transaction.atomic
def _remind(ids: Sequence[int], at: datetime) -> int:
    rows = _locked(ids, rules.State.OPEN)
    past = _history(rows)
    calendars = _calendars(rows, at)
    callers = _callers(rows, {"fixer"}, at)
    told = Told(at)
    for row in rows:
        moment = rules.remind_at(timing_of(row), calendars[row.school_id].school_day_before)
        last = past[row.pk].called.get(REMIND)
        if moment <= at and (last is None or last < moment):
            told.add(row, REMIND, ["fixer"], callers.told(row, ["fixer"]))
    return told.write(rows)


@transaction.atomic
def _unverified(ids: Sequence[int], at: datetime) -> int:
    working_days = terms.national_calendar().deadline
    rows = [
        row
        for row in _locked(ids, rules.State.REMEDIED)
        if row.remedied_at and at >= rules.verification_escalates(row.remedied_at, working_days, figures_of(row))
    ]
    callers = _callers(rows, {"office_head@F"}, at)
    told = Told(at)
    for row in rows:
        told.add(row, UNVERIFIED, ["office_head@F"], callers.told(row, ["office_head@F"]))
    return told.write(rows)


def _history(rows: Sequence[Finding]) -> dict[int, Past]:
    """Return what was called for each finding so far, when it was last opened again, and who last sent it back."""
    found: dict[int, Past] = {row.pk: Past() for row in rows}
    steps = [rules.Step.ESCALATE, *rules.RETURNING, "told", REMIND]
    events = FindingEvent.objects.filter(finding__in=list(found), step__in=steps).order_by("at", "pk")
    for pk, step, at, facts, by in events.values_list("finding_id", "step", "at", "facts", "by"):
        if step in rules.RETURNING:
            found[pk].returned_at, found[pk].returned_by = at, by
            found[pk].reopened_at = at if step == rules.Step.REOPEN else found[pk].reopened_at
        else:
            found[pk].called[facts["rung"]] = at
    return found


def _calendars(rows: Sequence[Finding], at: datetime) -> dict[int, Calendar]:
    if not rows:
        return {}
    today = local_date(at)
    first = min(local_date(row.found_at) for row in rows)
    return terms.calendar_for({row.school_id for row in rows}, min(first, today), today)


def _callers(rows: Sequence[Finding], words: set[str], at: datetime) -> Callers:
    units = {unit for row in rows for unit in level_units(row).values()}
    roles = {word.partition("@")[0] for word in words} | {"logistics_officer"}
    return Callers(units, roles, local_date(at))
