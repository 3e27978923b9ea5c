"""How a change of an incident is kept: the row locked, a numbered version added, lateness judged anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import Incident, IncidentVersion, ReportAct
from inspections.incidents.rules import clocks, grades, vetoes
from inspections.incidents.rules.life import incident_after
from inspections.incidents.rules.words import Grade, Reporting, gravity
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records

HARM = ("deaths", "gravely_hurt", "hurt")
FIGURES = (*HARM, "food_cases", "loss_fen")
FLAGS = ("in_scope", "reportable")
DATES = ("happened_at", "discovered_at")
WHERE = ("school_id", "place_id", "kind", "domain")
MOMENTS = ("ended_at", "finished_at", "closed_at")
FIELDS = (*FIGURES, *FLAGS, "summary", *WHERE)
DIED_ON = "died_on"


@dataclass(frozen=True)
class Hand:
    """Who changes an incident, on which post, when, and who agreed to it."""

    by: User
    post: Post | None
    at: datetime
    approved_by: User | None = None


def locked(incident: Incident) -> Incident:
    """Return an incident with its row locked, its school and the bureaus above."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related(
        "school__unit", "place", "county__parent__parent"
    )
    return rows.get(pk=incident.pk)


def apply(incident: Incident, step: str, change: Mapping[str, object], version: tuple[str, str], hand: Hand) -> None:
    """Take a step and change facts, then keep the whole as the next version and judge lateness anew.

    The step `change` leaves the state as it is; `version` is the kind of report and its words.
    """
    before = facts(incident)
    if step != "change":
        incident.state = incident_after(step, incident.state)
    values = {name: value for name, value in change.items() if name != DIED_ON}
    if step == "resume":
        values |= dict.fromkeys(MOMENTS)
    unknown = set(values) - {*FIELDS, *DATES, *MOMENTS, "county_id"}
    if unknown:
        raise ValueError(f"no such facts: {sorted(unknown)}")
    for name, value in values.items():
        setattr(incident, name, datetime.fromisoformat(value) if name in DATES and isinstance(value, str) else value)
    if not incident.happened_at <= incident.discovered_at <= incident.reported_at:
        raise NotAllowed(_("发生时间应早于发现时间，发现时间不能晚于报告时间，请核对。"))
    incident.version += 1
    incident.save(update_fields=["state", "version", *values])
    keep_version(incident, version, hand)
    judge_lateness(incident)
    records.log(by=hand.by, verb=f"incident.{step}", on=incident, before=before, after=facts(incident), at=hand.at)


def keep_version(incident: Incident, version: tuple[str, str], hand: Hand) -> None:
    """Keep the facts as they are now as the next version."""
    kind, text = version
    IncidentVersion.objects.create(
        incident=incident,
        number=incident.version,
        kind=kind,
        facts=facts(incident),
        softens=hand.approved_by is not None,
        text=text,
        at=hand.at,
        by=hand.by,
        post=hand.post,
        approved_by=hand.approved_by,
    )


def facts(incident: Incident) -> dict[str, object]:
    """Return the facts of an incident as a version keeps them."""
    named = {name: getattr(incident, name) for name in (*FIELDS, *DATES, "state")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in named.items()}


def softens(incident: Incident, change: Mapping[str, object]) -> bool:
    """Tell whether a change makes an incident lighter, or moves it to another day, place or school (rights §2).

    Somebody gravely hurt who dies is no softening, as long as the grade does not sink by it.
    """
    if any(change.get(name, True) is False and getattr(incident, name) for name in FLAGS):
        return True
    if any(getattr(incident, name) not in {None, change[name]} for name in (*DATES, *WHERE) if name in change):
        return True
    held = {name: int(getattr(incident, name)) for name in FIGURES}
    new = {name: int(str(change.get(name, held[name]))) for name in FIGURES}
    if any(new[name] < held[name] for name in ("food_cases", "loss_fen")):
        return True
    if any(_worst(new, depth) < _worst(held, depth) for depth in range(1, len(HARM) + 1)):
        return True
    return gravity(_grade(new)) < gravity(_grade(held))


def refuse_softening(incident: Incident, change: Mapping[str, object]) -> None:
    """Refuse a change that would soften; that takes a proposal and a decision one level above."""
    if softens(incident, change):
        raise NotAllowed(_("这项更正会减轻事故，须走“降低性变更”：说明理由、附文号，报上一级批准后才能生效。"))


def refuse_late_death(incident: Incident, change: Mapping[str, object], on: date) -> None:
    """Refuse to count a death after the counting window: 30 days, fire and road 7 (K40)."""
    if int(str(change.get("deaths", 0))) <= incident.deaths:
        return
    died = change.get(DIED_ON) or on
    counts = isinstance(died, date) and grades.counts_death(
        incident=local_date(incident.happened_at),
        died=died,
        fire_or_road=incident.kind in selectors.FIRE_OR_ROAD,
        figures=selectors.figures_on(local_date(incident.happened_at)),
    )
    if not counts:
        last = selectors.casualty_window_ends(incident).isoformat()
        raise NotAllowed(
            _("死亡日期不在统计期内（截至 %(last)s），不计入本起事故；请只在文字说明中写明。") % {"last": last}
        )


def judge_lateness(incident: Incident) -> None:
    """Let the clock write a late report, never anything graver; what was decided or dropped it leaves (§3.2)."""
    if not incident.in_scope or not incident.reported_by_school or incident.report_acts.exists():
        return
    limit = missed_limit(incident)
    if limit is not None and vetoes.is_reportable(selectors.facts_of(incident), selectors.FIGURES):
        ReportAct.objects.create(
            incident=incident, kind=Reporting.LATE, limit_at=limit, decided_at=incident.reported_at
        )


def missed_limit(incident: Incident) -> datetime | None:
    """Return the limit that the school's own report missed: 1 h to its bureau; food also 2 h to the health office."""
    limit = selectors.limit_of(incident)
    if clocks.is_late(limit, incident.reported_at, now=incident.reported_at):
        return limit
    figures = selectors.figures_on(local_date(incident.discovered_at))
    food, told = clocks.food_limit_ran_out_at(incident.discovered_at, figures), incident.told_health_at
    return food if needs_health(incident) and told is not None and told > food else None


def needs_health(incident: Incident) -> bool:
    """Tell whether market regulation and health have to be told as well (K41, K42)."""
    return bool(incident.kind in {Incident.Kind.FOOD, Incident.Kind.WATER} or incident.food_cases)


def _worst(figures: Mapping[str, int], depth: int) -> int:
    return sum(figures[name] for name in HARM[:depth])


def _grade(figures: Mapping[str, int]) -> Grade:
    held = {name: figures[name] for name in ("deaths", "gravely_hurt", "loss_fen", "food_cases")}
    return grades.effective_grade(grades.Casualties(**held), selectors.FIGURES)
