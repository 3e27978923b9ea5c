"""Install the triggers that hold what no constraint can; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from logistics_portal.records.guards import install


class Command(BaseCommand):
    """Installs every app's guards on the database in use."""

    help = "Install the database triggers (after each migrate)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Install and say how many."""
        with transaction.atomic():
            names = install(connection)
        self.stdout.write(f"{len(names)} guards installed")
