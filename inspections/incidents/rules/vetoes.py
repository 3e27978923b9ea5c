"""When a year is vetoed, why, by which window, and what several vetoes come to."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from inspections.incidents.rules.clocks import local_date, year_of
from inspections.incidents.rules.figures import IncidentFigures
from inspections.incidents.rules.words import (
    Grade,
    Reporting,
    Responsibility,
    Trigger,
    VetoState,
    YearVeto,
    at_least,
    blames,
    higher,
)


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is held of an incident in one year; the deaths are those inside the counting window."""

    grade_493: Grade = Grade.BELOW
    grade_food: Grade = Grade.BELOW
    deaths: int = 0
    food_cases: int = 0
    responsibility: Responsibility = Responsibility.PENDING
    in_scope: bool = True
    reportable: bool = False
    reporting: Reporting = Reporting.ON_TIME

    @property
    def grade(self) -> Grade:
        """The effective grade: the higher of the two ladders."""
        return higher(self.grade_493, self.grade_food)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a veto, from which day it counts and for how many months."""

    trigger: Trigger
    day: date
    months: int


def is_reportable(facts: IncidentFacts, figures: IncidentFigures) -> bool:
    """Tell whether an incident had to be reported: flagged, 一般 or more, a death, or enough food cases (§3.1)."""
    return (
        facts.reportable
        or at_least(facts.grade, Grade.GENERAL)
        or facts.deaths > 0
        or facts.food_cases >= figures.reportable_food_cases
    )


def incident_triggers(facts: IncidentFacts, figures: IncidentFigures) -> frozenset[Trigger]:
    """Return every trigger one incident pulls; out of scope pulls none, a pending finding only T5 and hold (§3.2)."""
    if not facts.in_scope:
        return frozenset()
    pulled = _by_finding(facts, figures)
    if facts.responsibility == Responsibility.PENDING and _holds(facts, figures):
        pulled.add(Trigger.HOLD)
    if facts.reporting in {Reporting.CONCEALED, Reporting.FALSE} and is_reportable(facts, figures):
        pulled.add(Trigger.T5)
    return frozenset(pulled)


def triggers(facts: Iterable[IncidentFacts], late_reports: int, figures: IncidentFigures) -> tuple[Trigger, ...]:
    """Return every trigger that holds in a year, each once, in the order T1 … T6, hold (§3.2, §7)."""
    pulled: set[Trigger] = set()
    for incident in facts:
        pulled |= incident_triggers(incident, figures)
    if late_reports >= figures.late_reports:
        pulled.add(Trigger.T6)
    return tuple(trigger for trigger in Trigger if trigger in pulled)


def veto_state(pulled: Iterable[Trigger]) -> YearVeto:
    """Return active if any T holds, else provisional on hold, else none (§7)."""
    reasons = set(pulled)
    if reasons - {Trigger.HOLD}:
        return YearVeto.ACTIVE
    return YearVeto.PROVISIONAL if reasons else YearVeto.NONE


def year_state(states: Iterable[VetoState]) -> YearVeto:
    """Return what the vetoes of one year come to: one that stands is enough, an expired one still stands (§3.3)."""
    standing = set(states)
    if standing & {VetoState.ACTIVE, VetoState.EXPIRED}:
        return YearVeto.ACTIVE
    if standing & {VetoState.PROVISIONAL, VetoState.PROPOSED}:
        return YearVeto.PROVISIONAL
    return YearVeto.NONE


def window_months(trigger: Trigger, grade: Grade, figures: IncidentFigures) -> int:
    """Return how long awards stay closed for one reason: 24 months for 较大 or more, T3, T5, else 12 (§3.4)."""
    grave = trigger in {Trigger.T3, Trigger.T5} or (trigger != Trigger.T6 and at_least(grade, Grade.LARGER))
    return figures.window_months_grave if grave else figures.window_months


def reasons(
    pulled: Iterable[Trigger],
    *,
    grade: Grade,
    incident: date,
    limit: date,
    figures: IncidentFigures,
) -> tuple[Reason, ...]:
    """Return the reasons of a veto with their days: the incident's, for T5 and T6 the day the limit ran out (§3.4)."""
    return tuple(
        Reason(
            trigger=trigger,
            day=limit if trigger in {Trigger.T5, Trigger.T6} else incident,
            months=window_months(trigger, grade, figures),
        )
        for trigger in Trigger
        if trigger in set(pulled) - {Trigger.HOLD}
    )


def free_from(day: date, months: int) -> date:
    """Return the same day that many months later, the month's last day if there is none such (§3.4)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def longest(held: Iterable[Reason]) -> date:
    """Return the first free day of the reason that lasts longest (§3.4)."""
    return max(free_from(reason.day, reason.months) for reason in held)


def window_open(state: VetoState, *, on: date, day: date, months: int, verified: bool) -> bool:
    """Tell whether a veto closes awards on a day: provisional does, lifted does not (§3.4, §5).

    An active one does until its months are over **and** rectification has been verified.
    """
    if on < day or state in {VetoState.LIFTED, VetoState.DISMISSED, VetoState.EXPIRED}:
        return False
    if state in {VetoState.PROVISIONAL, VetoState.PROPOSED}:
        return True
    return on < free_from(day, months) or not verified


def facts_of_year(
    facts: IncidentFacts, *, occurred_at: datetime, limit_at: datetime, year: int, figures: IncidentFigures
) -> IncidentFacts | None:
    """Return what of an incident belongs to a year: the event to its own, its report to the limit's (§3.3, E09)."""
    own, reporting = year_of(occurred_at) == year, year_of(limit_at) == year
    if own and reporting:
        return facts
    if own:
        return _with_reporting(facts, Reporting.ON_TIME)
    if not reporting:
        return None
    return IncidentFacts(
        responsibility=Responsibility.NONE,
        in_scope=facts.in_scope,
        reportable=is_reportable(facts, figures),
        reporting=facts.reporting,
    )


def sixth_trigger_day(limits: Iterable[datetime], figures: IncidentFigures) -> date | None:
    """Return the local day on which the year's third late limit ran out, or None if there are fewer (§3.4)."""
    moments = sorted(limits)
    return local_date(moments[figures.late_reports - 1]) if len(moments) >= figures.late_reports else None


def _by_finding(facts: IncidentFacts, figures: IncidentFigures) -> set[Trigger]:
    some = blames(facts.responsibility, Responsibility.MINOR)
    most = blames(facts.responsibility, Responsibility.EQUAL)
    tests = {
        Trigger.T1: most and at_least(facts.grade, Grade.GENERAL),
        Trigger.T2: some and at_least(facts.grade, Grade.LARGER),
        Trigger.T3: some and facts.deaths > 0,
        Trigger.T4: most and facts.food_cases >= figures.trigger_food_cases,
    }
    return {trigger for trigger, held in tests.items() if held}


def _holds(facts: IncidentFacts, figures: IncidentFigures) -> bool:
    return at_least(facts.grade, Grade.GENERAL) or facts.deaths > 0 or facts.food_cases >= figures.hold_food_cases


def _with_reporting(facts: IncidentFacts, reporting: Reporting) -> IncidentFacts:
    return IncidentFacts(
        grade_493=facts.grade_493,
        grade_food=facts.grade_food,
        deaths=facts.deaths,
        food_cases=facts.food_cases,
        responsibility=facts.responsibility,
        in_scope=facts.in_scope,
        reportable=facts.reportable,
        reporting=reporting,
    )
