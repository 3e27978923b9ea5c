"""Tells whether the English is complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from logistics_portal.kit import translations


class Command(BaseCommand):
    """Fails when a text has no English or its English has other placeholders."""

    help = "Check that every text has its English."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Name every fault, then fail."""
        root = Path(settings.BASE_DIR)
        path = root / "locale/en/LC_MESSAGES/django.po"
        catalogue = polib.pofile(str(path)) if path.exists() else translations.empty_catalogue()
        found = translations.messages(root, settings.OWN_PACKAGES)
        faults = translations.wrong(found, catalogue)
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} of {len(found)} texts lack their English.")
        self.stdout.write(f"{len(found)} texts, all in English too")
