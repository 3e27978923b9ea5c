"""Load the units of Jilin Province and their history since 2009; running it again changes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from logistics_portal.accounts.services import divisions

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Loads the gazetteer."""

    help = "Load the units of Jilin (province, cities, counties, zones) with their history."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many units there are."""
        made = divisions.load_units(
            divisions=DATA / "divisions.csv", changes=DATA / "unit_changes.csv", at=timezone.now()
        )
        self.stdout.write(f"{made} units added")
