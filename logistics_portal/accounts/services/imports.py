"""Sheets of school users: handed in, agreed to by the clerk who gave the list, a long one confirmed by a second person.

Source: rights §2, post.grant at a school (asked by OC@F), import.upload and bulk acts over fifty objects; §3, Import:
cancelled by the clock after seven days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts import deciding, figures
from logistics_portal.accounts.models import PeopleImport, Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.models import Attachment
from logistics_portal.records.sayings import Said, said


@dataclass(frozen=True)
class DryRun:
    """What the dry run of a sheet found: how many rows, how many of them wrong, at which schools the others are."""

    rows: int
    wrong: int
    schools: Collection[Unit]


@transaction.atomic
def hand_in(*, file: Attachment, found: DryRun, unit: Unit, asked_by: User, by: User, at: datetime) -> PeopleImport:
    """Keep a sheet with its dry run; one without errors is told to the clerk who gave the list."""
    if asked_by.pk == by.pk:
        raise NotAllowed(gettext("名单须由经办提供，不能由导入人自己提供。"))
    refuse_giver(asked_by, found.schools, at)
    row = PeopleImport.objects.create(
        file=file,
        unit=unit,
        state=PeopleImport.State.REFUSED if found.wrong else PeopleImport.State.CHECKED,
        rows=found.rows,
        asked_by=asked_by,
        by=by,
        uploaded_at=at,
        needs_second=found.rows > figures.figure(figures.BULK_ROWS, local_date(at)),
        closed_at=at if found.wrong else None,
    )
    told = {"rows": found.rows, "wrong": found.wrong, "asked_by": asked_by}
    records.log(by=by, verb="import.check", on=row, after=told, at=at)
    if not found.wrong:
        records.notify(
            to=asked_by,
            key=f"people.list/{row.pk}",
            title=said(gettext_noop("请核对名单：导入学校人员 %(count)d 行"), {"count": row.rows}),
            text=said(gettext_noop("%(name)s 上传，写明名单由您提供。您核对同意后才能导入。"), {"name": by.full_name}),
            url=_page(row),
            at=at,
        )
    return row


def refuse_giver(giver: User, schools: Collection[Unit], at: datetime) -> None:
    """Raise `NotAllowed` unless this person is, that day, the office clerk who answers for each of these schools."""
    beyond = deciding.not_answered_for(giver, schools, local_date(at))
    if beyond:
        words = {"name": giver.full_name, "school": beyond[0].name, "count": len(beyond)}
        sentence = gettext("%(name)s 不是“%(school)s”等 %(count)d 所学校主管单位的现任经办，不能为这份名单负责。")
        raise NotAllowed(sentence % words)


@transaction.atomic
def agree(*, row: PeopleImport, schools: Collection[Unit], by: User, at: datetime) -> PeopleImport:
    """Note that the clerk who gave the list says yes to it; who goes on with it is told."""
    row = _answerable(row, by)
    if row.is_agreed:
        raise NotAllowed(gettext("您已核对同意过这份名单。"))
    _refuse_old(row, at)
    refuse_giver(by, schools, at)
    row.agreed_by, row.agreed_at = by, at
    row.save(update_fields=["agreed_by", "agreed_at"])
    records.log(by=by, verb="import.agree", on=row, after={"rows": row.rows}, at=at)
    _tell_agreed(row, at)
    return row


def _tell_agreed(row: PeopleImport, at: datetime) -> None:
    limit = figures.figure(figures.BULK_ROWS, local_date(at))
    words = {"name": row.asked_by.full_name, "count": row.rows, "by": row.by.full_name, "limit": limit}
    next_step = said(gettext_noop("请打开后确认导入。"))
    if row.needs_second:
        next_step = said(gettext_noop("超过 %(limit)d 行，已通知另一位安全管理员确认。"), words)
        records.notify(
            to=deciding.second_persons(row, local_date(at)),
            key=f"people.import/{row.pk}",
            title=said(gettext_noop("待确认：导入学校人员 %(count)d 行"), words),
            text=said(gettext_noop("%(by)s 上传，%(name)s 已核对同意；超过 %(limit)d 行须第二人确认。"), words),
            url=_page(row),
            at=at,
        )
    title = said(gettext_noop("%(name)s 已核对同意：导入学校人员 %(count)d 行"), words)
    records.notify(to=row.by, key=f"people.agreed/{row.pk}", title=title, text=next_step, url=_page(row), at=at)


@transaction.atomic
def decline(*, row: PeopleImport, reason: str, by: User, at: datetime) -> PeopleImport:
    """Send a list back with the reason, also after the yes while nothing is written yet; it is put aside."""
    row = _answerable(row, by)
    row.answer, row.state, row.closed_at = reason[:200], PeopleImport.State.CANCELLED, at
    row.save(update_fields=["answer", "state", "closed_at"])
    records.log(by=by, verb="import.decline", on=row, reason=reason, at=at)
    title = said(
        gettext_noop("%(name)s 已退回名单：导入学校人员 %(count)d 行"), {"name": by.full_name, "count": row.rows}
    )
    records.notify(to=row.by, key=f"people.declined/{row.pk}", title=title, text=reason, url=_page(row), at=at)
    return row


def _answerable(row: PeopleImport, by: User) -> PeopleImport:
    row = _locked(row)
    if row.asked_by_id != by.pk:
        raise NotAllowed(gettext("名单只能由提供人本人核对。"))
    if not row.is_open:
        raise NotAllowed(gettext("这份表已经办理过了。"))
    return row


def _locked(row: PeopleImport) -> PeopleImport:
    related = ("unit__parent__parent", "file", "by", "asked_by")
    return PeopleImport.objects.select_for_update(of=("self",)).select_related(*related).get(pk=row.pk)


def _refuse_old(row: PeopleImport, at: datetime) -> None:
    if row.uploaded_at < figures.import_deadline(at):
        raise NotAllowed(gettext("这份表预检后已超过期限，请重新上传。"))


def open_for(row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Return a sheet locked to be carried out by this person, or refuse: done, put aside, too old, without its two yes.

    Call it inside the transaction that writes the people.
    """
    row = _locked(row)
    if row.state == PeopleImport.State.REFUSED:
        raise NotAllowed(gettext("这份表有错，请改正后重新上传。"))
    if not row.is_open:
        raise NotAllowed(gettext("这份表已经办理过了。"))
    _refuse_old(row, at)
    if not row.is_agreed:
        raise NotAllowed(gettext("名单提供人 %(name)s 还没有核对同意，不能导入。") % {"name": row.asked_by.full_name})
    if not deciding.carries_out(by, row):
        raise NotAllowed(gettext("超过规定行数的导入，须由同级或上一级的另一位安全管理员确认。"))
    return row


def close(row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Note that a sheet was carried out, and tell who answers for the list."""
    row.state, row.closed_at = PeopleImport.State.APPLIED, at
    row.confirmed_by = by if row.needs_second else None
    row.save(update_fields=["state", "closed_at", "confirmed_by"])
    title = said(gettext_noop("已按您提供的名单导入学校人员 %(count)d 行"), {"count": row.rows})
    records.notify(to=row.asked_by, key=f"people.imported/{row.pk}", title=title, at=at)
    if row.needs_second:
        title = said(gettext_noop("导入学校人员 %(count)d 行：已由第二人确认"), {"count": row.rows})
        records.notify(to=row.by, key=f"people.confirmed/{row.pk}", title=title, url=_page(row), at=at)
    return row


@transaction.atomic
def cancel(*, row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Put a sheet aside; nothing of it is written, and the clerk who gave the list is told."""
    row = _locked(row)
    if row.state != PeopleImport.State.CHECKED:
        raise NotAllowed(gettext("这份表已经办理过了。"))
    words = {"name": by.full_name, "count": row.rows}
    title = said(gettext_noop("%(name)s 已取消名单：导入学校人员 %(count)d 行"), words)
    _tell_cancelled(row, row.asked_by, title, _page(row), at)
    return _cancel(row, by, at)


@transaction.atomic
def cancel_old(*, at: datetime) -> int:
    """Put aside the sheets nobody carried out within seven days; returns how many.

    Who handed one in and the clerk who gave its list are told.
    """
    old = PeopleImport.objects.filter(state=PeopleImport.State.CHECKED, uploaded_at__lt=figures.import_deadline(at))
    rows = list(old.select_for_update(of=("self",)).select_related("by", "asked_by", "file").order_by("pk"))
    for row in rows:
        _cancel(row, None, at)
        title = said(gettext_noop("导入学校人员 %(count)d 行：过期未确认，已取消"), {"count": row.rows})
        _tell_cancelled(row, row.by, title, reverse("accounts:import"), at)
        _tell_cancelled(row, row.asked_by, title, _page(row), at)
    return len(rows)


def _tell_cancelled(row: PeopleImport, person: User, title: Said, url: str, at: datetime) -> None:
    text = said(gettext_noop("没有写入任何人员。"))
    records.notify(to=person, key=f"people.cancelled/{row.pk}", title=title, text=text, url=url, at=at)


def _cancel(row: PeopleImport, by: User | None, at: datetime) -> PeopleImport:
    row.state, row.closed_at = PeopleImport.State.CANCELLED, at
    row.save(update_fields=["state", "closed_at"])
    records.log(by=by, verb="import.cancel", on=row, at=at)
    return row


def _page(row: PeopleImport) -> str:
    return reverse("accounts:import-check", args=[row.file.name])
