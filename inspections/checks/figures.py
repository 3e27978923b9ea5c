"""The figures of corrections, photos and stops as the province has set them."""

from __future__ import annotations

from datetime import date, timedelta

from inspections.checks.rules.calls import DEFAULTS, CallFigures
from inspections.checks.rules.figures import FIGURES, CheckFigures
from logistics_portal.records.selectors import book

MONTHLY_AHEAD = "REMIND_MONTHLY_DAYS"
CODES = {
    "release_answer_working_days": "RELEASE_ANSWER_DAYS",
    "release_use_working_days": "RELEASE_USE_DAYS",
    "photos_a_school_day": "PHOTOS_A_DAY",
    "stop_days_before": "CHECK_STOP_DAYS",
}


def figures_on(day: date) -> CheckFigures:
    """Return the figures in force on a day; one that nobody has set keeps its decided value."""
    held = book()
    return CheckFigures(**{name: held.number(code, day, getattr(FIGURES, name)) for name, code in CODES.items()})


def call_figures_on(day: date) -> CallFigures:
    """Return how long ahead reminders of a day call for monthly sheets."""
    return CallFigures(timedelta(days=book().number(MONTHLY_AHEAD, day, DEFAULTS.monthly_ahead.days)))
