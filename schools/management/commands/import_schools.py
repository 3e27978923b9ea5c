"""Import schools from a sheet: whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from logistics_portal.accounts.models import Unit
from logistics_portal.kit import sheetwriter
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.patience import patient
from schools.register import sheets
from schools.register.rules.plans import Plan
from schools.register.services import imports

SHOWN = 20


class Command(BaseCommand):
    """A second run of the same file changes nothing."""

    help = "Import schools from xlsx, xls or csv (UTF-8 or GB18030)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what the command takes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")
        parser.add_argument("--errors", type=Path, help="where to put the sheet with one more column of errors (xlsx)")

    @patient()
    def handle(self, *args: Any, **options: Any) -> None:
        """Read, plan, tell, and write unless it is a dry run."""
        path: Path = options["file"]
        province = Unit.objects.filter(kind=Unit.Kind.PROVINCE).order_by("pk").first()
        if province is None:
            raise CommandError("no units yet: run load_units first")
        try:
            table = sheets.read(path.read_bytes(), path.name)
            found = sheets.plan_for(table, province, timezone.now())
            self._tell(found)
            if found.errors and options["errors"]:
                options["errors"].write_bytes(sheetwriter.write_errors(table, found.errors))
            if not options["dry_run"]:
                imports.apply(plan=found, by=None, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal

    def _tell(self, found: Plan) -> None:
        self.stdout.write("  ".join(f"{name}={number}" for name, number in found.figures.items()))
        for number, sentences in sorted(found.errors.items())[:SHOWN]:
            self.stdout.write(f"{number}: {'；'.join(sentences)}")
        if not found.errors and not found.new and not found.changed:
            self.stdout.write("nothing to change: the register already says all of this")
