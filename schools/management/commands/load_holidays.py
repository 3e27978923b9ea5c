"""Fill in the national holidays and make-up days of every year the calendar package knows."""

from __future__ import annotations

from typing import Any

import chinese_calendar
from django.core.management.base import BaseCommand
from django.utils import timezone

from schools.terms.services import holidays


class Command(BaseCommand):
    """Years already published are left alone, so a second run changes nothing."""

    help = "Load national holidays and make-up days (2009 to the last year the package knows)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish the years that are missing."""
        constants = chinese_calendar.constants
        free = {day: chinese_calendar.Holiday(name).chinese for day, name in constants.holidays.items()}
        worked = {day: chinese_calendar.Holiday(name).chinese for day, name in constants.workdays.items()}
        years = {year: days for year, days in holidays.from_dates(free, worked).items() if year >= FIRST_YEAR}
        new = holidays.seed_years(years=years, source="chinesecalendar", at=timezone.now())
        self.stdout.write(f"{len(new)} years loaded, {len(years) - len(new)} already known")


FIRST_YEAR = 2009
