"""Setting a figure anew: one person of the province proposes, another confirms; no past day is ever touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.selectors import people_in_post
from logistics_portal.desk.figures.selectors import SET_BY_PROVINCE
from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import rules
from logistics_portal.records import services as records
from logistics_portal.records.models import Parameter, ParameterChange
from logistics_portal.records.sayings import Named, Said, said
from logistics_portal.records.selectors import forget_figures
from logistics_portal.records.sheets import FOLLOWED


@dataclass(frozen=True)
class Wish:
    """What a figure shall be, from which day on, and why."""

    value: str
    first: date
    reason: str


@dataclass(frozen=True)
class Hand:
    """Who acts, on which post of the province, and when."""

    by: User
    post: Post
    at: datetime


@transaction.atomic
def propose(*, code: str, wish: Wish, hand: Hand) -> ParameterChange:
    """Ask for a new value of a figure from a day on; it counts once another person confirms it.

    Raises `NotAllowed` for a value out of bounds, a day that has begun, or while another change of it waits.
    """
    rows = _locked(code)
    rules.require_start(wish.first, hand.at)
    value = rows[-1].bounds.written(wish.value)
    if ParameterChange.objects.filter(code=code, state=rules.State.PROPOSED).exists():
        raise NotAllowed(gettext("这个参数已有一条待确认的变更，请先办结那一条。"))
    held = _room_for(rows, value, wish.first)
    change = ParameterChange.objects.create(
        code=code,
        value=value,
        valid_from=wish.first,
        reason=wish.reason,
        proposed_by=hand.by,
        proposed_at=hand.at,
    )
    before = {"value": held.value} if held else {}
    after = {"value": value, "valid_from": wish.first}
    _log("propose", change, hand, before=before, after=after, reason=wish.reason)
    heads = people_in_post([Role.OFFICE_HEAD], hand.post.unit, local_date(hand.at)).exclude(pk=hand.by.pk)
    _tell(
        change,
        list(heads),
        said(gettext_noop("参数变更待确认：%(name)s"), {"name": _named(rows[-1])}),
        wish.reason,
        hand,
    )
    return change


@transaction.atomic
def confirm(*, change: ParameterChange, answer: str, hand: Hand) -> Parameter:
    """Let a proposed value hold from its day on; the one before ends the day before.

    Raises `NotAllowed` to the proposer, and once the day has begun.
    """
    rows = _locked(change.code)
    asked = _decided(change, "confirm", answer, hand)
    rules.require_start(asked.valid_from, hand.at)
    held = _room_for(rows, asked.value, asked.valid_from)
    later = next((row for row in rows if row.valid_from > asked.valid_from), None)
    if held is not None:
        held.valid_to = asked.valid_from - ONE_DAY
        held.save(update_fields=["valid_to"])
    model = held or rows[-1]
    made = Parameter.objects.create(
        code=asked.code,
        value=asked.value,
        valid_from=asked.valid_from,
        valid_to=later.valid_from - ONE_DAY if later else None,
        change=asked,
        unit=model.unit,
        basis=model.basis,
        sure=SET_BY_PROVINCE,
        **{name: getattr(model, name) for name in FOLLOWED},
    )
    forget_figures()
    before = {"value": held.value} if held else {}
    _log("confirm", asked, hand, before=before, after={"value": made.value, "valid_from": made.valid_from})
    _tell(
        asked, [asked.proposed_by], said(gettext_noop("参数变更已确认：%(name)s"), {"name": _named(made)}), answer, hand
    )
    return made


@transaction.atomic
def refuse(*, change: ParameterChange, answer: str, hand: Hand) -> ParameterChange:
    """Turn a proposed value down with a reason; the figure stays as it is."""
    if not answer.strip():
        raise NotAllowed(gettext("请写明驳回的理由。"))
    asked = _decided(change, "refuse", answer, hand)
    _log("refuse", asked, hand, after={"state": asked.state}, reason=answer)
    name = _named(_locked(asked.code)[-1])
    _tell(asked, [asked.proposed_by], said(gettext_noop("参数变更被驳回：%(name)s"), {"name": name}), answer, hand)
    return asked


@transaction.atomic
def withdraw(*, change: ParameterChange, hand: Hand) -> ParameterChange:
    """Take a proposed value back before anybody decided on it."""
    asked = _decided(change, "withdraw", "", hand)
    _log("withdraw", asked, hand, after={"state": asked.state})
    return asked


def _locked(code: str) -> list[Parameter]:
    """Return every value of a figure, the first one first, locked until the transaction ends."""
    rows = list(Parameter.objects.select_for_update().filter(code=code).order_by("valid_from"))
    if not rows:
        raise NotAllowed(gettext("没有这个参数。"))
    return rows


def _room_for(rows: list[Parameter], value: str, first: date) -> Parameter | None:
    """Return the value that a new one follows, or refuse one that says the same or begins on the same day."""
    held = next((row for row in rows if row.valid_from <= first and (row.valid_to or first) >= first), None)
    if any(row.valid_from == first for row in rows):
        raise NotAllowed(gettext("%(day)s 起已有新值，请换一个生效日期。") % {"day": first})
    if held is not None and held.value == value:
        raise NotAllowed(gettext("新值与 %(day)s 的值相同，不用变更。") % {"day": first})
    return held


def _decided(change: ParameterChange, step: str, answer: str, hand: Hand) -> ParameterChange:
    asked = ParameterChange.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=change.pk)
    state = rules.after(step, asked.state)
    if step != "withdraw":
        rules.require_other_person(asked.proposed_by_id, hand.by.pk)
    asked.state, asked.answer, asked.decided_by, asked.decided_at = state, answer.strip(), hand.by, hand.at
    asked.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    return asked


def _log(step: str, change: ParameterChange, hand: Hand, **facts: Any) -> None:
    records.log(
        by=hand.by,
        verb=f"parameter.{step}",
        on=change,
        post=hand.post,
        unit=hand.post.unit,
        at=hand.at,
        **facts,
    )


def _named(row: Parameter) -> Named:
    return Named(row.name, row.name_en)


def _tell(change: ParameterChange, people: list[User], title: Said, text: str, hand: Hand) -> None:
    if people:
        url = reverse("figures:figure", args=[change.code])
        key = f"parameter:{change.pk}:{change.state}"
        records.notify(to=people, key=key, title=title, text=text, url=url, at=hand.at)
