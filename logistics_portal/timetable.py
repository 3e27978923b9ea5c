"""What Celery does when, as one list; times are those of Asia/Shanghai."""

from __future__ import annotations

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {
    "lost work": {"task": "logistics_portal.records.tasks.sweep", "schedule": 30.0},
}
