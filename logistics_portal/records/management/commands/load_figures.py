"""Load the decided figures of every app's sheet."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from logistics_portal.kit.dates import ONE_DAY
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import sheets

FOUNDING = date(2009, 4, 25)  # day of the founding document: everything may be dated back to it (R105)


class Command(BaseCommand):
    """`load_figures [--from DAY]`; a second run changes nothing, and what the province set stays."""

    help = "载入各应用的已定参数；省级改过的参数不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day from which the first values hold; a sheet that changed reaches no day before tomorrow."""
        parser.add_argument("--from", dest="day", type=date.fromisoformat, default=FOUNDING)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load every sheet, or say what stands in the way."""
        try:
            day, tomorrow = options["day"], timezone.localdate() + ONE_DAY
            added = sheets.load(figures=sheets.figures(), day=day, changes_from=max(day, tomorrow))
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"新增参数值 {added}。")
