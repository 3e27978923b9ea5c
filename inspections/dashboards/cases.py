"""What is open, late, waiting, reported and vetoed below a bureau: one question for all of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value

from inspections.dashboards.selectors import MONTH, overdue_by
from inspections.findings.models import MENDED_IN_TIME, Finding, fell_due
from inspections.findings.rules import Outcome, Severity, State
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules.words import IncidentState, VetoState
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import ONE_DAY, local_date, midnight
from schools.register.models import School


class Cases(NamedTuple):
    """What is open, late, waiting, put right, reported and vetoed."""

    overdue_critical: int = 0
    overdue: int = 0
    waiting: int = 0
    due: int = 0
    in_time: int = 0
    incidents: int = 0
    new_incidents: int = 0
    vetoes: int = 0
    proposed: int = 0
    schools: int = 0
    boarding: int = 0

    def plus(self, other: Cases) -> Cases:
        """Return both together."""
        return Cases(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


CaseRows = dict[str, Cases]
FIELDS = {
    "finding": ("overdue_critical", "overdue", "waiting", "due", "in_time"),
    "incident": ("incidents", "new_incidents"),
    "veto": ("vetoes", "proposed"),
    "school": ("schools", "boarding"),
}
WIDTH = max(map(len, FIELDS.values()))
PRESENT = "school__unit__parent__path"  # pages of today see a case under the bureau its school has now


def cases(viewer: User, root: Unit, *, at: datetime, subject: str = "") -> CaseRows:
    """Return the cases per reviewing unit's path: findings, incidents, vetoes of the year, schools; one query."""
    findings = Finding.objects.visible_to(viewer).filter(school__unit__path__startswith=root.path)
    incidents = Incident.objects.visible_to(viewer).counting().filter(school__unit__path__startswith=root.path)
    incidents = incidents.filter(UNSETTLED_INCIDENT | happened_lately(at))
    vetoes = Veto.objects.visible_to(viewer).filter(school__unit__path__startswith=root.path)
    schools = School.objects.visible_to(viewer).below(root)
    if subject:
        findings, incidents = findings.filter(place__kind=subject), incidents.filter(domain=subject)
        vetoes = vetoes.filter(incident__domain=subject)
    parts = [
        _part("finding", _live(findings, at), PRESENT, _finding_counts(at)),
        _part(
            "incident",
            incidents,
            PRESENT,
            _incident_counts(at),
        ),
        _part("veto", vetoes.filter(year=local_date(at).year), PRESENT, _veto_counts()),
        _part("school", schools.living(on=local_date(at)), "unit__parent__path", _school_counts()),
    ]
    found: CaseRows = defaultdict(Cases)
    for kind, path, *counts in parts[0].union(*parts[1:], all=True):
        found[path] = found[path].plus(Cases(**dict(zip(FIELDS[kind], counts, strict=False))))
    return dict(found)


def _part(kind: str, rows: QuerySet[Any], path: str, counts: dict[str, Count]) -> QuerySet[Any, Any]:
    named = {f"n{place}": count for place, count in enumerate(counts.values())}
    empty = {f"n{place}": Value(0, IntegerField()) for place in range(len(named), WIDTH)}
    columns = [f"n{place}" for place in range(WIDTH)]
    tagged = rows.order_by().annotate(kind_word=Value(kind), at_path=F(path)).values("kind_word", "at_path")
    counted: QuerySet[Any, Any] = tagged.annotate(**named, **empty).values_list("kind_word", "at_path", *columns)
    return counted


def due_days(today: date) -> tuple[date, date]:
    """Return the first and the last of the thirty whole days up to yesterday: what fell due on them is judged."""
    return today - MONTH, today - ONE_DAY


def _live(rows: QuerySet[Finding], at: datetime) -> QuerySet[Finding]:
    """Keep what is not settled or fell due of late, so that old years are never read."""
    first, _last = due_days(local_date(at))
    return rows.filter(~Q(state=State.CLOSED) | Q(due_at__gt=midnight(first))).exclude(outcome=Outcome.WITHDRAWN)


def _finding_counts(at: datetime) -> dict[str, Count]:
    late, due = overdue_by(at), fell_due(*due_days(local_date(at)))
    return {
        "overdue_critical": Count("pk", filter=late & Q(severity=Severity.CRITICAL)),
        "overdue": Count("pk", filter=late),
        "waiting": Count("pk", filter=Q(state=State.REMEDIED)),
        "due": Count("pk", filter=due),
        "in_time": Count("pk", filter=due & MENDED_IN_TIME),
    }


UNSETTLED_INCIDENT = ~Q(state=IncidentState.CLOSED)


STANDING_VETO, PROPOSED_VETO = Q(state__in=[VetoState.ACTIVE, VetoState.EXPIRED]), Q(state=VetoState.PROPOSED)


def happened_lately(at: datetime) -> Q:
    """Return the condition that an incident happened in the last thirty days."""
    return Q(happened_at__gte=midnight(local_date(at) - MONTH))


def _incident_counts(at: datetime) -> dict[str, Count]:
    return {
        "incidents": Count("pk", filter=UNSETTLED_INCIDENT),
        "new_incidents": Count("pk", filter=happened_lately(at)),
    }


def _veto_counts() -> dict[str, Count]:
    return {"vetoes": Count("pk", filter=STANDING_VETO), "proposed": Count("pk", filter=PROPOSED_VETO)}


def _school_counts() -> dict[str, Count]:
    return {"schools": Count("pk"), "boarding": Count("pk", filter=Q(is_boarding=True))}


def cases_of(rows: CaseRows, path: str, *, below: bool = True) -> Cases:
    """Return the cases of one unit, with those below it unless said otherwise."""
    total = Cases()
    for where, found in rows.items():
        if where.startswith(path) if below else where == path:
            total = total.plus(found)
    return total
