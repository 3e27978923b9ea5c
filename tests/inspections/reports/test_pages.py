"""The report centre shows a bureau its reports and nobody else's."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from inspections.reports import services
from inspections.reports.models import Report
from inspections.reports.rules import parse
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from tests.factories import ground, schools

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


@pytest.fixture
def report(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    county = ground.county()
    call_command("load_terms", verbosity=0)
    schools.school(county)
    services.order(period=parse("2026-10"), units=[county], at=NOW)
    return services.write(report=Report.objects.get(), at=NOW)


def test_the_clerk_reads_and_downloads(report):
    browser = ground.client_of(ground.user(Role.OFFICE_CLERK, report.unit))

    listed = browser.get(reverse("inspections:reports"))
    shown = browser.get(reverse("inspections:report", args=[report.pk]))
    paper = browser.get(reverse("records:attachment", args=[report.docx.name]))

    assert "2026年10月" in listed.content.decode()
    assert "总体情况" in shown.content.decode()
    assert (shown.status_code, paper.status_code) == (200, 200)
    assert paper.getvalue()[:2] == b"PK"


def test_the_neighbour_county_finds_no_such_report(report):
    browser = ground.client_of(ground.user(Role.OFFICE_CLERK, ground.neighbour()))

    assert browser.get(reverse("inspections:report", args=[report.pk])).status_code == 404
    assert browser.get(reverse("records:attachment", args=[report.docx.name])).status_code == 404


def test_only_the_province_reissues(report):
    clerk = ground.client_of(ground.user(Role.OFFICE_CLERK, report.unit))
    head = ground.client_of(ground.user(Role.OFFICE_HEAD, ground.province()))
    address = reverse("inspections:report-reissue", args=[report.pk])

    assert clerk.post(address, {"reason": "补正漏报数据"}).status_code == 403
    assert head.post(address, {"reason": "补正漏报数据"}).status_code == 302
    assert Report.objects.filter(version=2).count() == 1


def test_the_list_asks_few_questions(report, django_assert_max_num_queries):
    browser = ground.client_of(ground.user(Role.OFFICE_CLERK, report.unit))

    with django_assert_max_num_queries(25):
        answer = browser.get(reverse("inspections:reports"))

    assert answer.status_code == 200
