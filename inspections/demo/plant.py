"""The inspections' part of the demo province, in order."""

from __future__ import annotations

from datetime import timedelta

from inspections.demo import checks, corrections, findings, incidents, photos
from inspections.evaluations import services as evaluations
from inspections.reports import services as reports
from inspections.reports.models import Report
from inspections.reports.rules import PeriodKind, latest_ready
from inspections.tallies.services import fold
from inspections.tallies.today import note_fold
from logistics_portal.accounts.models import Unit
from logistics_portal.desk.plot import SHOWCASE, Plot
from schools.register.models import School

LONGEST_OPEN = timedelta(days=45)


def plant(plot: Plot) -> None:
    """Plant checks, what they found, a few incidents, and the figures, results and reports that follow from them."""
    planted = checks.plant(plot)
    found = findings.plant(plot, planted)
    photos.plant(plot, found)
    incidents.plant(plot)
    corrections.plant(plot)
    fold(first=plot.first - LONGEST_OPEN, last=plot.until, at=plot.now)
    note_fold(at=plot.now)
    _evaluate(plot)
    _report(plot)


def _evaluate(plot: Plot) -> None:
    """Run this year once, as a provincial admin would."""
    run = evaluations.order_run(year=plot.until.year, by=None, at=plot.now)
    evaluations.compute(run=run, progress=lambda done, of: None)


def _report(plot: Plot) -> None:
    """Write the newest reports of the county shown first and of its city, and order everybody's newest monthly one.

    Those ordered are written by the worker once it runs, some in a second: planting need not wait for them.
    """
    shown = plot.units[SHOWCASE]
    for kind in PeriodKind:
        reports.order(period=latest_ready(kind, plot.now), units=[shown, shown.next_level], at=plot.now)
    for report in Report.objects.order_by("pk"):
        reports.write(report=report, at=plot.now)
    reports.order(period=latest_ready(PeriodKind.MONTHLY, plot.now), units=_bureaus_with_schools(), at=plot.now)


def _bureaus_with_schools() -> list[Unit]:
    """Return the counties, cities and the committee that have schools below them."""
    schools = School.objects.select_related("unit__parent__parent__parent").order_by("pk")
    near = {school.unit.first_reviewer for school in schools}
    below = near | {unit.next_level for unit in near}
    return sorted((unit for unit in below if unit.kind != Unit.Kind.PROVINCE), key=lambda unit: unit.code)
