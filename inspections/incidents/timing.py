"""The clocks of an incident as a page shows them: until when, done when, and how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.incidents import levels, selectors
from inspections.incidents.models import Incident
from inspections.incidents.rules import clocks, vetoes
from inspections.incidents.rules.words import IncidentState
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import local_date
from logistics_portal.records.selectors import book

MINUTES_OF_AN_HOUR, HOURS_OF_A_DAY = 60, 24


@dataclass(frozen=True)
class Terms:
    """Terms of the reports after the first, and how long before a limit one is warned (rights §5)."""

    final: timedelta = timedelta(days=7)
    warning: timedelta = timedelta(minutes=30)


TERMS = Terms()
A_MINUTE = timedelta(minutes=1)


def terms_on(day: date) -> Terms:
    """Return the terms in force on a day."""
    held = book()
    return Terms(
        final=timedelta(days=held.number("INCIDENT_FINAL_DAYS", day, TERMS.final.days)),
        warning=A_MINUTE * held.number("INCIDENT_WARNING_MINUTES", day, TERMS.warning // A_MINUTE),
    )


@dataclass(frozen=True)
class Clock:
    """One clock: what is due from whom, until when, and when it was done."""

    key: str
    label: str
    due_at: datetime
    done_at: datetime | None = None
    unit: Unit | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the limit ran out before it was done, or before now."""
        return (self.done_at or now) > self.due_at

    def tone(self, now: datetime) -> str:
        """Return the tone of its badge."""
        if self.done_at is not None:
            return "warn" if self.done_at > self.due_at else "good"
        if now > self.due_at:
            return "bad"
        return "warn" if self.is_near(now) else "info"

    def is_near(self, now: datetime) -> bool:
        """Tell whether the limit runs out so soon that one is warned."""
        return self.due_at - now <= terms_on(local_date(now)).warning

    def words(self, now: datetime) -> str:
        """Return in words how it stands: done in time, done late, what is left, or by how much it is over."""
        if self.done_at is not None:
            if self.done_at <= self.due_at:
                return _("按时办理")
            return _("超时 %(span)s") % {"span": span(self.done_at - self.due_at)}
        if now > self.due_at:
            return _("已超 %(span)s，请立即办理") % {"span": span(now - self.due_at)}
        return _("还剩 %(span)s") % {"span": span(self.due_at - now)}


def span(length: timedelta) -> str:
    """Return a span in its largest two units: 3 天 4 小时, 1 小时 20 分."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // MINUTES_OF_AN_HOUR, minutes // (MINUTES_OF_AN_HOUR * HOURS_OF_A_DAY)
    parts = [
        ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days} if days else "",
        _("%(n)s 小时") % {"n": hours % HOURS_OF_A_DAY} if hours % HOURS_OF_A_DAY else "",
        _("%(n)s 分") % {"n": minutes % MINUTES_OF_AN_HOUR} if not days else "",
    ]
    return " ".join([part for part in parts if part][:2])


def clocks_of(incident: Incident) -> list[Clock]:
    """Return the clocks of an incident in the order in which they run out; what need not be reported has none."""
    found = [
        Clock("report", _("学校报告初审单位"), selectors.limit_of(incident), incident.reported_at, incident.school.unit)
    ]
    found += [*_health(incident), *pass_on_clocks(incident)]
    finished = incident.finished_at
    if finished is not None or incident.state != IncidentState.STRUCK:
        due = incident.reported_at + terms_on(local_date(incident.reported_at)).final
        found.append(Clock("final", _("终报"), due, finished, incident.school.unit))
    return found


def must_be_passed_on(incident: Incident) -> bool:
    """Tell whether bureaus have to pass a report on: it is reportable and still on the books."""
    return incident.state != IncidentState.STRUCK and vetoes.is_reportable(
        selectors.facts_of(incident), selectors.FIGURES
    )


def pass_on_clocks(incident: Incident) -> list[Clock]:
    """Return the clock of each hop F → C → P; the next begins when the report came in there."""
    if not must_be_passed_on(incident):
        return []
    line = levels.line_of(incident)
    received: datetime | None = incident.reported_at
    found = []
    for place, unit in enumerate(line[:-1]):
        last = place == len(line) - 2
        done = incident.passed_to_province_at if last else incident.passed_to_city_at
        if received is None:
            break
        label = _("%(from)s上报%(to)s") % {"from": unit.name, "to": line[place + 1].name}
        due = clocks.pass_on_limit(received, selectors.figures_on(local_date(received)))
        found.append(Clock(f"pass-{unit.pk}", label, due, done, unit))
        received = done
    return found


def concealment_open(incident: Incident) -> bool:
    """Tell whether a higher bureau has to decide on concealment: found by others, or unreported for over a day."""
    if incident.state == IncidentState.STRUCK or not incident.in_scope:
        return False
    act = selectors.report_act(incident)
    if act is not None and act.decided_by_id is not None:
        return False
    figures = selectors.figures_on(local_date(incident.discovered_at))
    long = clocks.concealment_due(
        incident.discovered_at, incident.reported_at, now=incident.reported_at, figures=figures
    )
    suspected = long or not incident.reported_by_school
    return suspected and vetoes.is_reportable(selectors.facts_of(incident), selectors.FIGURES)


def finding_missing(incident: Incident, now: datetime) -> bool:
    """Tell whether responsibility is still open so long after the incident that the province asks (rights §3)."""
    if not incident.in_scope or selectors.decided_responsibility(incident) is not None:
        return False
    happened, today = local_date(incident.happened_at), local_date(now)
    return clocks.finding_overdue(happened, today=today, figures=selectors.figures_on(happened))


def _health(incident: Incident) -> list[Clock]:
    if not (incident.kind in {Incident.Kind.FOOD, Incident.Kind.WATER} or incident.food_cases):
        return []
    figures = selectors.figures_on(local_date(incident.discovered_at))
    due = clocks.food_limit_ran_out_at(incident.discovered_at, figures)
    return [Clock("health", _("通报市场监管、卫生健康部门"), due, incident.told_health_at, incident.school.unit)]
