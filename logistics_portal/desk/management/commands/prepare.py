"""Brings this folder up to date: tables, files, texts, reference data and, where asked, the demo province."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from logistics_portal.kit import frontend
from logistics_portal.records import guards, jobs

REFERENCE: Final = ("install_guards", "load_units", "load_checklists", "load_figures", "load_holidays", "load_terms")
DEMO: Final = "plant_demo"
KEPT: Final = ("*.py", "*.yaml", "*.json", "*.csv", "*.txt")


class Command(BaseCommand):
    """Takes every set-up step that is still to be taken; a second run changes nothing."""

    help = "Migrate, compile texts, collect static files, load reference data, plant the demo where DEMO=1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to leave the database alone, or the files of an image that was built with them."""
        parser.add_argument("--files-only", action="store_true", help="texts and icons only, no database")
        parser.add_argument("--data-only", action="store_true", help="database only, no files")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take the steps in order; any failure stops the set-up."""
        if not options["data_only"]:
            self._make_files()
        if options["files_only"]:
            return
        if not options["data_only"]:
            self._collect()
        self._set_up()
        if settings.DEMO:
            self._load(DEMO)

    def _make_files(self) -> None:
        if missing := frontend.missing_files():
            raise CommandError(f"Front-end files are missing ({', '.join(missing)}): run `make setup`.")
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
        call_command("compile_translations", stdout=self.stdout)
        if (frontend.own_folder() / frontend.ICON_LIST).exists():
            call_command("build_icons", stdout=self.stdout)

    def _set_up(self) -> None:
        version = _version()
        if _set_up_with(version):
            return
        call_command("check", stdout=StringIO(), fail_level="ERROR")
        self._migrate()
        for name in REFERENCE:
            self._load(name)
        jobs.note_set_up(key=version, at=timezone.now())

    def _migrate(self) -> None:
        """Bring the tables up to date; SQLite lays no table anew that a guard reads, so they are away there."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
        self.stdout.write("migrate …")
        self.stdout.flush()
        if connection.vendor == "sqlite":
            guards.uninstall(connection)
        call_command("migrate", interactive=False, verbosity=0)

    def _load(self, name: str) -> None:
        if name not in get_commands():
            self.stdout.write(f"skipped {name}: this version has no such command")
            return
        self.stdout.write(f"{name} …")
        self.stdout.flush()
        call_command(name, stdout=self.stdout)

    def _collect(self) -> None:
        """Collect static files when one of them changed; a missing file stops the set-up."""
        stamp = Path(settings.VAR_DIR) / "static.stamp"
        now = _static_files()
        if stamp.exists() and stamp.read_text(encoding="ascii") == now and Path(settings.STATIC_ROOT).is_dir():
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now, encoding="ascii")


def _set_up_with(version: str) -> bool:
    try:
        return jobs.set_up_with(version)
    except DatabaseError:  # no table yet
        return False


def _version() -> str:
    """Return what the code and its data are, so that a new version sets the database up again."""
    digest = hashlib.sha256()
    for package in settings.OWN_PACKAGES:
        for pattern in KEPT:
            for path in sorted((Path(settings.BASE_DIR) / package).rglob(pattern)):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _static_files() -> str:
    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']}{settings.STATIC_ROOT}".encode())
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
