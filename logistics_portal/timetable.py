"""What Celery does when, as one list; times are those of Asia/Shanghai."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "lost work": {"task": "logistics_portal.records.tasks.sweep", "schedule": 30.0},
    "reports": {"task": "inspections.reports.tasks.order_reports", "schedule": crontab(minute="*/10")},
    "finding ladders": {"task": "inspections.findings.tasks.climb_ladders", "schedule": crontab(minute="*/10")},
}
