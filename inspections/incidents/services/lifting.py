"""Lifting a veto: asked for by one, approved by another, never without a cause; and its end by the clock (T08)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.models import Lifting, Veto
from inspections.incidents.rules.life import decision_after, veto_after
from inspections.incidents.rules.words import DecisionState, VetoState
from inspections.incidents.services import telling
from inspections.incidents.services.deciding import Paper
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said


@transaction.atomic
def propose_lift(*, veto: Veto, ground: str, paper: Paper, by: User, post: Post, at: datetime) -> Lifting:
    """Ask to lift a veto after an appeal decision or a superseding finding; the veto stays active meanwhile.

    A superseding finding counts only if, by what is decided now, no reason for the veto is left.
    """
    row = _locked(veto)
    veto_after("lift", row.state)
    if not paper.document_no.strip() or not paper.text.strip():
        raise NotAllowed(_("解除否决必须写明申诉决定或新认定的文号和理由；不能酌情免除。"))
    levels.require_decider(row.county, levels.confirmer_of(row), post)
    levels.require_no_gain(row.county, by, local_date(at))
    if row.liftings.filter(state=DecisionState.PROPOSED).exists():
        raise NotAllowed(_("解除申请正在等待批准，不能重复提出。"))
    _refuse_unfounded(row, ground)
    asked = Lifting.objects.create(
        veto=row,
        ground=Lifting.Ground(ground),
        document_no=paper.document_no.strip(),
        reason=paper.text.strip(),
        unit=post.unit,
        asked_by=by,
        asked_at=at,
    )
    records.log(by=by, verb="veto.ask_lift", on=row, after={"ground": ground}, reason=paper.text, post=post, at=at)
    telling.tell_unit(
        incident=row.incident,
        units=[post.unit],
        roles=[Role.BUREAU_LEADER],
        event=f"lifting-{asked.pk}",
        title=said(gettext_noop("否决解除待批准：%(number)s"), {"number": row.number}),
        at=at,
    )
    return asked


@transaction.atomic
def decide_lift(*, lifting: Lifting, agree: bool, answer: str, by: User, post: Post, at: datetime) -> Lifting:
    """Approve or refuse a lifting: the leader of the same bureau, never the person who asked."""
    asked = Lifting.objects.select_for_update(of=("self",)).get(pk=lifting.pk)
    row = _locked(asked.veto)
    if asked.asked_by_id == by.pk:
        raise NotAllowed(_("解除否决须两人办理：一人提出，另一人批准。"))
    if post.unit_id != asked.unit_id:
        raise NotAllowed(_("解除申请由提出单位的分管领导批准。"))
    levels.require_no_gain(row.county, by, local_date(at))
    asked.state = decision_after("decide" if agree else "refuse", asked.state)
    asked.decided_by, asked.decided_at, asked.answer = by, at, answer
    asked.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if not agree:
        records.log(by=by, verb="veto.refuse_lift", on=row, reason=answer, post=post, at=at)
        return asked
    _refuse_unfounded(row, asked.ground)
    row.state = veto_after("lift", row.state)
    row.ended_by, row.ended_second, row.ended_at = asked.asked_by, by, at
    row.end_cause = f"{asked.get_ground_display()} {asked.document_no} {asked.reason}"[:300]
    row.save(update_fields=["state", "ended_by", "ended_second", "ended_at", "end_cause"])
    after = {"state": row.state, "document_no": asked.document_no}
    records.log(by=by, verb="veto.lift", on=row, after=after, reason=asked.reason, post=post, at=at)
    title = said(gettext_noop("一票否决已解除：%(number)s"), {"number": row.number})
    telling.tell_school(veto=row, event="lifted", title=title, text=row.end_cause, at=at)
    telling.tell_line(incident=row.incident, event=f"lifted-{row.pk}", title=title, text=row.end_cause[:200], at=at)
    return asked


@transaction.atomic
def expire(*, veto: Veto, on: date, at: datetime) -> Veto:
    """End the award window of a veto by the clock: its months are over and rectification has been verified."""
    row = _locked(veto)
    if row.state != VetoState.ACTIVE or on < row.window_until or row.incident.rectified_at is None:
        return row
    row.state = veto_after("expire", row.state)
    row.save(update_fields=["state"])
    records.log(by=None, verb="veto.expire", on=row, after={"state": row.state}, at=at)
    return row


def _refuse_unfounded(veto: Veto, ground: str) -> None:
    if ground == Lifting.Ground.FINDING and selectors.reasons_of(veto.incident, veto.year):
        raise NotAllowed(_("按现在的等级、责任和报告认定，否决事由仍然成立；没有代替原认定的新认定，不能解除。"))


def _locked(veto: Veto) -> Veto:
    related = ("incident__school", f"incident__{levels.UP}", levels.UP, "school__unit")
    return Veto.objects.select_for_update(of=("self",)).select_related(*related).get(pk=veto.pk)
