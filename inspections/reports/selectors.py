"""The figures of a bureau's compliance report over one period, ready to be frozen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q

from inspections.findings.models import MENDED_IN_TIME, Finding
from inspections.findings.rules import Outcome, Severity, State
from inspections.incidents.models import Incident, Veto
from inspections.reports.rules import Period, Timetable
from inspections.tallies.counting import Tally, count
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.selectors import below_at
from logistics_portal.kit.dates import midnight
from logistics_portal.records.selectors import book
from schools.register.models import Place, School

MOST_ITEMS, MOST_LINES = 10, 50
SLOT_FIELDS = ("required", "exempt", "timely", "late", "missed", "failures")


def timetable_on(day: date) -> Timetable:
    """Return when reports are made, by the figures in force on a day."""
    held, usual = book(), Timetable()
    return Timetable(
        weekly_weekday=held.number("REPORT_WEEKLY_DAY", day, usual.weekly_weekday),
        weekly_at=held.clock("REPORT_WEEKLY_AT", day, usual.weekly_at),
        monthly_day=held.number("REPORT_MONTHLY_DAY", day, usual.monthly_day),
        monthly_at=held.clock("REPORT_MONTHLY_AT", day, usual.monthly_at),
    )


@dataclass(frozen=True)
class Span:
    """The moments of a period: from its first midnight to the one after its last day."""

    period: Period

    @property
    def start(self) -> datetime:
        """Return the first moment."""
        return midnight(self.period.first)

    @property
    def end(self) -> datetime:
        """Return the first moment after the period."""
        return midnight(self.period.last).replace(hour=23, minute=59, second=59)


def figures(unit: Unit, period: Period, at: datetime) -> dict[str, Any]:
    """Return every figure of a report as plain data: the tree as it stood at the period's end (decisions)."""
    below = below_at(unit, period.last)
    schools = list(School.objects.filter(unit__in=below).select_related("unit__parent").order_by("code"))
    span = Span(period)
    by_school, by_subject = _slots(schools, period, at)
    found = Finding.objects.filter(county__in=below)
    return {
        "unit": unit.name,
        "period": period.key,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "known_at": at.isoformat(),
        "schools": len(schools),
        "boarding": sum(school.is_boarding for school in schools),
        "slots": {subject: vars(tally) for subject, tally in sorted(by_subject.items())},
        "total": _sum(by_subject),
        "by_unit": _by_unit(schools, by_school),
        "by_school": [_school_line(school, by_school[school.pk]) for school in schools],
        "findings": _findings(found, span),
        "overdue": _overdue(found, span),
        "items": _items(found, span),
        "incidents": _incidents(below, span),
        "vetoes": _vetoes(below, period),
    }


def _slots(schools: list[School], period: Period, at: datetime) -> tuple[dict[int, Tally], dict[str, Tally]]:
    places = list(
        Place.objects.filter(school__in=schools).select_related("school__unit__parent__parent").order_by("pk")
    )
    by_school: dict[int, Tally] = defaultdict(Tally)
    by_subject: dict[str, Tally] = defaultdict(Tally)
    for key, tally in count(period.first, period.last, at, places=places).months.items():
        for target in (by_school[key.school_id], by_subject[key.subject]):
            for name in SLOT_FIELDS:
                setattr(target, name, getattr(target, name) + getattr(tally, name))
    return by_school, by_subject


def _sum(tallies: dict[str, Tally]) -> dict[str, int]:
    return {name: sum(getattr(tally, name) for tally in tallies.values()) for name in SLOT_FIELDS}


def _school_line(school: School, tally: Tally) -> dict[str, Any]:
    return {"code": school.code, "name": school.name, "boarding": school.is_boarding} | {
        name: getattr(tally, name) for name in SLOT_FIELDS
    }


def _by_unit(schools: list[School], by_school: dict[int, Tally]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for school in schools:
        bureau = school.unit.first_reviewer
        row = rows.setdefault((bureau.code, bureau.name), dict.fromkeys(("schools", *SLOT_FIELDS), 0))
        row["schools"] += 1
        for name in SLOT_FIELDS:
            row[name] += getattr(by_school[school.pk], name)
    return [{"code": code, "name": name, **row} for (code, name), row in sorted(rows.items())]


def _findings(found: Any, span: Span) -> dict[str, dict[str, int]]:
    opened = _by_severity(found.filter(found_at__gte=span.start, found_at__lte=span.end))
    closed = _by_severity(found.filter(outcome=Outcome.VERIFIED, closed_at__gte=span.start, closed_at__lte=span.end))
    due = found.filter(due_at__gte=span.start, due_at__lte=span.end).exclude(outcome=Outcome.WITHDRAWN)
    in_time = due.filter(MENDED_IN_TIME)
    return {
        "opened": opened,
        "closed": closed,
        "due": _by_severity(due),
        "in_time": _by_severity(in_time),
    }


def _by_severity(rows: Any) -> dict[str, int]:
    counted = dict(rows.values_list("severity").annotate(n=Count("pk")))
    return {severity.value: counted.get(severity.value, 0) for severity in Severity}


def _overdue(found: Any, span: Span) -> list[dict[str, Any]]:
    late = found.filter(found_at__lte=span.end, due_at__lt=span.end).filter(
        Q(state=State.OPEN) | Q(remedied_at__gt=span.end)
    )
    order = {severity.value: place for place, severity in enumerate(Severity)}
    rows = late.select_related("school", "place", "fixer", "item").order_by("due_at", "pk")
    lines = [
        {
            "number": finding.number,
            "school": finding.school.name,
            "place": finding.place.name,
            "title": finding.title,
            "title_en": finding.item.text_en if finding.item else "",
            "severity": finding.severity,
            "due_at": finding.due_at.isoformat(),
        }
        for finding in rows[:2000]
    ]
    return sorted(lines, key=lambda line: (order[line["severity"]], line["due_at"], line["number"]))[:MOST_LINES]


def _items(found: Any, span: Span) -> list[dict[str, Any]]:
    rows = (
        found.filter(found_at__gte=span.start, found_at__lte=span.end)
        .exclude(item_code="")
        .values("item_code", "title")
        .annotate(n=Count("pk"), title_en=Max("item__text_en"))
        .order_by("-n", "item_code")[:MOST_ITEMS]
    )
    return [
        {"code": row["item_code"], "title": row["title"], "title_en": row["title_en"] or "", "n": row["n"]}
        for row in rows
    ]


def _incidents(below: frozenset[int], span: Span) -> list[dict[str, Any]]:
    rows = Incident.objects.counting().filter(county__in=below, reported_at__gte=span.start, reported_at__lte=span.end)
    return [
        {
            "number": incident.number,
            "school": incident.school.name,
            "kind": incident.kind,
            "happened_at": incident.happened_at.isoformat(),
            "summary": incident.summary,
            "state": incident.state,
        }
        for incident in rows.select_related("school").order_by("number")
    ]


def _vetoes(below: frozenset[int], period: Period) -> list[dict[str, Any]]:
    rows = Veto.objects.standing().filter(county__in=below, year=period.last.year)
    return [
        {
            "number": veto.number,
            "school": veto.school.name,
            "year": veto.year,
            "triggers": veto.triggers,
            "document_no": veto.document_no,
        }
        for veto in rows.select_related("school").order_by("number")
    ]
