"""What writes imports: a sheet is kept, its dry run noted, and then applied whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, UnitPeriod, User
from logistics_portal.kit import uploads
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import photos
from logistics_portal.records import services as records
from logistics_portal.records.models import AuditRow
from schools.register.figures import import_limits_at
from schools.register.models import ImportFile, School, Trait
from schools.register.rules import changes
from schools.register.rules import handing_in as rules
from schools.register.rules.plans import Known, Line, Plan
from schools.register.services.schools import COLUMNS, first_traits, next_period, set_trait

BATCH = 500
FLAGS = {column: flag for flag, column in COLUMNS.items()}


@transaction.atomic
def upload(*, upload: File[bytes], unit: Unit, by: User, at: datetime) -> ImportFile:
    """Keep a sheet of schools for checking.

    Raises `NotAllowed` when the very same file of this unit waits already or has been imported.
    """
    content = uploads.read_within(upload, settings.SHEET_MAX_BYTES)
    _refuse_the_same(unit, sha256(content).hexdigest())
    file = photos.keep_file(upload=ContentFile(content, name=upload.name), unit=unit, by=by, at=at)
    made = ImportFile.objects.create(
        kind=ImportFile.Kind.SCHOOLS, unit=unit, file=file, sha256=file.source_sha256, by=by, uploaded_at=at
    )
    records.log(by=by, verb="import.upload", on=made, at=at, after={"file": file.title})
    return made


@transaction.atomic
def set_mapping(*, row: ImportFile, mapping: Mapping[str, str], by: User, at: datetime) -> ImportFile:
    """Keep which heading of the sheet stands for which column; the sheet is checked anew."""
    row = _open(row)
    row.mapping, row.state, row.figures = dict(mapping), rules.after("match", row.state), {}
    _refuse_the_same(row.unit, row.sha256, but=row)
    row.save(update_fields=["mapping", "state", "figures"])
    records.log(by=by, verb="import.set_mapping", on=row, at=at, after=dict(mapping))
    return row


@transaction.atomic
def note_check(*, row: ImportFile, figures: Mapping[str, Any], error_file: bytes | None, at: datetime) -> ImportFile:
    """Note what a dry run found, with the sheet handed back where rows are wrong."""
    row = _open(row)
    row.figures = dict(figures)
    row.state = rules.after("refuse" if figures.get("errors") or figures.get("refusal") else "check", row.state)
    if error_file is not None:
        title = gettext("退回修改-%(title)s") % {"title": row.file.title.rsplit(".", 1)[0]}
        back = ContentFile(error_file, name=f"{title}.xlsx")
        row.error_file = photos.keep_file(upload=back, unit=row.unit, by=row.by, at=at)
    row.save(update_fields=["figures", "state", "error_file"])
    records.log(by=row.by, verb="import.check", on=row, at=at, after=_numbers(figures))
    return row


@transaction.atomic
def cancel(*, row: ImportFile, by: User, at: datetime) -> ImportFile:
    """Put a sheet aside; nothing of it is written."""
    row = _open(row)
    row.state = rules.after("cancel", row.state)
    row.save(update_fields=["state"])
    records.log(by=by, verb="import.cancel", on=row, at=at)
    return row


@transaction.atomic
def give_up(*, row: ImportFile, at: datetime, reason: str) -> ImportFile:
    """Put a sheet aside because its time is over; one whose writing failed is taken back as well."""
    row = _locked(row)
    row.state = rules.after("cancel", row.state)
    row.save(update_fields=["state"])
    records.log(by=None, verb="import.cancel", on=row, at=at, reason=reason)
    return row


@transaction.atomic
def let_files_go(*, row: ImportFile, at: datetime) -> int:
    """Take away the bytes of a settled import and return of how many files; what was imported stays told."""
    gone = sum(photos.let_go(file, at=at) for file in (row.file, row.error_file) if file is not None)
    if gone:
        records.log(by=None, verb="import.let_files_go", on=row, at=at, after={"files": gone})
    return gone


@transaction.atomic
def reopen(*, row: ImportFile, at: datetime, reason: str) -> ImportFile:
    """Take a confirmation back because the register no longer is as the dry run saw it."""
    row = _locked(row)
    row.state, row.confirmed_by = rules.after("reopen", row.state), None
    row.save(update_fields=["state", "confirmed_by"])
    records.log(by=None, verb="import.reopen", on=row, at=at, reason=reason)
    return row


@transaction.atomic
def confirm(*, row: ImportFile, by: User, at: datetime) -> ImportFile:
    """Agree to a dry run; where the head must agree, the one who uploaded cannot."""
    row = _open(row)
    if row.state != ImportFile.State.CHECKED:
        raise NotAllowed(gettext("先预检，没有错误才能导入。"))
    _refuse_alone(row.figures, row, by.pk, at)
    row.confirmed_by = by
    row.save(update_fields=["confirmed_by"])
    records.log(by=by, verb="import.confirm", on=row, at=at, after=_numbers(row.figures))
    return row


@transaction.atomic
def note_applied(*, row: ImportFile, plan: Plan, by: User | None, at: datetime) -> ImportFile:
    """Write a plan and close its import, in one transaction.

    Raises `NotAllowed` where the plan as it is now would have asked for the head and the uploader confirmed alone.
    """
    row = _locked(row)
    row.state = rules.after("apply", row.state)
    _refuse_alone(plan.figures, row, row.confirmed_by_id, at)
    apply(plan=plan, by=by, at=at, source=row.pk)
    row.applied_at, row.figures = at, {**plan.figures, "rows": row.figures.get("rows", 0)}
    row.save(update_fields=["state", "applied_at", "figures"])
    records.log(by=by, verb="import.apply", on=row, at=at, after=plan.figures)
    return row


@transaction.atomic
def apply(*, plan: Plan, by: User | None, at: datetime, source: int | None = None) -> None:
    """Write all new and changed schools of a plan, or none; the same plan again finds nothing to do.

    Raises `NotAllowed` while a row is wrong.
    """
    if plan.errors:
        raise NotAllowed(gettext("有 %(number)s 行有错，一行也没有写入。") % {"number": len(plan.errors)})
    made = _add(plan.new, at)
    altered = _change(plan.changed, by, at)
    _log([(school, {}, {"code": school.code}) for school in made] + altered, by, at, source)


def _add(lines: list[Line], at: datetime) -> list[School]:
    _give_codes(lines)
    taken = set(Unit.objects.filter(code__in=[line.code for line in lines]).values_list("code", flat=True))
    if taken:
        raise NotAllowed(gettext("代码 %(code)s 已被使用，请重新预检。") % {"code": min(taken)})
    today = local_date(at)
    units = [_unit(line, today) for line in lines]
    Unit.objects.bulk_create(units, batch_size=BATCH)
    UnitPeriod.objects.bulk_create(
        (
            UnitPeriod(
                unit=unit,
                from_date=unit.from_date,
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                parent_id=unit.parent_id,
                reason=gettext("批量导入"),
            )
            for unit in units
        ),
        batch_size=BATCH,
    )
    made = [_school(line, unit) for line, unit in zip(lines, units, strict=True)]
    School.objects.bulk_create(made, batch_size=BATCH)
    Trait.objects.bulk_create((trait for school in made for trait in first_traits(school)), batch_size=BATCH)
    return made


def _unit(line: Line, today: Any) -> Unit:
    return Unit(
        code=line.code,
        name=line.facts["name"],
        kind=Unit.Kind.SCHOOL,
        parent_id=line.region.pk,
        path=f"{line.region.path}{line.code}/",
        division=line.region.code,
        from_date=line.facts.get("opened_date", today),
    )


def _school(line: Line, unit: Unit) -> School:
    facts = {"opened_date": unit.from_date, "initials": changes.initials(unit.name), **line.facts}
    return School(unit=unit, code=line.code, division=unit.division, **facts)


def _give_codes(lines: Iterable[Line]) -> None:
    """Give the rows without a code one of their own: T, the bureau's code, a running number."""
    last: dict[str, int] = {}
    for line in lines:
        if line.code:
            continue
        start = f"T{line.region.code}"
        if start not in last:
            told = School.objects.filter(code__startswith=start).aggregate(last=Max("code"))["last"]
            last[start] = int(told[len(start) :]) if told else 0
        last[start] += 1
        line.code = f"{start}{last[start]:04d}"


def _change(changed: list[tuple[Known, dict[str, Any]]], by: User | None, at: datetime) -> list[Any]:
    found = School.objects.select_for_update(of=("self",)).select_related("unit")
    schools = {school.pk: school for school in found.filter(pk__in=[known.pk for known, _told in changed])}
    altered, renamed = [], []
    for known, told in changed:
        school = schools[known.pk]
        before = {name: getattr(school, name) for name in told}
        for name, value in told.items():
            if name in FLAGS:
                set_trait(school=school, flag=FLAGS[name], value=value, from_date=local_date(at), by=by, at=at)
            setattr(school, name, value)
        if "name" in told:
            school.initials = changes.initials(school.name)
            renamed.append(school)
        altered.append((school, before, told))
    plain = ["name", "initials", "kind", "ownership", "pupils", "boarders", "address", "phone", "opened_date"]
    School.objects.bulk_update(schools.values(), plain, batch_size=BATCH)
    _rename(renamed, at)
    return altered


def _rename(schools: list[School], at: datetime) -> None:
    for school in schools:
        school.unit.name = school.name
    Unit.objects.bulk_update([school.unit for school in schools], ["name"], batch_size=BATCH)
    for school in schools:
        next_period(school.unit, local_date(at), gettext("更名（导入）"))


def _log(written: list[Any], by: User | None, at: datetime, source: int | None) -> None:
    rows = [
        AuditRow(
            at=at,
            by=by,
            verb="school.import",
            on_table="schools.school",
            on_id=school.pk,
            on_label=str(school)[:200],
            unit_id=school.unit_id,
            before=records.plain(before),
            after={**{str(name): records.plain(value) for name, value in after.items()}, "import": source},
        )
        for school, before, after in written
    ]
    AuditRow.objects.bulk_create(rows, batch_size=BATCH)


def _numbers(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figures.items() if isinstance(value, int | str)}


def _refuse_the_same(unit: Unit, fingerprint: str, *, but: ImportFile | None = None) -> None:
    """Refuse a file whose very bytes wait already, or have been imported."""
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    held = [*rules.LIVING, rules.State.APPLIED]
    same = ImportFile.objects.filter(kind=ImportFile.Kind.SCHOOLS, unit=unit, sha256=fingerprint, state__in=held)
    known = same.exclude(pk=but.pk if but else 0).order_by("-pk").first()
    if known is not None:
        told = {"day": local_date(known.applied_at or known.uploaded_at), "state": known.get_state_display()}
        raise NotAllowed(gettext("同一份文件 %(day)s 已经上传过（%(state)s），没有重复导入。") % told)


def _refuse_alone(figures: Mapping[str, Any], row: ImportFile, confirmed_by: int | None, at: datetime) -> None:
    """Refuse the uploader as the only one to agree where the head must."""
    limits = import_limits_at(at)
    if confirmed_by == row.by_id and rules.needs_head(figures, limits):
        raise NotAllowed(
            gettext("超过 %(rows)s 行或涉及类型、寄宿、供餐等，须由本单位负责人确认，上传人不能自己确认。")
            % {"rows": limits.head_above_rows}
        )


def _open(row: ImportFile) -> ImportFile:
    row = _locked(row)
    if row.state in {ImportFile.State.APPLIED, ImportFile.State.CANCELLED}:
        raise NotAllowed(gettext("这份文件已经办结，请重新上传。"))
    if row.confirmed_by_id is not None:
        raise NotAllowed(gettext("这份文件已经确认，正在写入。"))
    return row


def _locked(row: ImportFile) -> ImportFile:
    found = ImportFile.objects.select_for_update(of=("self",)).select_related("file", "unit", "by")
    return found.get(pk=row.pk)
