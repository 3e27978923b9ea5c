"""What Celery does when, as one list; times are those of Asia/Shanghai."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "lost work": {"task": "logistics_portal.records.tasks.sweep", "schedule": 30.0},
    "mail": {"task": "logistics_portal.records.tasks.tell_by_mail", "schedule": 30.0},
    "reports": {"task": "inspections.reports.tasks.order_reports", "schedule": crontab(minute="*/10")},
    "unit changes": {
        "task": "logistics_portal.accounts.tasks.apply_unit_changes",
        "schedule": crontab(minute="5"),
    },
    "idle accounts": {
        "task": "logistics_portal.accounts.tasks.watch_idle_accounts",
        "schedule": crontab(hour="2", minute="30"),
    },
    "old sign-ins": {
        "task": "logistics_portal.accounts.tasks.forget_old_sign_ins",
        "schedule": crontab(hour="1", minute="20"),
    },
    "old imports": {
        "task": "logistics_portal.accounts.tasks.cancel_old_imports",
        "schedule": crontab(hour="1", minute="10"),
    },
    "flags of schools": {
        "task": "schools.register.tasks.reconcile_flags",
        "schedule": crontab(hour="0", minute="20"),
    },
    "changes of schools": {"task": "schools.register.tasks.apply_changes", "schedule": crontab(minute="10")},
    "sheets handed in": {
        "task": "schools.register.tasks.sweep_imports",
        "schedule": crontab(hour="1", minute="10"),
    },
    "fresh findings": {"task": "inspections.findings.tasks.tell_fresh", "schedule": 60.0},
    "finding ladders": {"task": "inspections.findings.tasks.climb_ladders", "schedule": crontab(minute="*/10")},
    "incidents": {"task": "inspections.incidents.tasks.watch_incidents", "schedule": crontab(minute="*/10")},
    "tallies": {"task": "inspections.tallies.tasks.order_fold", "schedule": crontab(hour="0,8", minute="45")},
    "tallies of today": {"task": "inspections.tallies.tasks.fold_today", "schedule": crontab(minute="*/15")},
    "closing": {"task": "inspections.checks.tasks.close_slots", "schedule": crontab(hour="0,8", minute="30")},
    "changed calendars": {"task": "inspections.checks.tasks.order_recloses", "schedule": crontab(minute="40")},
    "missed": {"task": "inspections.checks.tasks.tell_missed", "schedule": crontab(hour="8", minute="35")},
    "reminder on sunday": {
        "task": "inspections.checks.tasks.remind_weekly",
        "schedule": crontab(hour="12", minute="0", day_of_week="sun"),
    },
    "reminder at 16": {"task": "inspections.checks.tasks.remind_doers", "schedule": crontab(hour="16", minute="0")},
    "reminder at 20": {
        "task": "inspections.checks.tasks.remind_vice_principals",
        "schedule": crontab(hour="20", minute="0"),
    },
    "night stages": {
        "task": "inspections.checks.tasks.call_missing_stages",
        "schedule": crontab(hour="22,23,0,1,2,3,4,5,6", minute="1,11,31"),
    },
    "night list": {"task": "inspections.checks.tasks.list_missing_rolls", "schedule": crontab(hour="23", minute="0")},
}
