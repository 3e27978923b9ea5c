"""Brings the English catalogue in step with the texts of code and templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from logistics_portal.kit import translations


class Command(BaseCommand):
    """Adds new texts to locale/en and drops those nobody asks for; translations are kept."""

    help = "Update locale/en/LC_MESSAGES/django.po from code and templates."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the catalogue."""
        path = Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"
        catalogue = polib.pofile(str(path), wrapwidth=110) if path.exists() else translations.empty_catalogue()
        found = translations.messages(Path(settings.BASE_DIR), settings.OWN_PACKAGES)
        added, gone = translations.update(catalogue, found)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        self.stdout.write(f"{len(found)} texts, {added} new, {gone} gone")
