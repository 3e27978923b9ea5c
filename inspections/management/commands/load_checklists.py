"""Load the province's check-lists, supervision sheets and parameters."""

from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inspections.checklists.rules.loading import SHIPPED_FILE, read
from inspections.checklists.rules.problems import DefinitionError
from inspections.checklists.services import Start, load
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed

FOUNDING = date(2009, 4, 25)  # day of the founding document: everything may be dated back to it (R105)


class Command(BaseCommand):
    """`load_checklists [FILE] [--from DAY]`; the same content twice changes nothing.

    Without a day, what is new holds since the founding document, and what was loaded before and has changed from
    tomorrow on; a list that people went on from, by their own version or by retiring it, is left to them.
    """

    help = "载入检查表、督导评分表和参数；内容相同则不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a file and the day from which it holds."""
        parser.add_argument("file", type=Path, nargs="?", default=SHIPPED_FILE)
        parser.add_argument("--from", dest="day", type=date.fromisoformat, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file, or name every line that stands in the way."""
        try:
            definition = read(options["file"].read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(f"读不了文件 {options['file']}：{trouble}") from trouble
        except DefinitionError as trouble:
            lines = [f"第 {problem.line} 行 {problem.path}：{problem.reason}" for problem in trouble.problems]
            raise CommandError("检查表文件有错，未载入：\n" + "\n".join(lines)) from trouble
        province = Unit.objects.filter(kind=Unit.Kind.PROVINCE).first()
        if province is None:
            raise CommandError("请先运行 load_units 载入机构。")
        try:
            added = load(definition=definition, start=_start(province, options["day"]))
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"新增检查表版本 {added['versions']}，督导评分表 {added['sheets']}，参数 {added['parameters']}。"
        )


def _start(province: Unit, day: date | None) -> Start:
    now = timezone.now()
    return Start(province, day or FOUNDING, now, None if day else local_date(now) + timedelta(days=1))
