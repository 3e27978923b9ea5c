"""The figures of findings as the province has set them, for the day a finding was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from inspections.findings.rules import DEFAULTS as DECIDED
from inspections.findings.rules import Allowance, Figures, RungRule, Severity
from logistics_portal.records.rules import Book
from logistics_portal.records.selectors import book

WAITS: Mapping[tuple[Severity, str], str] = {
    (Severity.CRITICAL, "unremedied"): "FINDING_CRITICAL_HEAD_HOURS",
    (Severity.CRITICAL, "overdue_city"): "FINDING_CRITICAL_CITY_HOURS",
    (Severity.CRITICAL, "overdue_province"): "FINDING_CRITICAL_PROVINCE_HOURS",
    (Severity.MAJOR, "overdue_head"): "FINDING_MAJOR_HEAD_DAYS",
    (Severity.MAJOR, "overdue_city"): "FINDING_MAJOR_CITY_DAYS",
    (Severity.MINOR, "overdue_list"): "FINDING_MINOR_LIST_DAYS",
}
ALLOWED = {
    Severity.CRITICAL: "FINDING_CRITICAL_HOURS",
    Severity.MAJOR: "FINDING_MAJOR_DAYS",
    Severity.MINOR: "FINDING_MINOR_DAYS",
}
COUNTS = {
    "extensions": "FINDING_EXTENSIONS",
    "verify_days": "FINDING_VERIFY_DAYS",
    "verify_more_days": "FINDING_VERIFY_MORE_DAYS",
    "answer_days": "FINDING_ANSWER_DAYS",
    "tolerate_longest": "FINDING_TOLERATE_DAYS",
}
LONGEST, REOPEN = "FINDING_CRITICAL_LONGEST_HOURS", "FINDING_REOPEN_DAYS"
ONE_HOUR = timedelta(hours=1)


def figures_on(day: date) -> Figures:
    """Return the figures in force on a day; one that nobody has set keeps its decided value."""
    held = book()
    return Figures(
        allowances={
            severity: _allowance(held, code, day, DECIDED.allowances[severity]) for severity, code in ALLOWED.items()
        },
        critical_longest=ONE_HOUR * held.number(LONGEST, day, DECIDED.critical_longest // ONE_HOUR),
        ladders={
            severity: tuple(_rung(held, severity, rung, day) for rung in rungs)
            for severity, rungs in DECIDED.ladders.items()
        },
        reopen_within=timedelta(days=held.number(REOPEN, day, DECIDED.reopen_within.days)),
        **{name: held.number(code, day, getattr(DECIDED, name)) for name, code in COUNTS.items()},
    )


def soonest_unverified() -> int:
    """Return the least number of days after which a remedy nobody verified can be told of, whenever it was found."""
    held = book()
    return sum(
        min([getattr(DECIDED, name), *(int(it.value) for it in held.held(COUNTS[name]))])
        for name in ("verify_days", "verify_more_days")
    )


def _rung(held: Book, severity: Severity, rung: RungRule, day: date) -> RungRule:
    code = WAITS.get((severity, rung.key))
    return replace(rung, wait=_allowance(held, code, day, rung.wait)) if code else rung


def _allowance(held: Book, code: str, day: date, usual: Allowance) -> Allowance:
    if usual.school_days:
        return Allowance(school_days=held.number(code, day, usual.school_days))
    return Allowance(ONE_HOUR * held.number(code, day, usual.clock // ONE_HOUR))
