"""Write docs/data-dictionary.md from the tables as they stand in the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from logistics_portal.desk.dictionary import written

DICTIONARY = Path(settings.BASE_DIR) / "docs" / "data-dictionary.md"


class Command(BaseCommand):
    """`write_dictionary`: the same tables give the same file."""

    help = "从代码生成数据字典 docs/data-dictionary.md。"
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the file and say where."""
        DICTIONARY.write_text(written(), encoding="utf-8")
        self.stdout.write(f"{DICTIONARY.relative_to(settings.BASE_DIR)}")
