"""Write the reports of a period now, without waiting for the schedule."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inspections.reports import services
from inspections.reports.models import Report
from inspections.reports.rules import parse
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.patience import patient


class Command(BaseCommand):
    """`write_reports --period 2026-10|2026-W43 [--unit CODE]`; what was issued already stays as it is."""

    help = "生成某一期的报告；已发出的不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the period and perhaps one bureau."""
        parser.add_argument("--period", required=True)
        parser.add_argument("--unit", default="")

    @patient()
    def handle(self, *args: Any, **options: Any) -> None:
        """Order what is missing and write what was ordered."""
        try:
            period = parse(options["period"])
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        units = self._units(options["unit"])
        now = timezone.now()
        if period.last >= timezone.localdate(now):
            raise CommandError(f"{period.key} 还没有结束（{period.last} 止），不能写报告。")
        new = services.order(period=period, units=units, at=now)
        reports = Report.objects.filter(unit__in=units, kind=period.kind, period=period.key, state=Report.State.ORDERED)
        for report in reports.order_by("unit__code"):
            services.write(report=report, at=timezone.now())
        issued = Report.objects.filter(unit__in=units, period=period.key, state=Report.State.ISSUED).count()
        self.stdout.write(f"{period.key}：新下达 {new} 份，现有已发出 {issued} 份。")

    def _units(self, code: str) -> list[Unit]:
        addressees = services.addressees()
        if not code:
            return addressees
        chosen = [unit for unit in addressees if unit.code == code]
        if not chosen:
            raise CommandError(f"没有代码为 {code} 的市县教育局。")
        return chosen
