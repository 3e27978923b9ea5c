"""Reporting an incident, passing it on, and changing what is held of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import Incident, IncidentVersion, ReportAct, Softening
from inspections.incidents.rules import clocks, grades, vetoes
from inspections.incidents.rules.life import decision_after, incident_after
from inspections.incidents.rules.words import Decider, DecisionState, Grade, Reporting, gravity
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Place, School

FIELDS = ("deaths", "gravely_hurt", "hurt", "food_cases", "loss_fen", "in_scope", "reportable", "summary")
DATES = ("happened_at", "discovered_at")


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
    """What a first report says."""

    school: School
    kind: str
    domain: str
    happened_at: datetime
    discovered_at: datetime
    summary: str
    casualty: Casualty
    place: Place | None = None
    in_scope: bool = True
    reportable: bool = False


@transaction.atomic
def report(*, first: First, by: User, post: Post, at: datetime) -> Incident:
    """Put an incident on the books at once: its number has no gaps, F, C and the province see it from now on.

    The clock alone decides whether the school reported late: more than the limit after it found out (K40, K43).
    """
    if not first.happened_at <= first.discovered_at <= at:
        raise NotAllowed(_("发生时间应早于发现时间，发现时间不能晚于现在，请核对。"))
    county = first.school.unit.first_reviewer
    incident = Incident.objects.create(
        number=f"SG-{local_date(at).year}-{records.take_number(f'incident {local_date(at).year}')}",
        school=first.school,
        county=county,
        place=first.place,
        kind=first.kind,
        domain=first.domain,
        happened_at=first.happened_at,
        discovered_at=first.discovered_at,
        reported_at=at,
        reported_by=by,
        reported_by_school=post.unit_id == first.school.unit_id,
        summary=first.summary,
        in_scope=first.in_scope,
        reportable=first.reportable,
        **asdict(first.casualty),
    )
    _keep_version(incident, IncidentVersion.Kind.FIRST, first.summary, _Hand(by, post, at))
    _judge_lateness(incident)
    records.log(by=by, verb="incident.report", on=incident, after=_facts(incident), post=post, at=at)
    return incident


@transaction.atomic
def follow_up(
    *, incident: Incident, change: Mapping[str, object], text: str, by: User, post: Post, at: datetime
) -> Incident:
    """Add a follow-up report; figures may rise here, what would soften them needs `propose_softening`."""
    incident = _locked(incident)
    _refuse_softening(incident, change)
    return _apply(incident, "follow_up", change, IncidentVersion.Kind.FOLLOW_UP, text, _Hand(by, post, at))


@transaction.atomic
def pass_on(*, incident: Incident, by: User, post: Post, at: datetime) -> Incident:
    """Record that a bureau passed the report on: F to C, then C to the province; each moment once."""
    incident = _locked(incident)
    first, next_level = incident.county, incident.county.next_level
    field = "passed_to_city_at" if post.unit_id == first.pk and first.pk != next_level.pk else "passed_to_province_at"
    if post.unit_id not in {first.pk, next_level.pk}:
        raise NotAllowed(_("只有初审单位和上一级单位可以上报。"))
    if getattr(incident, field):
        raise NotAllowed(_("这起事故已经上报过，不用再报。"))
    setattr(incident, field, at)
    incident.save(update_fields=[field])
    records.log(by=by, verb="incident.pass_on", on=incident, after={field: at}, post=post, at=at)
    return incident


@transaction.atomic
def end(*, incident: Incident, text: str, by: User, post: Post, at: datetime) -> Incident:
    """Say that the emergency is over."""
    incident = _locked(incident)
    return _apply(incident, "end", {"ended_at": at}, IncidentVersion.Kind.FOLLOW_UP, text, _Hand(by, post, at))


@transaction.atomic
def finish(
    *, incident: Incident, change: Mapping[str, object], text: str, by: User, post: Post, at: datetime
) -> Incident:
    """Hand in the final report."""
    incident = _locked(incident)
    _refuse_softening(incident, change)
    whole = {**change, "finished_at": at}
    return _apply(incident, "finish", whole, IncidentVersion.Kind.FINAL, text, _Hand(by, post, at))


@transaction.atomic
def close(*, incident: Incident, by: User, post: Post, at: datetime) -> Incident:
    """Close the case: grade and responsibility are decided, or the incident is out of scope."""
    incident = _locked(incident)
    decided = selectors.decided_grade(incident) and selectors.decided_responsibility(incident)
    if incident.in_scope and not decided:
        raise NotAllowed(_("等级和责任都认定以后才能结案；提前结案须按降低性变更报上一级批准。"))
    whole = {"closed_at": at}
    return _apply(incident, "close", whole, IncidentVersion.Kind.CHANGE, _("结案"), _Hand(by, post, at))


@transaction.atomic
def propose_softening(
    *, incident: Incident, change: Mapping[str, object], reason: str, document_no: str, by: User, at: datetime
) -> Softening:
    """Propose a change somebody would gain from: lower figures, another date, off the books (T07)."""
    row = Softening.objects.create(
        incident=incident,
        change=records.plain(dict(change)),
        reason=reason,
        document_no=document_no,
        proposed_by=by,
        proposed_at=at,
    )
    records.log(by=by, verb="incident.soften.propose", on=incident, after=row.change, reason=reason, at=at)
    return row


@transaction.atomic
def decide_softening(
    *, softening: Softening, agree: bool, answer: str, by: User, post: Post, at: datetime
) -> Softening:
    """Agree to or refuse a softening; the decider sits above the unit that gains and did not propose it."""
    row = Softening.objects.select_for_update().select_related("incident").get(pk=softening.pk)
    incident = _locked(row.incident)
    if row.proposed_by_id == by.pk:
        raise NotAllowed(_("提出人不能决定自己提出的变更，请由上一级其他人员决定。"))
    _require_above(incident, post)
    row.state = decision_after("decide" if agree else "refuse", row.state)
    row.decided_by, row.decided_at, row.answer = by, at, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if agree:
        change = dict(row.change)
        step = "strike" if change.pop("strike", False) else "change"
        hand = _Hand(row.proposed_by, None, at, approved_by=by)
        _apply(incident, step, change, IncidentVersion.Kind.CHANGE, row.reason, hand)
    records.log(by=by, verb="incident.soften.decide", on=incident, after={"state": row.state}, reason=answer, at=at)
    return row


@dataclass(frozen=True)
class _Hand:
    by: User
    post: Post | None
    at: datetime
    approved_by: User | None = None


def _locked(incident: Incident) -> Incident:
    rows = Incident.objects.select_for_update(of=("self",)).select_related("school__unit", "county__parent")
    return rows.get(pk=incident.pk)


def _apply(incident: Incident, step: str, change: Mapping[str, object], kind: str, text: str, hand: _Hand) -> Incident:
    before = _facts(incident)
    if step != "change":
        incident.state = incident_after(step, incident.state)
    for name, value in change.items():
        setattr(incident, name, datetime.fromisoformat(value) if name in DATES and isinstance(value, str) else value)
    incident.version += 1
    incident.save(update_fields=["state", "version", *change])
    _keep_version(incident, kind, text, hand)
    _judge_lateness(incident)
    records.log(by=hand.by, verb=f"incident.{step}", on=incident, before=before, after=_facts(incident), at=hand.at)
    return incident


def _keep_version(incident: Incident, kind: str, text: str, hand: _Hand) -> None:
    IncidentVersion.objects.create(
        incident=incident,
        number=incident.version,
        kind=kind,
        facts=_facts(incident),
        softens=hand.approved_by is not None,
        text=text,
        at=hand.at,
        by=hand.by,
        post=hand.post,
        approved_by=hand.approved_by,
    )


def _facts(incident: Incident) -> dict[str, object]:
    named = {name: getattr(incident, name) for name in (*FIELDS, *DATES, "state")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in named.items()}


def _refuse_softening(incident: Incident, change: Mapping[str, object]) -> None:
    held = selectors.casualties_of(incident)
    figures = {
        name: change.get(name, getattr(held, name)) for name in ("deaths", "gravely_hurt", "loss_fen", "food_cases")
    }
    lowered = grades.softens(held, grades.Casualties(**figures))  # type: ignore[arg-type]
    moved = (
        any(name in change for name in DATES) or change.get("in_scope") is False or change.get("reportable") is False
    )
    if lowered or (moved and incident.in_scope):
        raise NotAllowed(_("这项更正会减轻事故，须说明理由、附文号，报上一级批准后才能生效。"))


def _judge_lateness(incident: Incident) -> None:
    """Let the clock write a late report, never anything graver (evaluation §3.2)."""
    limit = selectors.limit_of(incident)
    facts = selectors.facts_of(incident)
    late = incident.reported_by_school and clocks.is_late(limit, incident.reported_at, now=incident.reported_at)
    if late and vetoes.is_reportable(facts, selectors.FIGURES) and not selectors.report_act(incident):
        ReportAct.objects.create(
            incident=incident, kind=Reporting.LATE, limit_at=limit, decided_at=incident.reported_at
        )


def _require_above(incident: Incident, post: Post) -> None:
    decided = [Grade(row.grade) for row in incident.grades.exclude(state=DecisionState.REFUSED)]
    computed = grades.effective_grade(selectors.casualties_of(incident), selectors.FIGURES)
    gravest = max([computed, *decided], key=gravity)
    act = selectors.report_act(incident)
    decider = grades.softening_approver(
        gravest=gravest,
        concealed=act is not None and act.kind != Reporting.LATE,
        bureau_at_stake=False,
    )
    require_decider(incident.county, decider, post)


def require_decider(first_reviewer: Unit, decider: Decider, post: Post) -> None:
    """Refuse a post that does not sit at the level the rules name, or above it."""
    level = {
        Decider.FIRST_REVIEWER: first_reviewer,
        Decider.NEXT_LEVEL: first_reviewer.next_level,
        Decider.PROVINCE: _province(first_reviewer),
        Decider.PANEL: _province(first_reviewer),
    }[decider]
    if not level.path.startswith(post.unit.path):
        raise NotAllowed(_("这项决定须由%(unit)s或其上级作出。") % {"unit": level.name})


def _province(unit: Unit) -> Unit:
    while unit.parent is not None:
        unit = unit.parent
    return unit
