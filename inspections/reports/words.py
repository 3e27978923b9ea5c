"""Frozen figures as a report says them: shares, names, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.checklists.models import in_chinese
from inspections.findings.rules import Severity
from inspections.incidents.models import Incident
from inspections.incidents.rules.words import Trigger
from inspections.reports.rules import Period, PeriodKind
from logistics_portal.kit.dates import until_text
from logistics_portal.kit.exports import Share
from logistics_portal.records.sayings import Said, said
from schools.register.models import Place

Figures = Mapping[str, Any]


def share(part: int, whole: int) -> str:
    """Return a share as printed, two places half up; a dash where nothing fell due, never 0 %."""
    if whole <= 0:
        return "—"
    hundredths = Fraction(part * 10_000, whole) + Fraction(1, 2)
    number = hundredths.numerator // hundredths.denominator
    return f"{number // 100}.{number % 100:02d}%"


def share_cell(part: int, whole: int) -> Share | str:
    """Return a share as a table holds it: a number with the printed places, or a dash."""
    text = share(part, whole)
    return Share(float(text.removesuffix("%")) / 100, text) if whole > 0 else text


def share_cells(row: Figures) -> list[Share | str]:
    """Return completion and punctuality as a table holds them."""
    duty = row["required"] - row["exempt"]
    return [share_cell(row["timely"] + row["late"], duty), share_cell(row["timely"], duty)]


def completion(row: Figures) -> str:
    """Return how much of what was due was done, late entries included."""
    return share(row["timely"] + row["late"], row["required"] - row["exempt"])


def punctuality(row: Figures) -> str:
    """Return how much of what was due was done in time."""
    return share(row["timely"], row["required"] - row["exempt"])


def in_time_rate(figures: Figures) -> str:
    """Return the share of findings due in the period that were put right in time."""
    findings = figures["findings"]
    return share(sum(findings["in_time"].values()), sum(findings["due"].values()))


def day_text(text: str) -> str:
    """Return an ISO day as prose writes it."""
    day = date.fromisoformat(text)
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def period_text(period: Period) -> str:
    """Return a period as titles write it: 2026年10月, 2026年第43周."""
    return str(period_said(period))


def period_said(period: Period) -> Said:
    """Return a period as titles write it, to be told in any language."""
    year, _dash, rest = period.key.partition("-")
    weekly, monthly = gettext_noop("%(year)s年第%(number)s周"), gettext_noop("%(year)s年%(number)s月")
    named = {"year": year, "number": int(rest.removeprefix("W"))}
    return said(weekly if period.kind == PeriodKind.WEEKLY else monthly, named)


def moment_text(text: str) -> str:
    """Return an ISO moment as tables write it, in Shanghai's time."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


def due_text(text: str) -> str:
    """Return an ISO deadline as tables write it; midnight is told as the end of a day."""
    return until_text(datetime.fromisoformat(text))


def subject_name(code: str) -> str:
    """Return what a kind of place is called."""
    return str(Place.Kind(code).label)


def severity_name(code: str) -> str:
    """Return what a severity is called."""
    return str(Severity(code).label)


def title_of(row: Figures) -> str:
    """Return what failed in the reader's language; older reports and titles typed by hand have Chinese alone."""
    english = row.get("title_en", "")
    return row["title"] if in_chinese() or not english else _("不符合：%(item)s") % {"item": english}


def incident_kind(code: str) -> str:
    """Return what a kind of incident is called."""
    return str(Incident.Kind(code).label)


def trigger_names(codes: list[str]) -> str:
    """Return why a veto was pronounced: each reason in words, its code after it."""
    return _("；").join(_("%(reason)s（%(code)s）") % {"reason": Trigger(code).label, "code": code} for code in codes)


def summary_lines(figures: Figures) -> list[str]:
    """Return the paragraphs of the overview."""
    total, findings = figures["total"], figures["findings"]
    opened, closed = findings["opened"], findings["closed"]
    return [
        _(
            "本期共涉及学校%(schools)s所，其中寄宿制学校%(boarding)s所。应检%(required)s次，免检%(exempt)s次，"
            "按时完成%(timely)s次，补录%(late)s次，漏检%(missed)s次；检查完成率%(completion)s，按时率%(punctuality)s。"
        )
        % {
            "schools": figures["schools"],
            "boarding": figures["boarding"],
            "completion": completion(total),
            "punctuality": punctuality(total),
            **total,
        },
        _(
            "本期新发现问题%(opened)s个，其中严重%(critical)s个、较重%(major)s个、一般%(minor)s个；"
            "复查销号%(closed)s个；到期问题按期整改率%(rate)s；期末超期未整改%(overdue)s个。"
        )
        % {
            "opened": sum(opened.values()),
            "closed": sum(closed.values()),
            "rate": in_time_rate(figures),
            "overdue": len(figures["overdue"]),
            **opened,
        },
    ]


def incident_lines(figures: Figures) -> list[str]:
    """Return a paragraph for each incident and each veto that stands, or one that says there was none."""
    lines = [
        _("%(school)s（%(number)s，%(kind)s，%(at)s发生）：%(summary)s")
        % {
            "school": row["school"],
            "number": row["number"],
            "kind": incident_kind(row["kind"]),
            "at": moment_text(row["happened_at"]),
            "summary": row["summary"],
        }
        for row in figures["incidents"]
    ] or [_("本期没有安全事故报告。")]
    lines += [
        _("一票否决：%(school)s，%(year)s年度，%(why)s（%(document)s）。")
        % {
            "school": row["school"],
            "year": row["year"],
            "why": trigger_names(row["triggers"]),
            "document": row["document_no"],
        }
        for row in figures["vetoes"]
    ]
    return lines
