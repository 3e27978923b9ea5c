"""Sheets of school users: who hands them in, who answers for the list, who is the second person for a long one.

Source: rights §2, import.upload and bulk acts over fifty objects; §3, Import: cancelled by the clock after seven days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from logistics_portal.accounts import deciding, figures
from logistics_portal.accounts.models import PeopleImport, Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.models import Attachment


@dataclass(frozen=True)
class DryRun:
    """What the dry run of a sheet found: how many rows, how many of them wrong."""

    rows: int
    wrong: int


@transaction.atomic
def hand_in(*, file: Attachment, found: DryRun, unit: Unit, asked_by: User, by: User, at: datetime) -> PeopleImport:
    """Keep a sheet with its dry run; a long one without errors is told to those who may confirm it."""
    if asked_by.pk == by.pk:
        raise NotAllowed(gettext("名单须由经办提供，不能由导入人自己提供。"))
    limit = figures.figure(figures.BULK_ROWS, local_date(at))
    row = PeopleImport.objects.create(
        file=file,
        unit=unit,
        state=PeopleImport.State.REFUSED if found.wrong else PeopleImport.State.CHECKED,
        rows=found.rows,
        asked_by=asked_by,
        by=by,
        uploaded_at=at,
        needs_second=found.rows > limit,
        closed_at=at if found.wrong else None,
    )
    told = {"rows": found.rows, "wrong": found.wrong, "asked_by": asked_by}
    records.log(by=by, verb="import.check", on=row, after=told, at=at)
    if row.needs_second and not found.wrong:
        records.notify(
            to=deciding.second_persons(row, local_date(at)),
            key=f"people.import/{row.pk}",
            title=gettext("待确认：导入学校人员 %(count)d 行") % {"count": row.rows},
            text=gettext("%(name)s 上传，超过 %(limit)d 行须第二人确认。") % {"name": by.full_name, "limit": limit},
            url=_page(row),
            at=at,
        )
    return row


def open_for(row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Return a sheet locked to be carried out by this person, or refuse: done, put aside, too old, or one person only.

    Call it inside the transaction that writes the people.
    """
    rows = PeopleImport.objects.select_for_update(of=("self",)).select_related("unit", "file", "by", "asked_by")
    row = rows.get(pk=row.pk)
    if row.state == PeopleImport.State.REFUSED:
        raise NotAllowed(gettext("这份表有错，请改正后重新上传。"))
    if row.state != PeopleImport.State.CHECKED:
        raise NotAllowed(gettext("这份表已经办理过了。"))
    if row.uploaded_at < figures.import_deadline(at):
        raise NotAllowed(gettext("这份表预检后已超过期限，请重新上传。"))
    if row.needs_second == (row.by_id == by.pk):
        raise NotAllowed(gettext("超过规定行数的导入，须由同级或上一级的另一位安全管理员确认。"))
    return row


def close(row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Note that a sheet was carried out, and tell who answers for the list."""
    row.state, row.closed_at = PeopleImport.State.APPLIED, at
    row.confirmed_by = by if row.needs_second else None
    row.save(update_fields=["state", "closed_at", "confirmed_by"])
    title = gettext("已按您提供的名单导入学校人员 %(count)d 行") % {"count": row.rows}
    records.notify(to=row.asked_by, key=f"people.imported/{row.pk}", title=title, at=at)
    if row.needs_second:
        title = gettext("导入学校人员 %(count)d 行：已由第二人确认") % {"count": row.rows}
        records.notify(to=row.by, key=f"people.confirmed/{row.pk}", title=title, url=_page(row), at=at)
    return row


@transaction.atomic
def cancel(*, row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Put a sheet aside; nothing of it is written."""
    row = PeopleImport.objects.select_for_update().get(pk=row.pk)
    if row.state != PeopleImport.State.CHECKED:
        raise NotAllowed(gettext("这份表已经办理过了。"))
    return _cancel(row, by, at)


@transaction.atomic
def cancel_old(*, at: datetime) -> int:
    """Put aside the sheets nobody carried out within seven days; returns how many."""
    old = PeopleImport.objects.filter(state=PeopleImport.State.CHECKED, uploaded_at__lt=figures.import_deadline(at))
    rows = list(old.select_for_update(of=("self",)).select_related("by").order_by("pk"))
    for row in rows:
        _cancel(row, None, at)
        title = gettext("导入学校人员 %(count)d 行：过期未确认，已取消") % {"count": row.rows}
        records.notify(to=row.by, key=f"people.cancelled/{row.pk}", title=title, url=reverse("accounts:import"), at=at)
    return len(rows)


def _cancel(row: PeopleImport, by: User | None, at: datetime) -> PeopleImport:
    row.state, row.closed_at = PeopleImport.State.CANCELLED, at
    row.save(update_fields=["state", "closed_at"])
    records.log(by=by, verb="import.cancel", on=row, at=at)
    return row


def _page(row: PeopleImport) -> str:
    return reverse("accounts:import-check", args=[row.file.name])
