"""The one-vote veto: proposed below, confirmed above by others, lifted only for a cause (evaluation §3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules import clocks, grades, vetoes
from inspections.incidents.rules.life import veto_after
from inspections.incidents.rules.words import Decider, Grade, Trigger, VetoState
from inspections.incidents.services.reporting import require_decider
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records


@transaction.atomic
def propose(*, incident: Incident, year: int, text: str, by: User, at: datetime) -> Veto:
    """Propose the veto that the incident's decided facts give for `year`; refuse where they give none."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("county").get(pk=incident.pk)
    reasons = _reasons(incident, year)
    if not reasons:
        raise NotAllowed(_("按已认定的等级和责任，这起事故在该年度不构成一票否决。"))
    standing = Veto.objects.filter(incident=incident, year=year, state__in=["proposed", "active", "expired"])
    if standing.exists():
        raise NotAllowed(_("这起事故在该年度已有否决，不能重复提出。"))
    row = Veto.objects.create(
        number=f"{incident.number}-{incident.county.code}-{incident.vetoes.count() + 1}",
        school_id=incident.school_id,
        county=incident.county,
        incident=incident,
        year=year,
        state=veto_after("propose", None),
        triggers=[reason.trigger.value for reason in reasons],
        basis=_("吉教校产字〔2009〕1号第五部分"),
        window_from=min(reason.day for reason in reasons),
        window_until=vetoes.longest(reasons),
        proposed_by=by,
        proposed_at=at,
        proposal=text,
    )
    records.log(by=by, verb="veto.propose", on=row, after={"triggers": row.triggers, "year": year}, reason=text, at=at)
    return row


@transaction.atomic
def second(*, veto: Veto, by: User, post: Post, at: datetime) -> Veto:
    """First of the two provincial signatures that a grave veto needs; the leader's `confirm` follows."""
    row = _locked(veto)
    _require_another(row, by)
    if confirmer_of(row) != Decider.PROVINCE:
        raise NotAllowed(_("这项否决由上一级单位直接确认，不需要省级初核。"))
    require_decider(row.county, Decider.PROVINCE, post)
    row.seconded_by, row.seconded_at = by, at
    row.save(update_fields=["seconded_by", "seconded_at"])
    records.log(by=by, verb="veto.second", on=row, at=at)
    return row


@transaction.atomic
def confirm(*, veto: Veto, document_no: str, by: User, post: Post, at: datetime) -> Veto:
    """Confirm a proposed veto at the right level, by somebody else, with the number of the decision."""
    row = _locked(veto)
    _require_another(row, by)
    if not document_no.strip():
        raise NotAllowed(_("确认否决必须写明决定文号。"))
    decider = confirmer_of(row)
    require_decider(row.county, decider, post)
    if decider == Decider.PROVINCE and row.seconded_by_id is None:
        raise NotAllowed(_("较大及以上事故、瞒报谎报的否决，须先由省级后勤部门负责人初核，再由分管领导确认。"))
    row.state = veto_after("confirm", row.state)
    row.confirmed_by, row.confirmed_at, row.document_no = by, at, document_no.strip()
    row.save(update_fields=["state", "confirmed_by", "confirmed_at", "document_no"])
    records.log(by=by, verb="veto.confirm", on=row, after={"document_no": row.document_no}, at=at)
    return row


@transaction.atomic
def refuse(*, veto: Veto, reason: str, by: User, post: Post, at: datetime) -> Veto:
    """Refuse a proposed veto; while its triggers still hold only the province can (rights §3)."""
    row = _locked(veto)
    _require_another(row, by)
    still_holds = bool(_reasons(row.incident, row.year))
    require_decider(row.county, Decider.PROVINCE if still_holds else confirmer_of(row), post)
    row.state = veto_after("dismiss", row.state)
    row.ended_by, row.ended_at, row.end_cause = by, at, reason
    row.save(update_fields=["state", "ended_by", "ended_at", "end_cause"])
    records.log(by=by, verb="veto.refuse", on=row, reason=reason, at=at)
    return row


@transaction.atomic
def lift(*, veto: Veto, cause: str, proposed_by: User, by: User, post: Post, at: datetime) -> Veto:
    """Lift a veto after an appeal decision or a superseding finding; two people of the confirming level (T08)."""
    row = _locked(veto)
    if proposed_by.pk == by.pk:
        raise NotAllowed(_("解除否决须两人办理：一人提出，另一人批准。"))
    if not cause.strip():
        raise NotAllowed(_("解除否决必须写明申诉决定或新认定的文号；不能酌情免除。"))
    require_decider(row.county, confirmer_of(row), post)
    row.state = veto_after("lift", row.state)
    row.ended_by, row.ended_second, row.ended_at, row.end_cause = proposed_by, by, at, cause.strip()
    row.save(update_fields=["state", "ended_by", "ended_second", "ended_at", "end_cause"])
    records.log(by=by, verb="veto.lift", on=row, reason=cause, at=at)
    return row


def confirmer_of(veto: Veto) -> Decider:
    """Return which level confirms this veto."""
    grade = selectors.decided_grade(veto.incident)
    held = (
        Grade(grade.grade)
        if grade
        else grades.effective_grade(selectors.casualties_of(veto.incident), selectors.FIGURES)
    )
    return grades.veto_confirmer(grade=held, triggers=frozenset(Trigger(code) for code in veto.triggers))


def level_of(veto: Veto) -> Unit:
    """Return the bureau that confirms this veto."""
    if confirmer_of(veto) == Decider.PROVINCE:
        unit: Unit = veto.county
        while unit.parent is not None:
            unit = unit.parent
        return unit
    return veto.county.next_level


def _reasons(incident: Incident, year: int) -> tuple[vetoes.Reason, ...]:
    figures = selectors.FIGURES
    limit = selectors.limit_of(incident)
    facts = vetoes.facts_of_year(
        selectors.facts_of(incident), occurred_at=incident.happened_at, limit_at=limit, year=year, figures=figures
    )
    pulled = set(vetoes.incident_triggers(facts, figures)) if facts else set()
    others = Incident.objects.counting().filter(school_id=incident.school_id).prefetch_related("report_acts")
    late = selectors.late_reports(others, year)
    if len(late) >= figures.late_reports and late[figures.late_reports - 1].pk == incident.pk:
        pulled.add(Trigger.T6)
    return vetoes.reasons(
        pulled,
        grade=selectors.facts_of(incident).grade,
        incident=clocks.local_date(incident.happened_at),
        limit=clocks.local_date(limit),
        figures=figures,
    )


def _locked(veto: Veto) -> Veto:
    rows = Veto.objects.select_for_update(of=("self",)).select_related("incident", "county__parent__parent")
    return rows.get(pk=veto.pk)


def _require_another(veto: Veto, by: User) -> None:
    if by.pk in {veto.proposed_by_id, veto.seconded_by_id}:
        raise NotAllowed(_("提出人、初核人不能再确认同一项否决，请由他人办理。"))
    if veto.state == VetoState.ACTIVE:
        raise NotAllowed(_("这项否决已经确认。"))
