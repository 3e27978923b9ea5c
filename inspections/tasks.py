"""Tasks of this wing, gathered for Celery."""

from inspections.evaluations.tasks import run_year
from inspections.findings.tasks import climb_ladders
from inspections.reports.tasks import order_reports, write_report
from inspections.tallies.tasks import fold_recent, fold_today, order_fold

__all__ = ["climb_ladders", "fold_recent", "fold_today", "order_fold", "order_reports", "run_year", "write_report"]
