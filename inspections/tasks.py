"""Tasks of this wing, gathered for Celery."""

from inspections.checks.tasks import (
    call_missing_stages,
    close_slots,
    list_missing_rolls,
    order_recloses,
    reclose_days,
    remind_doers,
    remind_vice_principals,
    tell_missed,
)
from inspections.evaluations.tasks import run_year
from inspections.findings.tasks import climb_ladders, tell_fresh
from inspections.incidents.tasks import watch_incidents
from inspections.reports.tasks import order_reports, write_report
from inspections.tallies.tasks import fold_recent, fold_today, order_fold

__all__ = [
    "call_missing_stages",
    "climb_ladders",
    "close_slots",
    "fold_recent",
    "fold_today",
    "list_missing_rolls",
    "order_fold",
    "order_recloses",
    "order_reports",
    "reclose_days",
    "remind_doers",
    "remind_vice_principals",
    "run_year",
    "tell_fresh",
    "tell_missed",
    "watch_incidents",
    "write_report",
]
