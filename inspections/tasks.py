"""Tasks of this wing, gathered for Celery."""

from inspections.findings.tasks import climb_ladders
from inspections.tallies.tasks import fold_recent, fold_today, order_fold

__all__ = ["climb_ladders", "fold_recent", "fold_today", "order_fold"]
