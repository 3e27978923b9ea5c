"""Plant a made-up province to try the portal with: units, people, schools, checks, findings, incidents, reports."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import SHOWCASE, Plot
from logistics_portal.kit.patience import patient
from logistics_portal.kit.registry import demos

BUREAU = [
    Role.OFFICE_CLERK,
    Role.OFFICE_HEAD,
    Role.BUREAU_LEADER,
    Role.SECURITY_ADMIN,
    Role.INSPECTORATE_HEAD,
]
PROVINCE = [*BUREAU, Role.SCHEME_ADMIN, Role.SYSTEM_OPERATOR, Role.AUDITOR]
SCHOOLS, DAYS = range(1, 20_001), range(1, 401)
OPENED_AT = {"220000": PROVINCE, "222400": BUREAU[:4], SHOWCASE: BUREAU}


class Command(BaseCommand):
    """`plant_demo --schools N --days D --seed S [--until DAY]`; only where DEMO=1 and nobody works yet."""

    help = "种植演示省份（仅限 DEMO=1，且库中没有人员）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size, the seed and the last day."""
        parser.add_argument("--schools", type=int, default=60)
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--seed", type=int, default=20090425)
        parser.add_argument("--until", type=date.fromisoformat, default=None)

    @patient()
    def handle(self, *args: Any, **options: Any) -> None:
        """Plant everything in one transaction, then write the accounts down."""
        if not settings.DEMO:
            raise CommandError("只有 DEMO=1 时才能种植演示数据；正式环境不允许。")
        if User.objects.exists():
            self.stdout.write("库中已有人员，不再种植演示数据。")
            return
        if options["schools"] not in SCHOOLS or options["days"] not in DAYS:
            raise CommandError("学校数应在 1 到 20000 之间，天数应在 1 到 400 之间。")
        now = timezone.now()
        plot = Plot(
            options["schools"], options["days"], options["until"] or timezone.localdate(now), options["seed"], now
        )
        with transaction.atomic():
            self._staff_bureaus(plot)
            for demo in sorted(demos, key=lambda one: (one.order, one.key)):
                self.stdout.write(f"  {demo.key} …")
                self.stdout.flush()
                demo.plant(plot)
            self._open_accounts(plot)
        self._write_accounts(plot)

    def _staff_bureaus(self, plot: Plot) -> None:
        plot.units = {unit.code: unit for unit in Unit.objects.bureaus().select_related("parent__parent")}
        if "220000" not in plot.units:
            raise CommandError("请先运行 load_units 载入机构。")
        for code, unit in sorted(plot.units.items()):
            plot.hire(unit, PROVINCE if code == "220000" else BUREAU, number=code.lower())
        plot.settle({unit.pk: unit for unit in plot.units.values()})

    def _open_accounts(self, plot: Plot) -> None:
        for code, roles in OPENED_AT.items():
            unit = plot.units[code]
            for role in roles:
                plot.open_account(plot.staff[unit.pk][role], title=str(role.label), unit=unit)

    def _write_accounts(self, plot: Plot) -> None:
        lines = [f"{unit}\t{title}\t{name}\t{plot.password}" for title, name, unit in plot.accounts]
        target = Path(settings.VAR_DIR) / "demo-accounts.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("单位\t岗位\t登录名\t密码\n" + "\n".join(lines) + "\n", encoding="utf-8")
        target.chmod(0o600)
        self.stdout.write(f"演示账号 {len(lines)} 个，已写入 {target}")
