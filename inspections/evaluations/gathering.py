"""What a school's year is computed from, counted from the rows as they stand, set by set and never by school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from inspections.evaluations.rules.inputs import IssueCount, ManagementInputs, PartInputs, SchoolInputs
from inspections.findings import rules as findings
from inspections.findings.models import Finding
from inspections.incidents import selectors as incidents
from inspections.incidents.models import Incident
from inspections.incidents.rules import vetoes
from inspections.incidents.rules.figures import IncidentFigures
from inspections.tallies.models import SchoolMonth
from logistics_portal.kit.dates import midnight
from logistics_portal.records.selectors import figures_read_once
from schools.register.models import Place, School
from schools.terms.selectors import calendar_for

Subjects = dict[tuple[int, str], dict[str, int]]
Issues = dict[tuple[int, str], dict[str, IssueCount]]


@dataclass(frozen=True)
class Year:
    """A calendar year of evaluation as known at a moment."""

    year: int
    at: datetime

    @property
    def first(self) -> date:
        """Return 1 January."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """Return 31 December."""
        return date(self.year, 12, 31)

    @property
    def until(self) -> datetime:
        """Return the moment up to which deadlines count: the year's end, or now before it."""
        return min(self.at, midnight(date(self.year + 1, 1, 1)))


@figures_read_once()
def gather(schools: Sequence[School], year: Year, figures: IncidentFigures) -> dict[int, SchoolInputs]:
    """Return each school's inputs by its id; about fifteen queries, whatever the number of schools (rights §4).

    Registers that are not built yet leave their rates not applicable, so the result is a trial (试行).
    """
    ids = [school.pk for school in schools]
    slots, issues = _slots(ids, year), _issues(ids, year)
    applies = _parts(ids, year)
    days = _school_days(schools, year)
    critical = set(overdue_critical(ids, year).values_list("school", flat=True))
    cases = _incidents(ids, year, figures)
    return {
        school: SchoolInputs(
            canteen=_part(slots, issues, applies, (school, "canteen")),
            dormitory=_part(slots, issues, applies, (school, "dormitory")),
            campus=_part(slots, issues, applies, (school, "campus")),
            management=ManagementInputs(),
            school_days=days[school],
            open_critical=school in critical,
            late_reports=cases[school][0],
            incidents=cases[school][1],
        )
        for school in ids
    }


def _part(slots: Subjects, issues: Issues, applies: set[tuple[int, str]], key: tuple[int, str]) -> PartInputs | None:
    if key not in applies:
        return None
    return PartInputs(**slots.get(key, {}), **issues.get(key, {}))  # type: ignore[arg-type]


def _slots(ids: Sequence[int], year: Year) -> Subjects:
    rows = (
        SchoolMonth.objects.filter(school__in=ids, month__range=(year.first, year.last))
        .values("school", "subject")
        .annotate(in_all=Sum("required"), freed=Sum("exempt"), in_time=Sum("timely"), after=Sum("late"))
    )
    return {
        (row["school"], row["subject"]): {
            "required": row["in_all"],
            "exempt": row["freed"],
            "timely": row["in_time"],
            "late": row["after"],
        }
        for row in rows
    }


def _parts(ids: Sequence[int], year: Year) -> set[tuple[int, str]]:
    living = Place.objects.filter(
        Q(until_date__isnull=True) | Q(until_date__gte=year.first), checked_from__lte=year.last
    )
    return set(living.filter(school__in=ids).values_list("school", "kind").distinct())


def due_findings(ids: Sequence[int], year: Year) -> QuerySet[Finding]:
    """Return the findings whose deadline in force fell within the year up to now, but withdrawn or tolerated ones.

    A toleration moves the deadline in force to its last day: the finding leaves the rate meanwhile, and counts again
    once that day has passed.
    """
    return (
        Finding.objects.filter(school__in=ids, due_at__gt=midnight(year.first), due_at__lte=year.until)
        .exclude(outcome=findings.Outcome.WITHDRAWN, closed_at__lte=year.at)
        .select_related("place")
        .order_by("pk")
    )


def how_it_counts(finding: Finding, *, at: datetime) -> findings.Rectified:
    """Return whether a finding counts as mended on time, half, or failed, as known at a moment (evaluation §2)."""
    fixed = finding.remedied_at if finding.state != findings.State.OPEN else None
    if fixed is not None and fixed > at:
        fixed = None
    timing = findings.Timing(
        severity=findings.Severity(finding.severity),
        recorded_at=finding.found_at,
        first_due_at=finding.first_due_at,
        due_at=finding.due_at,
        extensions=finding.extensions,
        tolerated_until=finding.tolerated_until,
        late_before=finding.late_before,
    )
    return findings.rectified(timing, fixed)


def _issues(ids: Sequence[int], year: Year) -> Issues:
    counted: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    place = {findings.Rectified.ON_TIME: 0, findings.Rectified.HALF: 1, findings.Rectified.FAILED: 2}
    for finding in due_findings(ids, year):
        counted[finding.school_id, finding.place.kind][finding.severity][place[how_it_counts(finding, at=year.at)]] += 1
    return {
        key: {severity: IssueCount(*numbers) for severity, numbers in by_severity.items()}
        for key, by_severity in counted.items()
    }


def overdue_critical(ids: Sequence[int], year: Year) -> QuerySet[Finding]:
    """Return the critical findings that are past due and still open."""
    late = Finding.objects.filter(school__in=ids, severity=findings.Severity.CRITICAL, state=findings.State.OPEN)
    return late.filter(due_at__lt=year.until)


def _school_days(schools: Sequence[School], year: Year) -> dict[int, int]:
    known: dict[int, int] = {}
    found = {}
    for school, calendar in calendar_for(schools, year.first, year.last).items():
        if id(calendar) not in known:
            known[id(calendar)] = calendar.totals(year.first, year.last).operating
        found[school] = known[id(calendar)]
    return found


def _incidents(
    ids: Sequence[int], year: Year, figures: IncidentFigures
) -> Mapping[int, tuple[int, tuple[vetoes.IncidentFacts, ...]]]:
    rows = incidents.touching(year.year).filter(school__in=ids)
    by_school: dict[int, list[Incident]] = defaultdict(list)
    for incident in rows.prefetch_related(*incidents.with_decisions()).order_by("pk"):
        by_school[incident.school_id].append(incident)
    found: dict[int, tuple[int, tuple[vetoes.IncidentFacts, ...]]] = defaultdict(lambda: (0, ()))
    for school, cases in by_school.items():
        facts = (
            vetoes.facts_of_year(
                incidents.facts_of(case, figures),
                occurred_at=case.happened_at,
                limit_at=incidents.limit_of(case, figures),
                year=year.year,
                figures=figures,
            )
            for case in cases
        )
        late = len(incidents.late_reports(cases, year.year))
        found[school] = (late, tuple(fact for fact in facts if fact is not None))
    return found
