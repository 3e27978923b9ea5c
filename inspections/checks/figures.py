"""The figures of corrections, photos and stops as the province has set them."""

from __future__ import annotations

from datetime import date

from inspections.checks.rules.figures import FIGURES, CheckFigures
from logistics_portal.records.selectors import book

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
