"""Units made, renamed, recoded, moved, closed and switched on; each from a day on, the history kept.

Source: rights table, unit.*: asked by one person of the province, confirmed by another; a move holds the tree's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts.drafts import Cause, NewUnit
from logistics_portal.accounts.models import Unit, UnitChange, UnitPeriod, User
from logistics_portal.kit.attempts import attempt
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said

LONGEST_PATH = 120
PENDING = (UnitChange.State.ASKED, UnitChange.State.AGREED)


@transaction.atomic
def create_unit(*, parent: Unit | None, new: NewUnit, cause: Cause) -> Unit:
    """Add a unit under `parent` from a day on, with the first period of its history."""
    if Unit.objects.filter(code=new.code).exists():
        raise NotAllowed(gettext("代码 %(code)s 已被使用，请核对。") % {"code": new.code})
    unit = Unit.objects.create(
        code=new.code,
        name=new.name,
        name_en=new.name_en,
        kind=new.kind,
        parent=parent,
        path=_path(parent, new.code),
        division=new.division or new.code,
        switched_on=new.switched_on,
        from_date=cause.on,
    )
    _start_period(unit, cause)
    _log("unit.create", unit, cause, {}, _standing(unit))
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, cause: Cause) -> Unit:
    """Give a unit another name from a day on."""
    return _change(unit, "unit.rename", cause, lambda row: _set(row, name=name))


@transaction.atomic
def recode_unit(*, unit: Unit, code: str, cause: Cause) -> Unit:
    """Give a unit another code from a day on; the paths of everything below it follow in one statement."""
    if Unit.objects.filter(code=code).exclude(pk=unit.pk).exists():
        raise NotAllowed(gettext("代码 %(code)s 已被使用，请核对。") % {"code": code})

    def recode(row: Unit) -> None:
        _set(row, code=code)
        _rewrite_paths(row, _path(row.parent, code))

    return _change(unit, "unit.recode", cause, recode)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, cause: Cause) -> Unit:
    """Hang a unit under another one from a day on; the paths of everything below it follow in one statement."""

    def move(row: Unit) -> None:
        target = Unit.objects.get(pk=parent.pk)
        if target.path.startswith(row.path):
            raise NotAllowed(gettext("不能把机构移到它自己的下属之下。"))
        if target.kind == Unit.Kind.SCHOOL or target.until_date:
            raise NotAllowed(gettext("“%(name)s”不能作为上级机构。") % {"name": target.name})
        _set(row, parent=target)
        _rewrite_paths(row, _path(target, row.code))

    return _change(unit, "unit.move", cause, move)


@transaction.atomic
def close_unit(*, unit: Unit, successor: Unit | None, cause: Cause) -> Unit:
    """End a unit with the day before `cause.on`; it keeps its rows and its history."""

    def close(row: Unit) -> None:
        if Unit.objects.filter(parent=row, until_date__isnull=True).exists():
            raise NotAllowed(gettext("“%(name)s”还有下属机构或学校，请先调整它们的隶属。") % {"name": row.name})
        _set(row, until_date=cause.on - timedelta(days=1), successor=successor)

    row = _lock(unit)
    before = _standing(row)
    close(row)
    row.periods.filter(until_date__isnull=True).update(until_date=cause.on - timedelta(days=1))
    _log("unit.close", row, cause, before, {"until": row.until_date, "successor": successor})
    return row


@transaction.atomic
def switch_on_zone(*, unit: Unit, cause: Cause) -> Unit:
    """Let a functional zone supervise its schools itself (it counts as a county from now on)."""
    row = _lock(unit)
    if row.kind != Unit.Kind.FUNCTIONAL_ZONE or row.switched_on:
        raise NotAllowed(gettext("只有尚未启用的功能区可以启用。"))
    _set(row, switched_on=True)
    _log("unit.switch_on", row, cause, {"switched_on": False}, {"switched_on": True})
    return row


@transaction.atomic
def ask_change(*, unit: Unit, kind: str, facts: Mapping[str, object], cause: Cause) -> UnitChange:
    """Write down a change to the tree for a second person to confirm; for a new unit, `unit` is its parent."""
    if cause.by is None:
        raise NotAllowed(gettext("机构变更必须由具体的人提出。"))
    pending = UnitChange.objects.filter(unit=unit, kind=kind, state__in=PENDING)
    if kind != UnitChange.Kind.CREATE and pending.exists():
        raise NotAllowed(gettext("这个机构已有同类变更等待确认或等待生效，请先办理。"))
    change = UnitChange.objects.create(
        unit=unit,
        kind=kind,
        facts=records.plain(facts),
        on_date=cause.on,
        reason=cause.reason,
        asked_by=cause.by,
        asked_at=cause.at,
    )
    records.log(
        by=cause.by, verb="unit.ask", on=change, after={"kind": kind, **facts}, reason=cause.reason, at=cause.at
    )
    return change


@transaction.atomic
def confirm_change(*, change: UnitChange, by: User, at: datetime) -> UnitChange:
    """Agree to a change that somebody else asked for; one dated ahead is carried out by itself on its day."""
    change = _decidable(change, by, {UnitChange.State.ASKED})
    if change.on_date > local_date(at):
        records.log(by=by, verb="unit.confirm", on=change, after={"on_date": change.on_date}, at=at)
        return _decide(change, UnitChange.State.AGREED, by, at)
    _carry_out(change, Cause(change.on_date, change.reason, by, at))
    return _decide(change, UnitChange.State.DONE, by, at)


@transaction.atomic
def refuse_change(*, change: UnitChange, reason: str, by: User, at: datetime) -> UnitChange:
    """Send a change back, also one agreed to whose day has not come; nothing in the tree changes."""
    change = _decide(_decidable(change, by, set(PENDING)), UnitChange.State.REFUSED, by, at)
    records.log(by=by, verb="unit.refuse", on=change, reason=reason, at=at)
    return change


def apply_due(*, at: datetime) -> int:
    """Carry out every agreed change whose day has come, the oldest first; returns how many.

    Each stands in a transaction of its own, so one that breaks holds up no other. One that cannot be carried out stays
    agreed, says why and is tried again; who asked and who confirmed are told once a day. Running late or twice changes
    nothing: the day stays the change's.
    """
    today = local_date(at)
    due = UnitChange.objects.filter(state=UnitChange.State.AGREED, on_date__lte=today).order_by("on_date", "pk")
    return sum(_try(pk, at) for pk in list(due.values_list("pk", flat=True)))


def _try(pk: int, at: datetime) -> int:
    def trouble(why: str) -> None:
        _tell_trouble(UnitChange.objects.select_related("unit", "asked_by", "decided_by").get(pk=pk), why, at)

    clash = gettext("与现有机构或沿革冲突，数据库未接受，请核对代码、日期和隶属。")
    return attempt(lambda: _apply(pk, at), trouble=trouble, clash=clash, about={"change": pk})


@transaction.atomic
def _apply(pk: int, at: datetime) -> int:
    change = UnitChange.objects.select_for_update(of=("self",)).select_related("unit", "decided_by").get(pk=pk)
    if change.state != UnitChange.State.AGREED:
        return 0
    _carry_out(change, Cause(change.on_date, change.reason, change.decided_by, at))
    change.state, change.trouble = UnitChange.State.DONE, ""
    change.save(update_fields=["state", "trouble"])
    return 1


def _tell_trouble(change: UnitChange, why: str, at: datetime) -> None:
    why = why[:200]
    if change.trouble != why:
        UnitChange.objects.filter(pk=change.pk, state=UnitChange.State.AGREED).update(trouble=why)
        records.refused(by=None, verb="unit.apply", on=change, reason=why, at=at)
    words = {"kind": UnitChange.Kind(change.kind).label, "unit": change.unit.name}
    records.notify(
        to=[person for person in (change.asked_by, change.decided_by) if person is not None],
        key=f"unit.trouble/{change.pk}/{local_date(at)}",
        title=said(gettext_noop("机构变更到期未能生效：%(kind)s %(unit)s"), words),
        text=why,
        url=reverse("accounts:unit-decide", args=[change.pk]),
        at=at,
    )


def _decidable(change: UnitChange, by: User, states: Collection[str]) -> UnitChange:
    change = UnitChange.objects.select_for_update().select_related("unit").get(pk=change.pk)
    if change.state not in states:
        raise NotAllowed(gettext("这项变更已经办理过了。"))
    if change.asked_by_id == by.pk:
        raise NotAllowed(gettext("变更须由提出人以外的负责人确认。"))
    return change


def _decide(change: UnitChange, state: str, by: User, at: datetime) -> UnitChange:
    change.state, change.decided_by, change.decided_at, change.trouble = state, by, at, ""
    change.save(update_fields=["state", "decided_by", "decided_at", "trouble"])
    return change


def _carry_out(change: UnitChange, cause: Cause) -> None:
    unit, facts = change.unit, change.facts
    match change.kind:
        case UnitChange.Kind.CREATE:
            create_unit(parent=unit, new=NewUnit(**facts), cause=cause)
        case UnitChange.Kind.RENAME:
            rename_unit(unit=unit, name=facts["name"], cause=cause)
        case UnitChange.Kind.RECODE:
            recode_unit(unit=unit, code=facts["code"], cause=cause)
        case UnitChange.Kind.MOVE:
            move_unit(unit=unit, parent=Unit.objects.get(pk=facts["parent"]), cause=cause)
        case UnitChange.Kind.CLOSE:
            close_unit(unit=unit, successor=Unit.objects.filter(pk=facts.get("successor")).first(), cause=cause)
        case _:
            switch_on_zone(unit=unit, cause=cause)


def _change(unit: Unit, verb: str, cause: Cause, change: Callable[[Unit], None]) -> Unit:
    row = _lock(unit)
    if row.until_date is not None:
        raise NotAllowed(gettext("“%(name)s”已撤销，不能再变更。") % {"name": row.name})
    before = _standing(row)
    change(row)
    _start_period(row, cause)
    _log(verb, row, cause, before, _standing(row))
    return row


def _lock(unit: Unit) -> Unit:
    """Return the unit afresh while the whole tree is locked."""
    lock_tree()
    return Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)


def lock_tree() -> None:
    """Hold the tree at its root until the caller's transaction ends, so that two moves never cross."""
    list(Unit.objects.select_for_update().filter(parent__isnull=True).order_by("pk"))


def _set(row: Unit, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _path(parent: Unit | None, code: str) -> str:
    path = f"{parent.path if parent else ''}{code}/"
    if len(path) > LONGEST_PATH or not code.isascii() or not code.isalnum():
        raise NotAllowed(gettext("代码只能用字母和数字，层级不能过深。"))
    return path


def _rewrite_paths(row: Unit, new: str) -> None:
    old = row.path
    rows = Unit.objects.filter(path__startswith=old)
    longest = max(len(path) for path in rows.values_list("path", flat=True))
    if longest - len(old) + len(new) > LONGEST_PATH:
        raise NotAllowed(gettext("代码只能用字母和数字，层级不能过深。"))
    rows.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    row.path = new


def _start_period(unit: Unit, cause: Cause) -> None:
    """End the period that runs and start one that says how the unit stands now."""
    last = unit.periods.select_for_update().order_by("-from_date").first()
    if last is not None and last.from_date > cause.on:
        raise NotAllowed(gettext("生效日期不能早于上一次变更（%(day)s）。") % {"day": last.from_date})
    standing = {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent, "reason": cause.reason}
    if last is not None and last.from_date == cause.on:
        UnitPeriod.objects.filter(pk=last.pk).update(**standing)
        return
    if last is not None:
        UnitPeriod.objects.filter(pk=last.pk).update(until_date=cause.on - timedelta(days=1))
    UnitPeriod.objects.create(unit=unit, from_date=cause.on, **standing)


def _standing(unit: Unit) -> dict[str, object]:
    return {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent_id}


def _log(verb: str, unit: Unit, cause: Cause, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    told = {**after, "from": cause.on}
    records.log(by=cause.by, verb=verb, on=unit, before=before, after=told, reason=cause.reason, at=cause.at)
