"""Closures: asked for by a school or declared by a bureau, decided by another person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from schools.terms.figures import limits_at
from schools.terms.models import Closure
from schools.terms.rules import closures as rules

ANSWERS = {
    "approve": gettext_noop("停课申请已批准：%(unit)s %(first)s 至 %(last)s"),
    "refuse": gettext_noop("停课申请被驳回：%(unit)s %(first)s 至 %(last)s"),
}


class More(TypedDict, total=False):
    """What becomes of the boarders, and which office declares."""

    keeps_boarders: bool
    declared_by_unit: Unit | None


@transaction.atomic
def ask(*, unit: Unit, first: date, last: date, reason: str, by: User, at: datetime, **more: Unpack[More]) -> Closure:
    """Record that a school asks to close, or that a bureau's clerk declares it for the units below.

    It counts once another person approves it. Raises `NotAllowed` when the days cross a closure that is asked for
    or approved, are out of all reason, or when the year's data are frozen.
    """
    rules.within_reason(first, last, at, limits_at(at))
    rules.decider(first, last, at, limits_at(at))
    held = [Closure.State.REQUESTED, Closure.State.APPROVED]
    crossing = Closure.objects.filter(unit=unit, state__in=held, first_date__lte=last, last_date__gte=first).first()
    if crossing is not None:
        raise NotAllowed(
            gettext("%(first)s 至 %(last)s 已有停课记录，请先办结那一条。")
            % {"first": crossing.first_date, "last": crossing.last_date}
        )
    made = Closure.objects.create(
        unit=unit,
        first_date=first,
        last_date=last,
        reason=reason,
        requested_by=by,
        requested_at=at,
        **more,
    )
    records.log(by=by, verb="closure.ask", on=made, at=at, reason=reason, after={"first": first, "last": last})
    return made


@transaction.atomic
def approve(*, closure: Closure, by: User, at: datetime, answer: str = "") -> Closure:
    """Approve a closure; from now on its days are no school days.

    Raises `NotAllowed` when the one who asked decides.
    """
    return _decide("approve", closure, by, at, answer)


@transaction.atomic
def refuse(*, closure: Closure, by: User, at: datetime, answer: str) -> Closure:
    """Refuse a closure, saying why."""
    return _decide("refuse", closure, by, at, answer)


@transaction.atomic
def withdraw(*, closure: Closure, by: User, at: datetime) -> Closure:
    """Take a request back before it is decided."""
    closure = _locked(closure)
    closure.state = rules.after("withdraw", closure.state)
    closure.save(update_fields=["state"])
    records.log(by=by, verb="closure.withdraw", on=closure, at=at)
    return closure


@transaction.atomic
def revoke(*, closure: Closure, by: User, at: datetime, reason: str) -> Closure:
    """Take back the days of an approved closure whose checks are not closed yet, and return the row revoked.

    Days already closed stay approved: the old row keeps them, a new row tells of the days taken back.
    """
    closure = _locked(closure)
    state = rules.after("revoke", closure.state)
    start = rules.open_from(closure.first_date, closure.last_date, at, limits_at(at))
    if start is None:
        raise NotAllowed(gettext("这些日期的检查都已关账，不能再撤销。"))
    before = {"first": closure.first_date, "last": closure.last_date}
    taken = closure
    if start > closure.first_date:
        taken = Closure(
            unit=closure.unit,
            last_date=closure.last_date,
            keeps_boarders=closure.keeps_boarders,
            declared_by_unit=closure.declared_by_unit,
            reason=closure.reason,
            requested_by=closure.requested_by,
            requested_at=closure.requested_at,
            decided_by=closure.decided_by,
            decided_at=closure.decided_at,
            answer=closure.answer,
        )
        closure.last_date = start - timedelta(days=1)
        closure.save(update_fields=["last_date"])
    taken.first_date, taken.state = start, state
    taken.revoked_by, taken.revoked_at, taken.revoke_reason = by, at, reason
    taken.save()
    after = {"first": start, "last": taken.last_date}
    records.log(by=by, verb="closure.revoke", on=taken, at=at, reason=reason, before=before, after=after)
    _tell(taken, gettext_noop("停课已撤销：%(unit)s %(first)s 至 %(last)s"), by, reason, at)
    return taken


def _decide(step: str, closure: Closure, by: User, at: datetime, answer: str) -> Closure:
    closure = _locked(closure)
    closure.state = rules.after(step, closure.state)
    if closure.requested_by_id == by.pk:
        raise NotAllowed(gettext("申请人不能审批自己的申请，请另一位有权的人办理。"))
    rules.decider(closure.first_date, closure.last_date, at, limits_at(at))
    closure.decided_by, closure.decided_at, closure.answer = by, at, answer
    closure.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    records.log(by=by, verb=f"closure.{step}", on=closure, at=at, reason=answer)
    _tell(closure, ANSWERS[step], by, answer, at)
    return closure


def _tell(closure: Closure, words: str, by: User, text: str, at: datetime) -> None:
    """Tell who asked, in the own language, what became of it, unless it is their own doing."""
    if closure.requested_by_id == by.pk:
        return
    told = {"unit": closure.unit.name, "first": closure.first_date, "last": closure.last_date}
    records.notify(
        to=closure.requested_by,
        key=f"closure:{closure.pk}:{closure.state}",
        title=said(words, told),
        text=text,
        url=reverse("schools:closure", args=[closure.pk]),
        at=at,
    )


def _locked(closure: Closure) -> Closure:
    return Closure.objects.select_for_update(of=("self",)).select_related("unit", "requested_by").get(pk=closure.pk)
