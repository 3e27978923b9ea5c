"""Give the province a first calendar for 2025–2026 and 2026–2027, where it has none."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from logistics_portal.accounts.models import Unit
from schools.terms.models import Edition
from schools.terms.services import calendars

TERMS = {
    2025: {
        "第一学期": (date(2025, 9, 1), date(2026, 1, 16)),
        "第二学期": (date(2026, 3, 2), date(2026, 7, 10)),
    },
    2026: {
        "第一学期": (date(2026, 9, 1), date(2027, 1, 15)),
        "第二学期": (date(2027, 3, 1), date(2027, 7, 10)),
    },
}


class Command(BaseCommand):
    """A year that has a published calendar is left alone, so a second run changes nothing."""

    help = "Publish the default provincial calendars (their dates are to be confirmed by the province)."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Publish the years that are missing."""
        province = Unit.objects.filter(kind=Unit.Kind.PROVINCE).order_by("pk").first()
        if province is None:
            raise CommandError("no province yet: run load_units first")
        made = 0
        for year, terms in TERMS.items():
            if Edition.objects.filter(unit=province, school_year=year).exists():
                continue
            now = timezone.now()
            edition = calendars.draft(unit=province, school_year=year, by=None, at=now, note="默认校历，待省厅确认")
            for name, (first, last) in terms.items():
                calendars.set_term(edition=edition, name=name, first=first, last=last, by=None, at=now)
            calendars.publish(edition=edition, by=None, at=now)
            made += 1
        self.stdout.write(f"{made} calendars published, {len(TERMS) - made} already there")
