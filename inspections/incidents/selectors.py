"""What is held of incidents, and what they mean for a school's year; the veto is derived wherever it is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q

from inspections.incidents.models import GradeDecision, Incident, ReportAct, ResponsibilityFinding, Veto
from inspections.incidents.models.incidents import IncidentQuerySet
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
    gravity,
    higher,
)
from logistics_portal.kit.dates import local_date, midnight
from logistics_portal.records.models import Counter
from logistics_portal.records.selectors import book, figures_read_once

FIGURES = IncidentFigures()
CLOCKS = {
    "report_minutes": "INCIDENT_REPORT_MINUTES",
    "food_report_minutes": "INCIDENT_FOOD_REPORT_MINUTES",
    "pass_on_minutes": "INCIDENT_PASS_ON_MINUTES",
    "casualty_days": "INCIDENT_CASUALTY_DAYS",
    "casualty_days_fire": "INCIDENT_CASUALTY_FIRE_DAYS",
    "finding_days": "INCIDENT_FINDING_DAYS",
    "propose_working_days": "VETO_PROPOSE_DAYS",
    "confirm_working_days": "VETO_CONFIRM_DAYS",
    "appeal_working_days": "VETO_APPEAL_DAYS",
    "admission_working_days": "VETO_ADMISSION_DAYS",
    "decision_working_days": "VETO_DECISION_DAYS",
}
CONCEALMENT, MINUTES_OF_AN_HOUR = "INCIDENT_CONCEALMENT_HOURS", 60
A_DAY = timedelta(days=1)
FIRE_OR_ROAD = frozenset({Incident.Kind.FIRE, Incident.Kind.TRAFFIC})


@dataclass(frozen=True)
class Standing:
    """What vetoes and open cases mean for one school in one year."""

    state: YearVeto = YearVeto.NONE
    triggers: tuple[Trigger, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    incidents: tuple[Incident, ...] = field(default=())


NOTHING = Standing()


def figures_on(day: date, figures: IncidentFigures = FIGURES) -> IncidentFigures:
    """Return the figures with the clocks in force on a day; ladders, triggers and windows are those of the scheme."""
    held = book()
    hours = held.number(CONCEALMENT, day, figures.concealment_minutes // MINUTES_OF_AN_HOUR)
    found: dict[str, Any] = {name: held.number(code, day, getattr(figures, name)) for name, code in CLOCKS.items()}
    return replace(figures, concealment_minutes=hours * MINUTES_OF_AN_HOUR, **found)


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


def ladders(incident: Incident, figures: IncidentFigures = FIGURES) -> tuple[Grade, Grade]:
    """Return the grades by both ladders; a decided grade takes their place until graver figures come in."""
    held = casualties_of(incident)
    computed = grades.ladder_a(held, figures), grades.ladder_b(held, figures)
    decided = decided_grade(incident)
    if decided is None or outgrown(incident, decided, figures):
        return computed
    return Grade(decided.grade), Grade.BELOW


def outgrown(incident: Incident, decided: GradeDecision, figures: IncidentFigures = FIGURES) -> bool:
    """Tell whether the present figures are graver than those a grade was decided on, and than that grade."""
    now = grades.effective_grade(casualties_of(incident), figures)
    then = higher(Grade(decided.grade_493), Grade(decided.grade_food))
    return gravity(now) > gravity(then) and gravity(now) > gravity(Grade(decided.grade))


def facts_of(incident: Incident, figures: IncidentFigures = FIGURES) -> vetoes.IncidentFacts:
    """Return what the veto rules are asked with: decided where decided, else computed from the present version."""
    finding, act = decided_responsibility(incident), report_act(incident)
    first, second = ladders(incident, figures)
    return vetoes.IncidentFacts(
        grade_493=first,
        grade_food=second,
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
    return clocks.limit_ran_out_at(incident.discovered_at, figures_on(local_date(incident.discovered_at), figures))


def late_reports(incidents: Iterable[Incident], year: int) -> list[Incident]:
    """Return the incidents reported late whose limit ran out in `year`, earliest first."""
    late = [
        incident
        for incident in incidents
        if incident.in_scope
        and (act := report_act(incident))
        and act.kind == Reporting.LATE
        and clocks.year_of(act.limit_at) == year
    ]
    return sorted(late, key=lambda incident: (incident.discovered_at, incident.pk))


@figures_read_once()
def standings(schools: Sequence[int], year: int, figures: IncidentFigures = FIGURES) -> dict[int, Standing]:
    """Return what each school's year looks like under the veto; schools left out have nothing against them.

    A confirmed veto counts until it is lifted. Besides, an incident that by its facts would be vetoed, or whose
    responsibility is still open, withholds the result. Five queries, whatever the number of schools.
    """
    rows: dict[int, list[Veto]] = defaultdict(list)
    for veto in Veto.objects.filter(school__in=schools, year=year).order_by("pk"):
        rows[veto.school_id].append(veto)
    cases: dict[int, list[Incident]] = defaultdict(list)
    for incident in touching(year).filter(school__in=schools).prefetch_related(*with_decisions()).order_by("pk"):
        cases[incident.school_id].append(incident)
    return {school: _standing(rows.get(school, []), cases.get(school, []), year, figures) for school in {*rows, *cases}}


def touching(year: int) -> IncidentQuerySet:
    """Return the incidents that may count in a year: they happened, or were found out, in it or just before."""
    first, last = midnight(date(year, 1, 1)) - A_DAY, midnight(date(year + 1, 1, 1)) + A_DAY
    return Incident.objects.counting().filter(
        Q(happened_at__gte=first, happened_at__lt=last) | Q(discovered_at__gte=first, discovered_at__lt=last)
    )


def vetoed_schools(year: int) -> set[int]:
    """Return the schools whose veto of `year` stands now."""
    return set(Veto.objects.standing().filter(year=year).values_list("school", flat=True))


def _standing(rows: list[Veto], cases: list[Incident], year: int, figures: IncidentFigures) -> Standing:
    states = [VetoState(veto.state) for veto in rows]
    by_id = {incident.pk: incident for incident in cases}
    settled = {
        (veto.incident_id, trigger)
        for veto in rows
        if settles(veto, by_id.get(veto.incident_id))
        for trigger in veto.triggers
    }
    pulled = _pulled(cases, year, figures)
    open_ones = {trigger for incident, trigger in pulled if (incident, trigger.value) not in settled}
    if open_ones:
        states.append(VetoState.PROVISIONAL)
    waiting = bool(open_ones) or VetoState.PROPOSED in states
    held = {
        Trigger(code) for veto in rows if veto.state in {VetoState.ACTIVE, VetoState.EXPIRED} for code in veto.triggers
    }
    named = held | ({Trigger.HOLD} if waiting else set())
    return Standing(
        state=vetoes.year_state(states),
        triggers=tuple(trigger for trigger in Trigger if trigger in named),
        vetoes=tuple(rows),
        incidents=tuple(cases),
    )


def settles(veto: Veto, incident: Incident | None) -> bool:
    """Tell whether a veto answers for its triggers: it stands, or it ended and nothing was decided since."""
    if veto.state in {VetoState.ACTIVE, VetoState.EXPIRED}:
        return True
    if veto.state not in {VetoState.LIFTED, VetoState.DISMISSED} or veto.ended_at is None:
        return False
    since = last_decision(incident) if incident is not None else None
    return since is None or since <= veto.ended_at


def last_decision(incident: Incident) -> datetime | None:
    """Return when the latest grade, responsibility or report act that stands was decided."""
    rows = (decided_grade(incident), decided_responsibility(incident), report_act(incident))
    return max((row.decided_at for row in rows if row is not None and row.decided_at is not None), default=None)


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


def reasons_of(incident: Incident, year: int, figures: IncidentFigures = FIGURES) -> tuple[vetoes.Reason, ...]:
    """Return every reason why an incident vetoes its school in `year`; none while responsibility is open (§3.2)."""
    limit = limit_of(incident, figures)
    held = facts_of(incident, figures)
    facts = vetoes.facts_of_year(held, occurred_at=incident.happened_at, limit_at=limit, year=year, figures=figures)
    pulled = set(vetoes.incident_triggers(facts, figures)) if facts else set()
    if is_last_straw(incident, year, figures):
        pulled.add(Trigger.T6)
    return vetoes.reasons(
        pulled,
        grade=held.grade,
        incident=clocks.local_date(incident.happened_at),
        limit=clocks.local_date(limit),
        figures=figures,
    )


def is_last_straw(incident: Incident, year: int, figures: IncidentFigures = FIGURES) -> bool:
    """Tell whether an incident is the late report that makes the year's number of them too many (T6)."""
    act = report_act(incident)
    if act is None or act.kind != Reporting.LATE or clocks.year_of(act.limit_at) != year:
        return False
    others = touching(year).filter(school_id=incident.school_id).prefetch_related(*with_decisions())
    late = late_reports(others, year)
    return len(late) >= figures.late_reports and late[figures.late_reports - 1].pk == incident.pk


def years_of(incident: Incident) -> list[int]:
    """Return the years an incident may veto: that in which it happened, that in which the limit ran out (§3.4)."""
    return sorted({clocks.year_of(incident.happened_at), clocks.year_of(limit_of(incident))})


def casualty_window_ends(incident: Incident, figures: IncidentFigures = FIGURES) -> date:
    """Return the last day on which a death still counts for an incident: 30 days, fire and road 7 (K40)."""
    happened = local_date(incident.happened_at)
    held = figures_on(happened, figures)
    days = held.casualty_days_fire if incident.kind in FIRE_OR_ROAD else held.casualty_days
    return happened + timedelta(days=days)


def number_gaps(year: int) -> list[int]:
    """Return the incident numbers of a year that are missing; struck ones are not, they stay on the books."""
    used = Incident.objects.filter(number__startswith=f"SG-{year}-").values_list("number", flat=True)
    taken = {int(number.rpartition("-")[2]) for number in used}
    given = Counter.objects.filter(name=number_series(year)).values_list("last", flat=True).first() or 0
    return sorted(set(range(1, max({given, *taken}) + 1)) - taken)


def number_series(year: int) -> str:
    """Return the name of the counter that numbers the incidents of a year."""
    return f"incident {year}"


def veto_word(incident: Incident) -> VetoState | None:
    """Return what an incident's vetoes come to: the gravest that stands, or that the case is still looked into."""
    rows = list(incident.vetoes.all())
    states = {VetoState(veto.state) for veto in rows}
    order = (VetoState.ACTIVE, VetoState.EXPIRED, VetoState.PROPOSED)
    standing = next((state for state in order if state in states), None)
    if standing is not None:
        return standing
    settled = {code for veto in rows if settles(veto, incident) for code in veto.triggers}
    held = incident.state != IncidentState.STRUCK
    if held and any(pull.value not in settled for pull in vetoes.incident_triggers(facts_of(incident), FIGURES)):
        return VetoState.PROVISIONAL
    return next((state for state in (VetoState.LIFTED, VetoState.DISMISSED) if state in states), None)
