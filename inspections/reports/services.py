"""Ordering, writing and re-issuing reports: one for each bureau and period, frozen once issued (R110)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.reports import papers, words
from inspections.reports.models import Report
from inspections.reports.rules import Period, PeriodKind, due_periods, parse
from inspections.reports.selectors import figures, timetable_on
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.selectors import people_in_post
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import jobs
from logistics_portal.records import services as records
from logistics_portal.records.photos import keep_file
from logistics_portal.records.sayings import Said, said
from logistics_portal.records.selectors import figures_read_once

TASK = "inspections.reports.tasks.write_report"
READERS = (Role.OFFICE_CLERK, Role.OFFICE_HEAD, Role.BUREAU_LEADER)


@figures_read_once()
def order_due(*, at: datetime) -> int:
    """Order every report whose time has come and that was not ordered yet; return how many were new.

    Two schedulers or a day without any make no difference: unit, kind, period and version are one natural key.
    """
    new = 0
    for kind in PeriodKind:
        last = Report.objects.filter(kind=kind).order_by("-last_date").values_list("period", flat=True).first()
        for period in due_periods(kind, parse(last) if last else None, at, timetable_on(local_date(at))):
            new += order(period=period, units=addressees(), at=at)
    return new


def addressees() -> list[Unit]:
    """Return the bureaus that receive reports: cities, counties, the committee, zones that are switched on."""
    return list(Unit.objects.bureaus().exclude(kind=Unit.Kind.PROVINCE).order_by("code"))


def order(*, period: Period, units: Iterable[Unit], at: datetime) -> int:
    """Order a period's report for some bureaus; those that have one already are left alone."""
    return sum(_order_one(unit, period, at) for unit in units)


@transaction.atomic
def _order_one(unit: Unit, period: Period, at: datetime) -> bool:
    report, new = Report.objects.get_or_create(
        unit=unit,
        kind=period.kind,
        period=period.key,
        version=1,
        defaults={
            "first_date": period.first,
            "last_date": period.last,
            "ordered_at": at,
            "due_at": period.ready_at(timetable_on(local_date(at))),
        },
    )
    if new:
        _send(report, by=None, at=at)
    return new


@transaction.atomic
def reissue(*, report: Report, reason: str, by: User, at: datetime) -> Report:
    """Order a corrected version; the one issued before stays readable and is superseded when the new one is issued."""
    held = Report.objects.select_for_update().filter(unit=report.unit, kind=report.kind, period=report.period)
    last = held.order_by("-version").first()
    if last is None or last.state != Report.State.ISSUED:
        raise NotAllowed(_("最新一版报告还没有发出，不能更正。"))
    if not reason.strip():
        raise NotAllowed(_("请写明更正的理由。"))
    new = Report.objects.create(
        unit=last.unit,
        kind=last.kind,
        period=last.period,
        version=last.version + 1,
        first_date=last.first_date,
        last_date=last.last_date,
        reason=reason.strip(),
        ordered_at=at,
        due_at=at,
    )
    _send(new, by=by, at=at)
    records.log(by=by, verb="report.reissue", on=new, reason=reason, at=at)
    return new


def write(*, report: Report, at: datetime) -> Report:
    """Write one ordered report: freeze its figures, make its papers, issue it; a second run finds it issued."""
    report = Report.objects.select_related("unit").get(pk=report.pk)
    if report.state != Report.State.ORDERED:
        return report
    period = parse(report.period)
    frozen = report.figures or figures(report.unit, period, at)
    title = title_of(report)
    dated = words.day_text(local_date(at).isoformat())
    docx = papers.document(frozen, issuer=_("吉林省学校后勤管理平台"), title=title, dated=dated)
    xlsx = papers.workbook(frozen)
    with transaction.atomic():
        return _issue(report, frozen, {"docx": docx, "xlsx": xlsx}, at)


def title_of(report: Report) -> str:
    """Return a report's title."""
    return str(_title(report))


def _title(report: Report) -> Said:
    text = (
        gettext_noop("%(unit)s学校后勤工作周报（%(period)s）")
        if report.kind == PeriodKind.WEEKLY
        else gettext_noop("%(unit)s学校后勤工作月报（%(period)s）")
    )
    return said(text, {"unit": report.unit.name, "period": words.period_said(parse(report.period))})


def fingerprint(content: object) -> str:
    """Return the hash of frozen figures."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _issue(report: Report, frozen: dict[str, Any], files: dict[str, bytes], at: datetime) -> Report:
    report = Report.objects.select_for_update().select_related("unit").get(pk=report.pk)
    if report.state != Report.State.ORDERED:
        return report
    earlier = Report.objects.filter(unit=report.unit, kind=report.kind, period=report.period)
    earlier.filter(state=Report.State.ISSUED).update(state=Report.State.SUPERSEDED)
    for ending, content in files.items():
        name = f"{title_of(report)}-v{report.version}.{ending}"
        kept = keep_file(upload=ContentFile(content, name), unit=report.unit, by=None, at=at)
        setattr(report, ending, kept)
    report.figures, report.figures_hash = frozen, fingerprint(frozen)
    report.state, report.issued_at = Report.State.ISSUED, at
    report.save(update_fields=["figures", "figures_hash", "state", "issued_at", "docx", "xlsx"])
    records.log(by=None, verb="report.issue", on=report, after={"version": report.version}, at=at)
    readers = people_in_post(READERS, report.unit, local_date(at))
    records.notify(
        to=readers, key=f"report {report.pk}", title=_title(report), url=f"/inspections/reports/{report.pk}/", at=at
    )
    return report


def _send(report: Report, *, by: User | None, at: datetime) -> None:
    jobs.order(kind=TASK, key=str(report.pk), payload={"report_id": report.pk}, unit=report.unit, by=by, at=at)
