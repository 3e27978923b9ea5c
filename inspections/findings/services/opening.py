"""Opening findings: the same item failing again while its finding is open counts on that finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from inspections.checklists.models import Checklist
from inspections.findings import rules
from inspections.findings.figures import figures_on
from inspections.findings.models import Finding, FindingEvent
from inspections.findings.rules.ladders import OPENED
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.prepared import insert, prepared
from logistics_portal.records import services as records
from schools.register.models import Place
from schools.terms import selectors as terms
from schools.terms.rules.calendar import Calendar

LONGEST_ALLOWANCE = timedelta(days=120)  # calendar read ahead for deadlines in school days, winter holidays included


@dataclass(frozen=True)
class Defect:
    """One item that failed: what it is, how grave, what was said and who shall mend it."""

    item_code: str
    title: str
    severity: str
    due: str = ""  # the item's own allowance: 30m, 4h, 3d; empty: that of the severity
    detail: str = ""
    item_id: int | None = None
    fixer_id: int | None = None
    stopped_service: bool | None = None


@dataclass(frozen=True)
class Occasion:
    """Where, for which unit, on which date, when, and by whom defects were found.

    `school_days` may know the ends of some school days already, so that no calendar need be asked for them.
    """

    place: Place
    county: Unit
    checklist: Checklist | None
    found_date: date
    at: datetime
    by: User
    post: Post | None
    origin: str = rules.Origin.OWN_CHECK
    school_days: Callable[[date, int], datetime | None] = lambda _day, _number: None


@transaction.atomic(savepoint=False)
def open_findings(*, occasion: Occasion, defects: Sequence[Defect]) -> dict[str, Finding]:
    """Return the finding of each defect by item code, opened now or open already with one recurrence more.

    Runs in the caller's transaction and takes four queries, whatever the number of defects.
    """
    if not defects:
        return {}
    known = _still_open(occasion, defects)
    fresh = [defect for defect in defects if defect.item_code not in known]
    opened = insert(Finding, _rows(occasion, fresh)) if fresh else []
    if known:
        Finding.objects.filter(pk__in=[finding.pk for finding in known.values()]).update(
            recurrences=F("recurrences") + 1
        )
        _undo_remedies(occasion, [it for it in defects if _is_mended(known.get(it.item_code))], known)
    found = known | {finding.item_code: finding for finding in opened}
    insert(FindingEvent, [_event(occasion, defect, found, known) for defect in defects])
    return found


def _is_mended(finding: Finding | None) -> bool:
    return finding is not None and finding.state == rules.State.REMEDIED


def _undo_remedies(occasion: Occasion, defects: Sequence[Defect], known: Mapping[str, Finding]) -> None:
    """Open anew what was handed in as mended and failed again before anybody verified it; it counts a return.

    A remedy that had come in time earns a new deadline by what failed now; a late one keeps the deadline it missed.
    """
    for defect, due in zip(defects, _first_dues(occasion, defects) if defects else [], strict=True):
        row = known[defect.item_code]
        in_time = row.remedied_at is not None and row.remedied_at <= row.due_at
        Finding.objects.filter(pk=row.pk, state=rules.State.REMEDIED).update(
            state=rules.State.OPEN,
            returns=F("returns") + 1,
            due_at=max(due, row.due_at) if in_time else row.due_at,
            remedy="",
            remedied_by=None,
            remedied_at=None,
            rung=OPENED,
        )


def _event(
    occasion: Occasion, defect: Defect, found: Mapping[str, Finding], known: Mapping[str, Finding]
) -> FindingEvent:
    row = found[defect.item_code]
    again = gettext("整改后、复查前又发现，退回待整改") if _is_mended(known.get(defect.item_code)) else ""
    return FindingEvent(
        finding=row,
        step="recur" if defect.item_code in known else "open",
        at=occasion.at,
        by=occasion.by,
        post=occasion.post,
        text="；".join(filter(None, [defect.detail.rstrip("。"), again])),
        facts=records.plain({"round": row.returns, "remedied_at": row.remedied_at}) if again else {},
    )


def note_corrections(*, lines: Mapping[int, str], by: User, post: Post | None, at: datetime) -> None:
    """Write what a corrected check now says into the stories of findings, by their ids; nothing else changes."""
    rows = (
        FindingEvent(finding_id=pk, step="correct", at=at, by=by, post=post, text=text) for pk, text in lines.items()
    )
    insert(FindingEvent, rows)


def _still_open(occasion: Occasion, defects: Sequence[Defect]) -> dict[str, Finding]:
    codes = [defect.item_code for defect in defects if defect.item_code]
    return {finding.item_code: finding for finding in _unsettled(occasion.place.pk, occasion.origin, codes)}


@prepared
def _unsettled(place: int, origin: str, codes: Sequence[str]) -> QuerySet[Finding]:
    return Finding.objects.unsettled().filter(place=place, origin=origin, item_code__in=codes)


def _rows(occasion: Occasion, defects: Sequence[Defect]) -> list[Finding]:
    first_dues = _first_dues(occasion, defects)
    return [
        Finding(
            place=occasion.place,
            school_id=occasion.place.school_id,
            county=occasion.county,
            checklist=occasion.checklist,
            item_id=defect.item_id,
            item_code=defect.item_code,
            title=defect.title[:200],
            detail=defect.detail,
            severity=defect.severity,
            origin=occasion.origin,
            found_date=occasion.found_date,
            found_at=occasion.at,
            found_by=occasion.by,
            first_due_at=due,
            due_at=due,
            fixer_id=defect.fixer_id,
            stopped_service=defect.stopped_service,
        )
        for defect, due in zip(defects, first_dues, strict=True)
    ]


def _first_dues(occasion: Occasion, defects: Sequence[Defect]) -> list[datetime]:
    allowances = [rules.Allowance.read(defect.due) if defect.due else None for defect in defects]
    severities = [rules.Severity(defect.severity) for defect in defects]
    own_alone = all(allowances) and rules.Severity.CRITICAL not in severities
    figures = rules.DEFAULTS if own_alone else figures_on(local_date(occasion.at))
    by_days = [
        (own or figures.allowances[severity]).school_days and severity != rules.Severity.CRITICAL
        for own, severity in zip(allowances, severities, strict=True)
    ]
    school_days: rules.DaysEnd = _by_the_clock
    if any(by_days):
        school_days = _school_days(occasion)
    return [
        rules.first_due(severity, occasion.at, school_days, own, figures)
        for severity, own in zip(severities, allowances, strict=True)
    ]


def _school_days(occasion: Occasion) -> rules.DaysEnd:
    @cache
    def calendar() -> Calendar:
        school, today = occasion.place.school, local_date(occasion.at)
        return terms.calendar_for([school], today, today + LONGEST_ALLOWANCE)[school.pk]

    return lambda day, number: occasion.school_days(day, number) or calendar().deadline_at(day, number)


def _by_the_clock(day: date, number: int) -> datetime:
    raise AssertionError("no deadline here runs in school days")
