"""Score a file of worked cases by the rules of the year, and print one JSON object."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspections.evaluations.rules.cases import CaseError, calculate, load


class Command(BaseCommand):
    """`trial_evaluation FILE`: case name → the keys of its result (evaluation §7)."""

    help = "按年度评价规则计算案例文件，输出一个 JSON 对象。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file's name."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the results, or say in one sentence what is wrong with the file."""
        try:
            cases = load(options["file"].read_text(encoding="utf-8"))
            results = calculate(cases)
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(f"读不了文件 {options['file']}：{trouble}") from trouble
        except CaseError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(json.dumps(results, ensure_ascii=False, indent=1))
