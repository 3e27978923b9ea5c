"""In the demo province every bureau with schools has the newest monthly report, written once the worker runs."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from inspections.reports import services
from inspections.reports.models import Report
from logistics_portal.accounts.models import Unit
from logistics_portal.records.models import Job
from schools.register.models import School

pytestmark = pytest.mark.django_db


def test_every_bureau_with_schools_gets_the_newest_monthly_report(settings, tmp_path) -> None:
    settings.DEMO, settings.VAR_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    for command in ("load_units", "load_checklists", "load_figures", "load_holidays", "load_terms"):
        call_command(command, verbosity=0)
    call_command("plant_demo", schools=6, days=3, until=date(2026, 11, 20), verbosity=0)

    counties = {school.unit.first_reviewer for school in School.objects.select_related("unit__parent__parent")}
    wanted = {unit.code for county in counties for unit in (county, county.next_level)} - {"220000"}
    ordered = Report.objects.filter(kind="monthly", period="2026-10")

    assert {report.unit.code for report in ordered} == wanted
    assert Unit.objects.filter(code__in=wanted).count() == len(wanted) > len({"222403", "222400"})
    waiting = ordered.filter(state=Report.State.ORDERED)
    queued = Job.objects.filter(kind=services.TASK, state=Job.State.QUEUED).values_list("key", flat=True)
    assert {str(report.pk) for report in waiting} <= set(queued)
    issued = services.write(report=waiting.first(), at=waiting.first().ordered_at)
    assert (issued.state, issued.figures["schools"] > 0) == (Report.State.ISSUED, True)
