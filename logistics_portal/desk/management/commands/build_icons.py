"""Draws the icon sprite from the list of icons in use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from logistics_portal.kit import frontend


class Command(BaseCommand):
    """Writes static/icons.svg from static/icons.txt and the fetched icon package."""

    help = "Write static/icons.svg from static/icons.txt."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the sprite, unless it already says the same."""
        folder = frontend.own_folder()
        try:
            names = frontend.icon_names((folder / frontend.ICON_LIST).read_text(encoding="utf-8"))
            drawn = frontend.sprite(names)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        target = folder / frontend.SPRITE
        if not target.exists() or target.read_text(encoding="utf-8") != drawn:
            target.write_text(drawn, encoding="utf-8")
        self.stdout.write(f"{len(names)} icons in {target.name}")
