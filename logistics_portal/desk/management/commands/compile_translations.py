"""Compiles the catalogues without a gettext binary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from logistics_portal.kit import translations


class Command(BaseCommand):
    """Writes a `.mo` beside each `.po`."""

    help = "Compile locale/*/LC_MESSAGES/*.po."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compile what changed."""
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if translations.compile_catalogue(path):
                    self.stdout.write(f"compiled {path.name} of {path.parent.parent.name}")
