"""What Celery does when, as one list; times are those of Asia/Shanghai."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "lost work": {"task": "logistics_portal.records.tasks.sweep", "schedule": 30.0},
    "reports": {"task": "inspections.reports.tasks.order_reports", "schedule": crontab(minute="*/10")},
    "finding ladders": {"task": "inspections.findings.tasks.climb_ladders", "schedule": crontab(minute="*/10")},
    "tallies": {"task": "inspections.tallies.tasks.order_fold", "schedule": crontab(hour="0,8", minute="45")},
    "tallies of today": {"task": "inspections.tallies.tasks.fold_today", "schedule": crontab(minute="*/15")},
}
