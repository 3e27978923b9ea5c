"""What is held of incidents, and what they mean for a school's year; the veto is derived wherever it is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from inspections.incidents.models import GradeDecision, Incident, ReportAct, ResponsibilityFinding, Veto
from inspections.incidents.rules import clocks, grades, vetoes
from inspections.incidents.rules.figures import IncidentFigures
from inspections.incidents.rules.words import (
    DecisionState,
    Grade,
    IncidentState,
    Reporting,
    Responsibility,
    Trigger,
    VetoState,
    YearVeto,
)

FIGURES = IncidentFigures()


@dataclass(frozen=True)
class Standing:
    """What vetoes and open cases mean for one school in one year."""

    state: YearVeto = YearVeto.NONE
    triggers: tuple[Trigger, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    incidents: tuple[Incident, ...] = field(default=())


NOTHING = Standing()


def casualties_of(incident: Incident) -> grades.Casualties:
    """Return the figures of an incident's present version."""
    return grades.Casualties(
        deaths=incident.deaths,
        gravely_hurt=incident.gravely_hurt,
        loss_fen=incident.loss_fen,
        food_cases=incident.food_cases,
    )


def decided_grade(incident: Incident) -> GradeDecision | None:
    """Return the grade that stands, if one was decided."""
    return next((row for row in incident.grades.all() if row.state == DecisionState.DECIDED), None)


def decided_responsibility(incident: Incident) -> ResponsibilityFinding | None:
    """Return the responsibility that stands, if one was decided."""
    return next((row for row in incident.responsibilities.all() if row.state == DecisionState.DECIDED), None)


def report_act(incident: Incident) -> ReportAct | None:
    """Return the report act that stands: late, concealed or false."""
    return next((row for row in incident.report_acts.all() if row.dropped_at is None), None)


def facts_of(incident: Incident, figures: IncidentFigures = FIGURES) -> vetoes.IncidentFacts:
    """Return what the veto rules are asked with: decided where decided, else computed from the present version."""
    grade, finding, act = decided_grade(incident), decided_responsibility(incident), report_act(incident)
    held = casualties_of(incident)
    return vetoes.IncidentFacts(
        grade_493=Grade(grade.grade) if grade else grades.ladder_a(held, figures),
        grade_food=Grade(grade.grade_food) if grade else grades.ladder_b(held, figures),
        deaths=incident.deaths,
        food_cases=incident.food_cases,
        responsibility=Responsibility(finding.degree) if finding else Responsibility.PENDING,
        in_scope=incident.in_scope,
        reportable=incident.reportable,
        reporting=Reporting(act.kind) if act else Reporting.ON_TIME,
    )


def with_decisions() -> list[Prefetch[Any, Any, Any]]:
    """Return the prefetches that `facts_of` reads from."""
    return [
        Prefetch("grades", GradeDecision.objects.filter(state=DecisionState.DECIDED)),
        Prefetch("responsibilities", ResponsibilityFinding.objects.filter(state=DecisionState.DECIDED)),
        Prefetch("report_acts", ReportAct.objects.filter(dropped_at__isnull=True)),
    ]


def limit_of(incident: Incident, figures: IncidentFigures = FIGURES) -> datetime:
    """Return when the school's limit for reporting ran out."""
    return clocks.limit_ran_out_at(incident.discovered_at, figures)


def late_reports(incidents: Iterable[Incident], year: int) -> list[Incident]:
    """Return the incidents reported late whose limit ran out in `year`, earliest first."""
    late = [
        incident
        for incident in incidents
        if (act := report_act(incident)) and act.kind == Reporting.LATE and clocks.year_of(act.limit_at) == year
    ]
    return sorted(late, key=lambda incident: (limit_of(incident), incident.pk))


def standings(schools: Sequence[int], year: int, figures: IncidentFigures = FIGURES) -> dict[int, Standing]:
    """Return what each school's year looks like under the veto; schools left out have nothing against them.

    A confirmed veto counts until it is lifted. Besides, an incident that by its facts would be vetoed, or whose
    responsibility is still open, withholds the result. Six queries, whatever the number of schools.
    """
    rows: dict[int, list[Veto]] = defaultdict(list)
    for veto in Veto.objects.filter(school__in=schools, year=year).order_by("pk"):
        rows[veto.school_id].append(veto)
    cases: dict[int, list[Incident]] = defaultdict(list)
    near = Incident.objects.counting().filter(
        school__in=schools, happened_at__year__gte=year - 1, happened_at__year__lte=year + 1
    )
    for incident in near.prefetch_related(*with_decisions()).order_by("pk"):
        cases[incident.school_id].append(incident)
    return {school: _standing(rows.get(school, []), cases.get(school, []), year, figures) for school in {*rows, *cases}}


def vetoed_schools(year: int) -> set[int]:
    """Return the schools whose veto of `year` stands now."""
    return set(Veto.objects.standing().filter(year=year).values_list("school", flat=True))


def _standing(rows: list[Veto], cases: list[Incident], year: int, figures: IncidentFigures) -> Standing:
    states = [VetoState(veto.state) for veto in rows]
    settled = {(veto.incident_id, trigger) for veto in rows if _settles(veto) for trigger in veto.triggers}
    pulled = _pulled(cases, year, figures)
    open_ones = {trigger for incident, trigger in pulled if (incident, trigger.value) not in settled}
    if open_ones:
        states.append(VetoState.PROVISIONAL)
    held = {
        Trigger(code) for veto in rows if veto.state in {VetoState.ACTIVE, VetoState.EXPIRED} for code in veto.triggers
    }
    named = held | ({Trigger.HOLD} if open_ones else set())
    return Standing(
        state=vetoes.year_state(states),
        triggers=tuple(trigger for trigger in Trigger if trigger in named),
        vetoes=tuple(rows),
        incidents=tuple(cases),
    )


def _settles(veto: Veto) -> bool:
    return veto.state in {VetoState.ACTIVE, VetoState.EXPIRED, VetoState.LIFTED, VetoState.DISMISSED}


def _pulled(cases: list[Incident], year: int, figures: IncidentFigures) -> list[tuple[int, Trigger]]:
    found = []
    for incident in cases:
        facts = vetoes.facts_of_year(
            facts_of(incident, figures),
            occurred_at=incident.happened_at,
            limit_at=limit_of(incident, figures),
            year=year,
            figures=figures,
        )
        if facts is not None and incident.state != IncidentState.STRUCK:
            found += [(incident.pk, trigger) for trigger in vetoes.incident_triggers(facts, figures)]
    late = late_reports(cases, year)
    if len(late) >= figures.late_reports:
        found.append((late[figures.late_reports - 1].pk, Trigger.T6))
    return found
