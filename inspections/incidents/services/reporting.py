"""Reporting an incident, passing it on, and carrying it to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.models import Incident, IncidentVersion
from inspections.incidents.rules.words import IncidentState
from inspections.incidents.services import keeping, refreshing, telling
from inspections.incidents.services.keeping import Hand, locked
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.selectors import unit_at
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from schools.register.models import Place, School

OVER = {IncidentState.ENDED, IncidentState.FINAL, IncidentState.CLOSED, IncidentState.STRUCK}


@dataclass(frozen=True)
class Casualty:
    """Figures of harm; money in fen. Never names."""

    deaths: int = 0
    gravely_hurt: int = 0
    hurt: int = 0
    food_cases: int = 0
    loss_fen: int = 0


@dataclass(frozen=True)
class First:
    """What a first report says; whether it lies outside logistics is decided later, by others."""

    school: School
    kind: str
    domain: str
    happened_at: datetime
    discovered_at: datetime
    summary: str
    casualty: Casualty
    place: Place | None = None
    reportable: bool = False
    client_id: UUID | None = None


@transaction.atomic
def report(*, first: First, by: User, post: Post, at: datetime) -> Incident:
    """Put an incident on the books at once: its number has no gaps, F, C and the province see it from now on.

    The clock alone decides whether the school reported late: more than the limit after it found out (K40, K43).
    A report sent twice under one id is one report.
    """
    sent = Incident.objects.filter(client_id=first.client_id).first() if first.client_id else None
    if sent is not None:
        return sent
    if not first.happened_at <= first.discovered_at <= at:
        raise NotAllowed(_("发生时间应早于发现时间，发现时间不能晚于现在，请核对。"))
    year = local_date(at).year
    incident = Incident.objects.create(
        number=f"SG-{year}-{records.take_number(selectors.number_series(year))}",
        client_id=first.client_id,
        school=first.school,
        county=_reviewer_of_the_day(first.school, first.happened_at),
        place=first.place,
        kind=first.kind,
        domain=first.domain,
        happened_at=first.happened_at,
        discovered_at=first.discovered_at,
        reported_at=at,
        reported_by=by,
        reported_by_school=post.unit_id == first.school.unit_id,
        summary=first.summary,
        reportable=first.reportable or first.kind == Incident.Kind.MISSING,
        **asdict(first.casualty),
    )
    keeping.keep_version(incident, (IncidentVersion.Kind.FIRST, first.summary), Hand(by, post, at))
    keeping.judge_lateness(incident)
    records.log(by=by, verb="incident.report", on=incident, after=keeping.facts(incident), post=post, at=at)
    title = said(gettext_noop("事故初报：%(name)s"), {"name": telling.name_of(incident)})
    telling.tell_line(incident=incident, event="report", title=title, text=first.summary[:200], at=at)
    units = [first.school.unit]
    telling.tell_unit(incident=incident, units=units, roles=telling.HEADS, event="report", title=title, at=at)
    return incident


@transaction.atomic
def follow_up(
    *, incident: Incident, change: Mapping[str, object], text: str, by: User, post: Post, at: datetime
) -> Incident:
    """Add a follow-up report; figures may rise here, what would soften them needs `propose_softening`.

    New facts after the end take the case up again. `died_on` in `change` is the day of a death that was added.
    """
    incident = locked(incident)
    keeping.refuse_softening(incident, change)
    keeping.refuse_late_death(incident, change, local_date(at))
    step = "resume" if incident.state in OVER else "follow_up"
    keeping.apply(incident, step, change, (IncidentVersion.Kind.FOLLOW_UP, text), Hand(by, post, at))
    refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    title = said(gettext_noop("事故续报：%(name)s"), {"name": telling.name_of(incident)})
    telling.tell_line(incident=incident, event=f"version-{incident.version}", title=title, text=text[:200], at=at)
    return incident


@transaction.atomic
def pass_on(*, incident: Incident, by: User, post: Post, at: datetime) -> Incident:
    """Record that a bureau passed the report on: F to C, then C to the province; each moment once."""
    incident = locked(incident)
    field = hop_of(incident, post.unit)
    if field is None:
        raise NotAllowed(_("只有初审单位和上一级单位可以上报，省级不再上报。"))
    if getattr(incident, field):
        raise NotAllowed(_("这起事故已经上报过，不用再报。"))
    setattr(incident, field, at)
    incident.save(update_fields=[field])
    records.log(by=by, verb="incident.pass_on", on=incident, after={field: at}, post=post, at=at)
    return incident


def hop_of(incident: Incident, unit: Unit) -> str | None:
    """Return the field that says when this bureau passed the report on, or nothing where it has nobody above."""
    line = levels.line_of(incident)
    place = next((place for place, bureau in enumerate(line) if bureau.pk == unit.pk), len(line))
    if place >= len(line) - 1:
        return None
    return "passed_to_province_at" if place == len(line) - 2 else "passed_to_city_at"


@transaction.atomic
def tell_health(*, incident: Incident, told_at: datetime, by: User, post: Post, at: datetime) -> Incident:
    """Record when market regulation and health were told of a food incident; after 2 h that is late too (K41, K42)."""
    incident = locked(incident)
    if incident.told_health_at is not None:
        raise NotAllowed(_("通报时间已经登记，不能重复登记。"))
    if not incident.discovered_at <= told_at <= at:
        raise NotAllowed(_("通报时间应在学校发现之后、现在之前，请核对。"))
    incident.told_health_at = told_at
    incident.save(update_fields=["told_health_at"])
    keeping.judge_lateness(incident)
    records.log(by=by, verb="incident.tell_health", on=incident, after={"told_health_at": told_at}, post=post, at=at)
    return incident


@transaction.atomic
def end(*, incident: Incident, text: str, by: User, post: Post, at: datetime) -> Incident:
    """Say that the emergency is over."""
    incident = locked(incident)
    keeping.apply(incident, "end", {"ended_at": at}, (IncidentVersion.Kind.FOLLOW_UP, text), Hand(by, post, at))
    return incident


@transaction.atomic
def finish(
    *, incident: Incident, change: Mapping[str, object], text: str, by: User, post: Post, at: datetime
) -> Incident:
    """Hand in the final report."""
    incident = locked(incident)
    keeping.refuse_softening(incident, change)
    keeping.refuse_late_death(incident, change, local_date(at))
    whole = {**change, "finished_at": at}
    keeping.apply(incident, "finish", whole, (IncidentVersion.Kind.FINAL, text), Hand(by, post, at))
    refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    return incident


@transaction.atomic
def close(*, incident: Incident, by: User, post: Post, at: datetime) -> Incident:
    """Close the case: grade and responsibility are decided, or the incident is out of scope; not by who ended it."""
    incident = locked(incident)
    decided = selectors.decided_grade(incident) and selectors.decided_responsibility(incident)
    if incident.in_scope and not decided:
        raise NotAllowed(_("等级和责任都认定以后才能结案；提前结案须按降低性变更报上一级批准。"))
    final = incident.versions.filter(kind=IncidentVersion.Kind.FINAL).order_by("-number").first()
    if final is not None and final.by_id == by.pk:
        raise NotAllowed(_("终报由您提交，请由他人审核结案。"))
    keeping.apply(incident, "close", {"closed_at": at}, (IncidentVersion.Kind.CHANGE, _("结案")), Hand(by, post, at))
    return incident


@transaction.atomic
def verify_rectification(*, incident: Incident, text: str, by: User, post: Post, at: datetime) -> Incident:
    """Say that what led to the incident has been put right; the award window may end from then on (§3.3)."""
    incident = locked(incident)
    if incident.rectified_at is not None:
        raise NotAllowed(_("整改已经核验，不用重复登记。"))
    if incident.state in {IncidentState.REPORTED, IncidentState.HANDLING, IncidentState.STRUCK}:
        raise NotAllowed(_("应急结束以后才能核验整改。"))
    incident.rectified_at, incident.rectified_by = at, by
    incident.save(update_fields=["rectified_at", "rectified_by"])
    records.log(by=by, verb="incident.rectify", on=incident, reason=text, post=post, at=at)
    return incident


def _reviewer_of_the_day(school: School, happened_at: datetime) -> Unit:
    period = unit_at(school.unit, local_date(happened_at))
    above = period.parent if period is not None else None
    return above.first_reviewer if above is not None else school.unit.first_reviewer
