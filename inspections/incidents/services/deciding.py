"""Deciding how grave an incident is, who answers for it, and whether it was concealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.models import GradeDecision, Incident, ReportAct, ResponsibilityFinding
from inspections.incidents.rules import grades
from inspections.incidents.rules.life import decision_after
from inspections.incidents.rules.words import Decider, DecisionState, Grade, Reporting, Responsibility, blames
from inspections.incidents.services import refreshing, telling
from inspections.incidents.services.keeping import locked
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said


@dataclass(frozen=True)
class Paper:
    """What a decision rests on: the document's number, the authority that issued it, and why or after hearing whom."""

    document_no: str
    authority: str = ""
    text: str = ""


@transaction.atomic
def propose_grade(*, incident: Incident, grade: Grade, paper: Paper, by: User, at: datetime) -> GradeDecision:
    """Propose a grade beside the one both ladders compute; a lower one needs the authority's document and a reason."""
    incident = locked(incident)
    _refuse_second(incident.grades.filter(state=DecisionState.PROPOSED).exists())
    softens = levels.lowers_grade(incident, grade)
    if softens and not (paper.document_no.strip() and paper.text.strip()):
        raise NotAllowed(_("拟定等级低于测算或原认定，须写明认定文书的文号和理由，并报上一级决定。"))
    held = selectors.casualties_of(incident)
    row = GradeDecision.objects.create(
        incident=incident,
        grade_493=grades.ladder_a(held, selectors.FIGURES),
        grade_food=grades.ladder_b(held, selectors.FIGURES),
        grade=grade,
        state=decision_after("propose", None),
        document_no=paper.document_no,
        authority=paper.authority,
        softens=softens,
        reason=paper.text,
        proposed_by=by,
        proposed_at=at,
    )
    records.log(by=by, verb="grade.propose", on=incident, after={"grade": grade}, reason=paper.text, at=at)
    if softens:
        _tell_softer(incident, f"grade-{row.pk}", paper.text, at)
    return row


@transaction.atomic
def decide_grade(
    *, decision: GradeDecision, agree: bool, by: User, post: Post, at: datetime, answer: str = ""
) -> GradeDecision:
    """Decide a proposed grade at the level the rules name; below the computed one it takes the level above (R52)."""
    row = _locked_grade(decision)
    incident = locked(row.incident)
    _require_other(row.proposed_by_id, by)
    held, grade = selectors.casualties_of(incident), Grade(row.grade)
    softens = levels.lowers_grade(incident, grade)
    levels.require_decider(incident.county, levels.grade_decider(incident, grade), post)
    if softens:
        levels.require_no_gain(incident.county, by, local_date(at))
    row.state = decision_after("decide" if agree else "refuse", row.state)
    if agree:
        _supersede(incident.grades.all())
    row.grade_493 = grades.ladder_a(held, selectors.FIGURES)
    row.grade_food = grades.ladder_b(held, selectors.FIGURES)
    row.softens, row.decided_by, row.decided_at, row.answer = softens, by, at, answer
    row.save(update_fields=["state", "grade_493", "grade_food", "softens", "decided_by", "decided_at", "answer"])
    records.log(
        by=by, verb="grade.decide", on=incident, after={"grade": row.grade, "state": row.state}, reason=answer, at=at
    )
    if agree:
        refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    return row


@transaction.atomic
def record_responsibility(
    *, incident: Incident, degree: Responsibility, paper: Paper, by: User, at: datetime
) -> ResponsibilityFinding:
    """Enter what the finding authority said of the school's part, with the number of its document."""
    if not paper.document_no.strip() or not paper.authority.strip():
        raise NotAllowed(_("责任认定必须写明认定机关和认定文书的文号。"))
    if degree == Responsibility.PENDING:
        raise NotAllowed(_("请选择认定的责任程度；尚未认定的不用录入。"))
    incident = locked(incident)
    _refuse_second(incident.responsibilities.filter(state=DecisionState.PROPOSED).exists())
    earlier = selectors.decided_responsibility(incident)
    softens = earlier is not None and not blames(degree, Responsibility(earlier.degree))
    row = ResponsibilityFinding.objects.create(
        incident=incident,
        degree=degree,
        authority=paper.authority,
        document_no=paper.document_no,
        softens=softens,
        state=decision_after("propose", None),
        proposed_by=by,
        proposed_at=at,
    )
    entered = {"degree": degree, "authority": row.authority, "document_no": row.document_no}
    records.log(by=by, verb="responsibility.record", on=incident, after=entered, at=at)
    if softens:
        _tell_softer(incident, f"responsibility-{row.pk}", paper.document_no, at)
    return row


@transaction.atomic
def decide_responsibility(
    *, finding: ResponsibilityFinding, agree: bool, by: User, post: Post, at: datetime, answer: str = ""
) -> ResponsibilityFinding:
    """Confirm an entered finding: equal or more at F, none or minor one above; the earlier one is superseded."""
    row = _locked_responsibility(finding)
    incident = locked(row.incident)
    _require_other(row.proposed_by_id, by)
    decider = responsibility_decider_of(row)
    levels.require_decider(incident.county, decider, post)
    if decider != Decider.FIRST_REVIEWER:
        levels.require_no_gain(incident.county, by, local_date(at))
    row.state = decision_after("decide" if agree else "refuse", row.state)
    if agree:
        _supersede(incident.responsibilities.all())
    row.decided_by, row.decided_at, row.answer = by, at, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    records.log(by=by, verb="responsibility.decide", on=incident, after={"state": row.state}, reason=answer, at=at)
    if agree:
        refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    return row


def responsibility_decider_of(finding: ResponsibilityFinding) -> Decider:
    """Return who decides an entered finding; one lower than what stood before is never F's own (rights §2)."""
    decider = grades.responsibility_decider(Responsibility(finding.degree))
    return Decider.NEXT_LEVEL if finding.softens and decider == Decider.FIRST_REVIEWER else decider


@transaction.atomic
def decide_report_act(
    *, incident: Incident, kind: Reporting, paper: Paper, by: User, post: Post, at: datetime
) -> ReportAct:
    """Decide, on hearing the school, whether an incident was concealed or falsely reported; never by the clock (§3.2).

    `ON_TIME` says that it was not; a late report that the clock wrote stays one then.
    """
    if kind == Reporting.LATE:
        raise NotAllowed(_("迟报由系统按时钟认定；这里只认定是否瞒报、谎报。"))
    if not paper.document_no.strip() or not paper.text.strip():
        raise NotAllowed(_("认定是否瞒报、谎报，须写明文号和听取学校意见的情况。"))
    incident = locked(incident)
    levels.require_decider(incident.county, Decider.NEXT_LEVEL, post)
    levels.require_no_gain(incident.county, by, local_date(at))
    standing = selectors.report_act(incident)
    if standing is not None and standing.kind in {Reporting.CONCEALED, Reporting.FALSE}:
        if kind == Reporting.ON_TIME:
            raise NotAllowed(_("已认定瞒报、谎报，撤销须按降低性变更办理。"))
        if standing.kind == kind:
            raise NotAllowed(_("已经作出同样的认定，不用重复办理。"))
    late = standing is not None and standing.kind == Reporting.LATE and kind == Reporting.ON_TIME
    if standing is not None:
        standing.dropped_at = at
        standing.save(update_fields=["dropped_at"])
    row = ReportAct.objects.create(
        incident=incident,
        kind=Reporting.LATE if late else kind,
        limit_at=standing.limit_at if late and standing is not None else selectors.limit_of(incident),
        text=paper.text,
        document_no=paper.document_no,
        decided_by=by,
        decided_at=at,
    )
    records.log(by=by, verb="report_act.decide", on=incident, after={"kind": kind}, reason=paper.text, post=post, at=at)
    refreshing.refresh_vetoes(incident=incident, by=by, at=at)
    return row


def _supersede(rows: QuerySet[Any]) -> None:
    rows.filter(state=DecisionState.DECIDED).update(state=decision_after("supersede", DecisionState.DECIDED))


def _refuse_second(waiting: bool) -> None:
    if waiting:
        raise NotAllowed(_("已有一项拟定待审定，请等审定后再录。"))


def _tell_softer(incident: Incident, event: str, text: str, at: datetime) -> None:
    title = said(gettext_noop("降低性认定待决定：%(name)s"), {"name": telling.name_of(incident)})
    telling.tell_line(incident=incident, event=event, title=title, text=text[:200], at=at)


def _locked_grade(row: GradeDecision) -> GradeDecision:
    return GradeDecision.objects.select_for_update(of=("self",)).select_related("incident").get(pk=row.pk)


def _locked_responsibility(row: ResponsibilityFinding) -> ResponsibilityFinding:
    return ResponsibilityFinding.objects.select_for_update(of=("self",)).select_related("incident").get(pk=row.pk)


def _require_other(first: int, by: User) -> None:
    if first == by.pk:
        raise NotAllowed(_("拟定人不能审定自己拟定的事项，请由他人审定。"))
