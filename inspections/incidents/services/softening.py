"""What makes an incident lighter: proposed with reason and document, decided above the bureau that gains (T07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.models import Incident, IncidentVersion, ReportAct, Softening
from inspections.incidents.rules.life import decision_after
from inspections.incidents.rules.words import DecisionState, Reporting
from inspections.incidents.services import keeping, refreshing, telling
from inspections.incidents.services.keeping import Hand, locked
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from schools.register.models import School

STRIKE, CLOSE, DROP_ACT = "strike", "close", "drop_report_act"
ACTS = (STRIKE, CLOSE, DROP_ACT)


@transaction.atomic
def propose_softening(
    *, incident: Incident, change: Mapping[str, object], reason: str, document_no: str, by: User, at: datetime
) -> Softening:
    """Propose a change somebody would gain from: lower figures, another date, off the books (T07)."""
    incident = locked(incident)
    _refuse_empty(incident, change, reason, document_no)
    if incident.softenings.filter(state=DecisionState.PROPOSED).exists():
        raise NotAllowed(_("这起事故已有一项降低性变更待决定，请等决定后再提。"))
    row = Softening.objects.create(
        incident=incident,
        change=records.plain(dict(change)),
        reason=reason,
        document_no=document_no,
        proposed_by=by,
        proposed_at=at,
    )
    records.log(by=by, verb="incident.soften.propose", on=incident, after=row.change, reason=reason, at=at)
    title = said(gettext_noop("降低性变更待决定：%(name)s"), {"name": telling.name_of(incident)})
    telling.tell_line(incident=incident, event=f"softening-{row.pk}", title=title, text=reason[:200], at=at)
    return row


@transaction.atomic
def decide_softening(
    *, softening: Softening, agree: bool, answer: str, by: User, post: Post, at: datetime
) -> Softening:
    """Agree to or refuse a softening; the decider sits above the unit that gains and did not propose it."""
    row = (
        Softening.objects.select_for_update(of=("self",)).select_related("incident", "proposed_by").get(pk=softening.pk)
    )
    incident = locked(row.incident)
    if row.proposed_by_id == by.pk:
        raise NotAllowed(_("提出人不能决定自己提出的变更，请由上一级其他人员决定。"))
    levels.require_decider(incident.county, levels.softening_decider(incident), post)
    levels.require_no_gain(incident.county, by, local_date(at))
    row.state = decision_after("decide" if agree else "refuse", row.state)
    row.decided_by, row.decided_at, row.answer = by, at, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    records.log(by=by, verb="incident.soften.decide", on=incident, after={"state": row.state}, reason=answer, at=at)
    if agree:
        _carry_out(incident, row, Hand(row.proposed_by, None, at, approved_by=by))
        refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    answered = said(gettext_noop("已批准") if agree else gettext_noop("未批准"))
    words = {"said": answered, "name": telling.name_of(incident)}
    title = said(gettext_noop("降低性变更%(said)s：%(name)s"), words)
    telling.tell_line(incident=incident, event=f"softened-{row.pk}", title=title, text=answer[:200], at=at)
    return row


def _refuse_empty(incident: Incident, change: Mapping[str, object], reason: str, document_no: str) -> None:
    if not reason.strip() or not document_no.strip():
        raise NotAllowed(_("降低性变更须写明理由和文号。"))
    facts = {name: value for name, value in change.items() if name not in ACTS}
    if not any(name in change for name in ACTS) and not keeping.softens(incident, _read(facts)):
        raise NotAllowed(_("这项变更没有减轻事故，请用“续报”直接更正。"))
    if DROP_ACT in change and selectors.report_act(incident) is None:
        raise NotAllowed(_("这起事故没有迟报、瞒报、谎报的记录，无可撤销。"))
    standing = incident.vetoes.filter(state__in=["proposed", "active", "expired"])
    if "school_id" in change and standing.exists():
        raise NotAllowed(_("这起事故已有否决，先办结或解除否决，才能改到其他学校。"))


def _read(change: Mapping[str, object]) -> dict[str, object]:
    return {
        name: datetime.fromisoformat(value) if name in keeping.DATES and isinstance(value, str) else value
        for name, value in change.items()
    }


def _carry_out(incident: Incident, row: Softening, hand: Hand) -> None:
    change = dict(row.change)
    acts = {name for name in ACTS if change.pop(name, False)}
    if "school_id" in change:
        school = School.objects.select_related("unit__parent__parent__parent").get(pk=change["school_id"])
        change["county_id"] = school.unit.first_reviewer.pk
        change.setdefault("place_id", None)
    if CLOSE in acts:
        change["closed_at"] = hand.at
    step = STRIKE if STRIKE in acts else CLOSE if CLOSE in acts else "change"
    keeping.apply(incident, step, _read(change), (IncidentVersion.Kind.CHANGE, row.reason), hand)
    if DROP_ACT in acts:
        _drop_act(incident, hand.at)
    if "discovered_at" in change:
        _judge_act_anew(incident, hand.at)


def _drop_act(incident: Incident, at: datetime) -> None:
    act = incident.report_acts.filter(dropped_at__isnull=True).first()
    if act is None:
        return
    act.dropped_at = at
    act.save(update_fields=["dropped_at"])
    limit = keeping.missed_limit(incident) if incident.reported_by_school else None
    if act.kind != Reporting.LATE and limit is not None:
        ReportAct.objects.create(incident=incident, kind=Reporting.LATE, limit_at=limit, decided_at=at)


def _judge_act_anew(incident: Incident, at: datetime) -> None:
    act = incident.report_acts.filter(dropped_at__isnull=True).first()
    if act is None:
        return
    if act.kind == Reporting.LATE and keeping.missed_limit(incident) is None:
        act.dropped_at = at
    act.limit_at = selectors.limit_of(incident)
    act.save(update_fields=["dropped_at", "limit_at"])
