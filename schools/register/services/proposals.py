"""Changes that need two people: asked for by one, decided by another.

Most are carried out at once; a move dated ahead is agreed to now and carried out by the clock on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said, source
from schools.register.figures import closes_after
from schools.register.models import Place, Proposal, School, Trait
from schools.register.rules import changes
from schools.register.services import places, schools

ENDS = frozenset({Proposal.Kind.CLOSE, Proposal.Kind.MERGE})
LIVING = (Proposal.State.REQUESTED, Proposal.State.AGREED)
ANSWERS = {
    "approve": _("%(school)s：%(kind)s申请已批准"),
    "agree": _("%(school)s：%(kind)s申请已批准，%(day)s 起生效"),
    "refuse": _("%(school)s：%(kind)s申请被驳回"),
    "take_back": _("%(school)s：%(kind)s的批准已撤回，%(day)s 不再生效"),
}


class Wish(TypedDict, total=False):
    """What is asked for."""

    takes_effect: date
    changes: dict[str, Any]
    place: Place | None
    target_unit: Unit | None
    successor: School | None
    document: str


@transaction.atomic
def ask(*, school: School, kind: str, by: User, at: datetime, **wish: Unpack[Wish]) -> Proposal:
    """Record a wish for a change; it happens when another person approves it.

    Raises `NotAllowed` while the same thing is already asked for, beside a move agreed to or an end of the school, or
    when the day could not be kept.
    """
    _end_or_move(school, kind)
    same = Proposal.objects.filter(school=school, kind=kind, place=wish.get("place"), state__in=LIVING)
    if same.select_for_update().exists():
        raise NotAllowed(gettext("同一事项已有一条申请待批或待生效，请先办结。"))
    changes.needs_document(kind, wish.get("document", ""))
    if kind in {Proposal.Kind.CLOSE_PLACE, Proposal.Kind.REOPEN_PLACE}:
        changes.forward_only(wish["takes_effect"], at)
    elif kind == Proposal.Kind.ENROL:
        schools.may_enrol(wish["takes_effect"].year, at)
    else:
        changes.not_over_closed_days(wish["takes_effect"], at, closes_after(at))
    made = Proposal.objects.create(school=school, kind=kind, asked_by=by, asked_at=at, **wish)
    records.log(
        by=by,
        verb=f"{kind}.ask",
        on=made,
        at=at,
        after={**wish, **wish.get("changes", {}), "changes": None},
        reason=wish.get("document", ""),
    )
    return made


@transaction.atomic
def approve(*, proposal: Proposal, by: User, at: datetime, answer: str = "") -> Proposal:
    """Approve a wish and carry it out in the same transaction; the one who asked cannot.

    A move dated ahead is agreed to now and carried out by the clock on its day, since the tree is as it stands today.
    """
    if proposal.kind == Proposal.Kind.MOVE and proposal.takes_effect > local_date(at):
        proposal = _decide("agree", proposal, by, at, answer)
        _end_or_move(proposal.school, proposal.kind)
        schools.may_move(proposal.school, _target(proposal))
        return proposal
    proposal = _decide("approve", proposal, by, at, answer)
    _end_or_move(proposal.school, proposal.kind)
    carry_out(proposal, by, at)
    return proposal


def _end_or_move(school: School, kind: str) -> None:
    """Refuse the end of a school whose move is agreed to, and the move of one that ended or will end."""
    if kind not in ENDS | {Proposal.Kind.MOVE}:
        return
    school = School.objects.select_for_update().get(pk=school.pk)
    if kind == Proposal.Kind.MOVE:
        schools.not_closed(school)
        return
    agreed = Proposal.objects.filter(school=school, kind=Proposal.Kind.MOVE, state=Proposal.State.AGREED).first()
    if agreed is not None:
        told = {"day": agreed.takes_effect}
        sentence = gettext("已批准这所学校 %(day)s 起变更主管单位，尚未生效；请先撤回那次批准，或等生效后再办理撤并。")
        raise NotAllowed(sentence % told)


def carry_out(proposal: Proposal, by: User | None, at: datetime) -> None:
    """Do what a proposal asks for; the caller's transaction holds its row."""
    CARRY_OUT[Proposal.Kind(proposal.kind)](proposal, by, at)


@transaction.atomic
def refuse(*, proposal: Proposal, by: User, at: datetime, answer: str) -> Proposal:
    """Refuse a wish, saying why; a move agreed to is taken back as long as it has not taken effect."""
    held = locked(proposal.pk)
    return _decide("take_back" if held.state == Proposal.State.AGREED else "refuse", held, by, at, answer)


@transaction.atomic
def withdraw(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """Take a wish back before it is decided."""
    proposal = locked(proposal.pk)
    proposal.state = changes.after("withdraw", proposal.state)
    proposal.save(update_fields=["state"])
    records.log(by=by, verb="proposal.withdraw", on=proposal, at=at)
    return proposal


def _decide(step: str, proposal: Proposal, by: User, at: datetime, answer: str) -> Proposal:
    proposal = locked(proposal.pk)
    proposal.state = changes.after(step, proposal.state)
    if proposal.asked_by_id == by.pk:
        raise NotAllowed(gettext("申请人不能审批自己的申请，请另一位有权的人办理。"))
    proposal.decided_by, proposal.decided_at, proposal.answer, proposal.trouble = by, at, answer, ""
    proposal.save(update_fields=["state", "decided_by", "decided_at", "answer", "trouble"])
    after = {"takes_effect": proposal.takes_effect} if step == "agree" else {}
    records.log(by=by, verb=f"{proposal.kind}.{step}", on=proposal, at=at, reason=answer, after=after)
    tell(proposal, [proposal.asked_by], ANSWERS[step], answer, at)
    return proposal


def tell(proposal: Proposal, people: Sequence[User], words: Promise, text: str, at: datetime, *, key: str = "") -> None:
    """Put what became of a proposal into the inboxes of some people, under one `key` once."""
    told = {"school": proposal.school.name, "kind": Proposal.Kind(proposal.kind).label, "day": proposal.takes_effect}
    key, url = key or f"proposal:{proposal.pk}:{at.isoformat()}", reverse("schools:proposal", args=[proposal.pk])
    records.notify(to=people, key=key, title=said(source(words), told), text=text, url=url, at=at)


def _edit(proposal: Proposal, by: User | None, at: datetime) -> None:
    flags = {column: flag for flag, column in schools.COLUMNS.items()}
    told = dict(proposal.changes)
    for column in [name for name in told if name in flags]:
        flag = Trait.Flag(flags[column])
        schools.set_trait(
            school=proposal.school, flag=flag, value=told.pop(column), from_date=proposal.takes_effect, by=by, at=at
        )
    schools.edit_school(school=proposal.school, by=by, at=at, **told)


def _close(proposal: Proposal, by: User | None, at: datetime) -> None:
    schools.close_school(
        school=proposal.school,
        on=proposal.takes_effect,
        document=proposal.document,
        successor=proposal.successor,
        by=by,
        at=at,
    )


def _target(proposal: Proposal) -> Unit:
    if proposal.target_unit is None:
        raise NotAllowed(gettext("没有写明新的主管单位。"))
    return proposal.target_unit


def _move(proposal: Proposal, by: User | None, at: datetime) -> None:
    schools.move_school(
        school=proposal.school,
        to=_target(proposal),
        from_date=proposal.takes_effect,
        document=proposal.document,
        by=by,
        at=at,
    )


def _close_place(proposal: Proposal, by: User | None, at: datetime) -> None:
    places.close_place(place=_place(proposal), on=proposal.takes_effect, by=by, at=at)


def _reopen_place(proposal: Proposal, by: User | None, at: datetime) -> None:
    places.reopen_place(place=_place(proposal), on=proposal.takes_effect, by=by, at=at)


def _place(proposal: Proposal) -> Place:
    if proposal.place is None:
        raise NotAllowed(gettext("没有写明是哪个场所。"))
    return proposal.place


def _enrol(proposal: Proposal, by: User | None, at: datetime) -> None:
    schools.set_enrolment(school=proposal.school, by=by, at=at, **proposal.changes)


CARRY_OUT: dict[Proposal.Kind, Callable[[Proposal, User | None, datetime], None]] = {
    Proposal.Kind.EDIT: _edit,
    Proposal.Kind.CLOSE: _close,
    Proposal.Kind.MERGE: _close,
    Proposal.Kind.MOVE: _move,
    Proposal.Kind.CLOSE_PLACE: _close_place,
    Proposal.Kind.REOPEN_PLACE: _reopen_place,
    Proposal.Kind.ENROL: _enrol,
}


def locked(pk: int) -> Proposal:
    """Return a proposal as it stands now, locked until the transaction ends."""
    found = Proposal.objects.select_for_update(of=("self",))
    return found.select_related("school__unit", "place", "target_unit", "successor", "asked_by").get(pk=pk)
