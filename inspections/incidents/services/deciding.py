"""Deciding how grave an incident is, who answers for it, and whether it was concealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import GradeDecision, Incident, ReportAct, ResponsibilityFinding
from inspections.incidents.rules import grades
from inspections.incidents.rules.life import decision_after
from inspections.incidents.rules.words import Decider, DecisionState, Grade, Reporting, Responsibility, gravity
from inspections.incidents.services.reporting import require_decider
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records


@dataclass(frozen=True)
class Paper:
    """The document a decision rests on: its number and the authority that issued it."""

    document_no: str
    authority: str = ""


@transaction.atomic
def propose_grade(*, incident: Incident, grade: Grade, paper: Paper, by: User, at: datetime) -> GradeDecision:
    """Propose a grade beside the one both ladders compute."""
    held = selectors.casualties_of(incident)
    row = GradeDecision.objects.create(
        incident=incident,
        grade_493=grades.ladder_a(held, selectors.FIGURES),
        grade_food=grades.ladder_b(held, selectors.FIGURES),
        grade=grade,
        state=decision_after("propose", None),
        document_no=paper.document_no,
        authority=paper.authority,
        proposed_by=by,
        proposed_at=at,
    )
    records.log(by=by, verb="grade.propose", on=incident, after={"grade": grade}, at=at)
    return row


@transaction.atomic
def decide_grade(*, decision: GradeDecision, agree: bool, by: User, post: Post, at: datetime) -> GradeDecision:
    """Decide a proposed grade at the level the rules name; below the computed one it takes the level above (R52)."""
    row = _locked_grade(decision)
    _require_other(row.proposed_by_id, by)
    incident = row.incident
    computed = grades.effective_grade(selectors.casualties_of(incident), selectors.FIGURES)
    decider = grades.grade_decider(Grade(row.grade))
    if gravity(Grade(row.grade)) < gravity(computed):
        decider = grades.softening_approver(gravest=computed, concealed=False, bureau_at_stake=False)
    require_decider(incident.county, decider, post)
    row.state = decision_after("decide" if agree else "refuse", row.state)
    if agree:
        GradeDecision.objects.filter(incident=incident, state=DecisionState.DECIDED).update(
            state=decision_after("supersede", DecisionState.DECIDED)
        )
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    records.log(by=by, verb="grade.decide", on=incident, after={"grade": row.grade, "state": row.state}, at=at)
    return row


@transaction.atomic
def record_responsibility(
    *, incident: Incident, degree: Responsibility, paper: Paper, by: User, at: datetime
) -> ResponsibilityFinding:
    """Enter what the finding authority said of the school's part, with the number of its document."""
    if not paper.document_no:
        raise NotAllowed(_("责任认定必须写明认定文书的文号。"))
    if degree == Responsibility.PENDING:
        raise NotAllowed(_("请选择认定的责任程度；尚未认定的不用录入。"))
    row = ResponsibilityFinding.objects.create(
        incident=incident,
        degree=degree,
        authority=paper.authority,
        document_no=paper.document_no,
        state=decision_after("propose", None),
        proposed_by=by,
        proposed_at=at,
    )
    records.log(by=by, verb="responsibility.record", on=incident, after={"degree": degree}, at=at)
    return row


@transaction.atomic
def decide_responsibility(
    *, finding: ResponsibilityFinding, agree: bool, by: User, post: Post, at: datetime
) -> ResponsibilityFinding:
    """Confirm an entered finding: equal or more at F, none or minor one above; the earlier one is superseded."""
    row = _locked_responsibility(finding)
    _require_other(row.proposed_by_id, by)
    require_decider(row.incident.county, grades.responsibility_decider(Responsibility(row.degree)), post)
    row.state = decision_after("decide" if agree else "refuse", row.state)
    if agree:
        ResponsibilityFinding.objects.filter(incident=row.incident, state=DecisionState.DECIDED).update(
            state=decision_after("supersede", DecisionState.DECIDED)
        )
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    records.log(by=by, verb="responsibility.decide", on=row.incident, after={"state": row.state}, at=at)
    return row


@transaction.atomic
def decide_report_act(
    *, incident: Incident, kind: Reporting, paper: Paper, by: User, post: Post, at: datetime
) -> ReportAct:
    """Decide, on hearing the school, that an incident was concealed or falsely reported; never by the clock (§3.2)."""
    if kind not in {Reporting.CONCEALED, Reporting.FALSE}:
        raise NotAllowed(_("迟报由系统按时钟认定；这里只认定瞒报、谎报。"))
    if not paper.document_no:
        raise NotAllowed(_("瞒报、谎报的认定必须写明文号。"))
    require_decider(incident.county, Decider.NEXT_LEVEL, post)
    ReportAct.objects.filter(incident=incident, dropped_at__isnull=True).update(dropped_at=at)
    row = ReportAct.objects.create(
        incident=incident,
        kind=kind,
        limit_at=selectors.limit_of(incident),
        document_no=paper.document_no,
        decided_by=by,
        decided_at=at,
    )
    records.log(by=by, verb="report_act.decide", on=incident, after={"kind": kind}, at=at)
    return row


def _locked_grade(row: GradeDecision) -> GradeDecision:
    rows = GradeDecision.objects.select_for_update(of=("self",)).select_related("incident__county__parent")
    return rows.get(pk=row.pk)


def _locked_responsibility(row: ResponsibilityFinding) -> ResponsibilityFinding:
    rows = ResponsibilityFinding.objects.select_for_update(of=("self",)).select_related("incident__county__parent")
    return rows.get(pk=row.pk)


def _require_other(first: int, by: User) -> None:
    if first == by.pk:
        raise NotAllowed(_("拟定人不能审定自己拟定的事项，请由他人审定。"))
