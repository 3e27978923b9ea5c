"""Fold every tally anew from the rows it is derived from."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.checks.models import Check
from inspections.schedules.models import Missed
from inspections.tallies import services, today
from logistics_portal.kit.dates import each_month, local_date
from logistics_portal.kit.patience import patient
from schools.register.models import Place


class Command(BaseCommand):
    """Rebuild all tallies, month by month; running it again changes nothing."""

    help = "Fold all tallies anew, from --since (default: the first day on record) to --until (default: today)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the days between which to rebuild."""
        parser.add_argument("--since", type=date.fromisoformat)
        parser.add_argument("--until", type=date.fromisoformat)

    @patient()
    def handle(self, *args: Any, **options: Any) -> None:
        """Fold month after month and say how many county days were written."""
        now = timezone.now()
        since = options["since"] or _first_day()
        until = options["until"] or local_date(now)
        if since is None or since > until:
            raise CommandError(_("没有可汇总的日期：请用 --since 和 --until 指定起止日期。"))
        written = sum(_fold(month.first, min(month.last, until), now) for month in each_month(since, until))
        today.note_fold(at=now)
        words = _("已重新汇总 %(since)s 至 %(until)s，共 %(n)s 条县日记录。")
        self.stdout.write(words % {"since": since, "until": until, "n": written})


def _fold(first: date, last: date, at: datetime) -> int:
    return services.fold(first=first, last=last, at=at)


def _first_day() -> date | None:
    """Return the first day anything was handed in or missed; before it there is nothing but duties nobody kept."""
    rows = [Check.objects.aggregate(day=Min("date")), Missed.objects.aggregate(day=Min("date"))]
    days = [row["day"] for row in rows if row["day"]]
    if not days:
        days = [day for day in [Place.objects.aggregate(day=Max("checked_from"))["day"]] if day]
    return min(days, default=None)
