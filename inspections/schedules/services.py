"""Freeing slots from checks: a school asks, its first reviewer answers, and once the slot is closed the level above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from inspections.checklists.models import Checklist
from inspections.schedules.figures import most_days
from inspections.schedules.models import Exemption, Missed
from inspections.schedules.rules import Slot
from inspections.schedules.selectors import DutyKey, due
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Level, Permission
from logistics_portal.accounts.selectors import acting_office
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.scoping import ScopedQuerySet
from logistics_portal.records.models import Attachment
from logistics_portal.records.sayings import said
from logistics_portal.records.services import log, notify
from schools.register.models import Place

LONGEST_OPEN = timedelta(days=70)  # no slot stays open so long after its date
WAITING_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a school asks for: which slots of one place need no check, and why."""

    place: Place
    checklist: Checklist
    first_date: date
    last_date: date
    reason: str
    text: str
    seq: int = 0
    evidence: Attachment | None = None


@transaction.atomic
def request(*, wish: Wish, by: User, post: Post, at: datetime) -> Exemption:
    """Ask that slots of a place need no check (R112); the slots must be due on those days."""
    if wish.last_date < wish.first_date:
        raise NotAllowed(gettext("结束日期不能早于开始日期。"))
    most = most_days(local_date(at))
    if wish.last_date - wish.first_date >= timedelta(days=most):
        raise NotAllowed(gettext("一次免检最多 %(days)s 天，停用较久的请变更场所信息。") % {"days": most})
    if not slots_freed(wish.place, wish.checklist.pk, wish.first_date, wish.last_date, wish.seq):
        raise NotAllowed(gettext("这些天这个场所没有这项检查，不用申请免检。"))
    row = Exemption.objects.create(
        place=wish.place,
        checklist=wish.checklist,
        first_date=wish.first_date,
        last_date=wish.last_date,
        seq=wish.seq,
        reason=wish.reason,
        text=wish.text,
        evidence=wish.evidence,
        requested_by=by,
        requested_at=at,
    )
    log(by=by, verb="exemption.request", on=row, post=post, reason=wish.text, at=at)
    return row


@transaction.atomic
def approve(*, exemption: Exemption, answer: str, by: User, post: Post, at: datetime) -> Exemption:
    """Free the slots; rows of those already written as missed stay and are marked as superseded."""
    exemption = _requested(exemption)
    _require_other(exemption, by)
    _require_level(exemption, by, at)
    exemption.state = Exemption.State.APPROVED
    exemption.decided_by, exemption.decided_at, exemption.answer = by, at, answer
    exemption.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    missed = _missed(exemption).filter(superseded=Missed.Superseded.NO)
    freed = missed.update(superseded=Missed.Superseded.EXEMPTION, superseded_at=at)
    log(by=by, verb="exemption.approve", on=exemption, post=post, reason=answer, after={"superseded": freed}, at=at)
    _tell(exemption, gettext_noop("免检申请已批准：%(place)s %(first)s 至 %(last)s"), by, answer, at)
    return exemption


@transaction.atomic
def refuse(*, exemption: Exemption, answer: str, by: User, post: Post, at: datetime) -> Exemption:
    """Turn a request down with a reason."""
    exemption = _requested(exemption)
    _require_other(exemption, by)
    if not answer.strip():
        raise NotAllowed(gettext("驳回须写明意见。"))
    exemption.state = Exemption.State.REFUSED
    exemption.decided_by, exemption.decided_at, exemption.answer = by, at, answer
    exemption.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    log(by=by, verb="exemption.refuse", on=exemption, post=post, reason=answer, at=at)
    _tell(exemption, gettext_noop("免检申请被驳回：%(place)s %(first)s 至 %(last)s"), by, answer, at)
    return exemption


@transaction.atomic
def withdraw(*, exemption: Exemption, by: User, post: Post, at: datetime) -> Exemption:
    """Take back a request that nobody has answered."""
    exemption = _requested(exemption)
    exemption.state = Exemption.State.WITHDRAWN
    exemption.save(update_fields=["state"])
    log(by=by, verb="exemption.withdraw", on=exemption, post=post, at=at)
    return exemption


@transaction.atomic
def revoke(*, exemption: Exemption, reason: str, by: User, post: Post, at: datetime) -> Exemption:
    """Take back an approval while none of its slots has closed."""
    exemption = _locked(exemption)
    if exemption.state != Exemption.State.APPROVED:
        raise NotAllowed(gettext("只有已批准的免检可以撤销。"))
    if any_closed(exemption, at):
        raise NotAllowed(gettext("其中有的检查已关账，不能撤销。"))
    exemption.state = Exemption.State.REVOKED
    exemption.save(update_fields=["state"])
    log(by=by, verb="exemption.revoke", on=exemption, post=post, reason=reason, at=at)
    _tell(exemption, gettext_noop("免检已撤销，须照常检查：%(place)s %(first)s 至 %(last)s"), by, reason, at)
    return exemption


def waiting_for(user: User, now: datetime) -> list[Exemption]:
    """Return the requests that wait for a person's answer, oldest first: F's, and C's once a slot has closed.

    Where the days leave open whether a slot has closed, it is worked out for all of them together; what is another
    office's never takes the room of one's own.
    """
    today = local_date(now)
    first, late = (user.where(_deciding(closed=closed), "place__school__unit") for closed in (False, True))
    rows = Exemption.objects.visible_to(user).filter(state=Exemption.State.REQUESTED).exclude(requested_by=user)
    rows = rows.select_related("place__school__unit__parent__parent__parent", "checklist")
    rows = rows.order_by("requested_at", "pk")
    begun = Q(first_date__lt=today, last_date__gte=today - LONGEST_OPEN)
    sure = rows.filter(first & Q(first_date__gte=today) | late & Q(last_date__lt=today - LONGEST_OPEN))[:WAITING_SHOWN]
    asked = list(rows.filter(begun & (first | late) | Q(pk__in=sure.values("pk"))))
    open_or_not = [row for row in asked if row.first_date < today and row.last_date >= today - LONGEST_OPEN]
    over = _closed_among(open_or_not, now)
    others = {row.pk for row in open_or_not if not user.can(_deciding(closed=row.pk in over), at=row.place.school.unit)}
    return [row for row in asked if row.pk not in others][:WAITING_SHOWN]


def _closed_among(rows: Sequence[Exemption], at: datetime) -> set[int]:
    """Return which exemptions free a slot that has closed; the slots of all are worked out together."""
    if not rows:
        return set()
    first, last = min(row.first_date for row in rows), max(row.last_date for row in rows)
    places = {row.place_id: row.place for row in rows}.values()
    slots = due(places, first, last, checklists=sorted({row.checklist_id for row in rows}))
    return {row.pk for row in rows if _any_closed(row, slots.get(DutyKey(row.place_id, row.checklist_id), []), at)}


def permission_to_decide(exemption: Exemption, at: datetime) -> Permission:
    """Return the right that answering takes: once a slot of it is closed, that of the level above (F → C)."""
    return _deciding(closed=any_closed(exemption, at))


def awaited(exemption: Exemption, at: datetime) -> str:
    """Return who answers a request now, in words: the office of F, once a slot has closed the head one above."""
    school = exemption.place.school.unit
    late = any_closed(exemption, at)
    unit = acting_office(_deciding(closed=late), Level.NEXT if late else Level.FIRST, school)
    words = gettext("%(unit)s后勤部门负责人") if late else gettext("%(unit)s后勤部门")
    return words % {"unit": unit.name}


def any_closed(exemption: Exemption, at: datetime) -> bool:
    """Say whether a slot that the exemption frees has closed."""
    return exemption.pk in _closed_among([exemption], at)


def slots_freed(place: Place, checklist_id: int, first: date, last: date, seq: int) -> list[Slot]:
    """Return the slots that an exemption of these days frees."""
    slots = due([place], first, last, checklists=[checklist_id]).get(DutyKey(place.pk, checklist_id), [])
    return [slot for slot in slots if seq in {0, slot.seq}]


def _deciding(*, closed: bool) -> Permission:
    return Permission.EXEMPTION_DECIDE_LATE if closed else Permission.EXEMPTION_DECIDE


def _any_closed(row: Exemption, slots: Sequence[Slot], at: datetime) -> bool:
    freed = [it for it in slots if row.first_date <= it.date <= row.last_date and row.seq in {0, it.seq}]
    if not freed:
        return row.last_date < local_date(at)
    return any(slot.closes_at <= at for slot in freed)


def _tell(exemption: Exemption, words: str, by: User, text: str, at: datetime) -> None:
    """Tell who asked, in the own language, what became of it, unless it is their own doing."""
    if exemption.requested_by_id == by.pk:
        return
    told = {"place": exemption.place.name, "first": exemption.first_date, "last": exemption.last_date}
    notify(
        to=exemption.requested_by,
        key=f"exemption:{exemption.pk}:{exemption.state}",
        title=said(words, told),
        text=text,
        url=reverse("inspections:exemption", args=[exemption.pk]),
        at=at,
    )


def _require_other(exemption: Exemption, by: User) -> None:
    if exemption.requested_by_id == by.pk:
        raise NotAllowed(gettext("申请人不能审批自己的申请。"))


def _require_level(exemption: Exemption, by: User, at: datetime) -> None:
    if not by.can(permission_to_decide(exemption, at), at=exemption.place.school.unit):
        raise NotAllowed(gettext("这些检查已关账，须由上一级部门负责人审批。"))


def _missed(exemption: Exemption) -> ScopedQuerySet[Missed]:
    rows = Missed.objects.filter(
        place=exemption.place_id,
        checklist=exemption.checklist_id,
        date__range=(exemption.first_date, exemption.last_date),
    )
    return rows.filter(seq=exemption.seq) if exemption.seq else rows


def _requested(exemption: Exemption) -> Exemption:
    exemption = _locked(exemption)
    if exemption.state != Exemption.State.REQUESTED:
        state = Exemption.State(exemption.state).label
        raise NotAllowed(gettext("这份申请目前为“%(state)s”，不能再办理。") % {"state": state})
    return exemption


def _locked(exemption: Exemption) -> Exemption:
    rows = Exemption.objects.select_for_update(of=("self",))
    return rows.select_related("place__school__unit__parent__parent__parent", "requested_by").get(pk=exemption.pk)
