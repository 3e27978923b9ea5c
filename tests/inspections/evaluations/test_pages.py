"""Who sees results, who may run a year, and what the pages say."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from openpyxl import load_workbook

from inspections.evaluations import selectors, services
from inspections.evaluations.models import Evaluation, Run
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import Grade
from inspections.incidents.rules.words import Grade as Grades
from inspections.incidents.rules.words import Responsibility, YearVeto
from inspections.tallies.services import fold_year
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from tests.factories import ground, incidents, inspections, schools

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
MOST_QUERIES = 20


@pytest.fixture
def result():
    ground.province()
    call_command("load_terms", verbosity=0)
    inspections.parameters()
    place = schools.campus(schools.school(ground.county()))
    place.checked_from = date(2026, 11, 2)
    place.save()
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    version = inspections.version("campus_daily")
    for day in range(2, 7):
        inspections.check(place, author, date(2026, 11, day), version)
    run = services.order_run(year=2026, by=None, at=NOW)
    fold_year(year=2026, at=run.as_of, progress=lambda done, of: None)
    services.compute(run=run, progress=lambda done, of: None)
    return Evaluation.objects.select_related("school__unit", "county").get()


def page_of(person, name, *args, **query):
    return ground.client_of(person).get(reverse(f"inspections:{name}", args=args), query)


def test_the_county_sees_its_results_and_the_neighbour_sees_none(result):
    clerk = ground.user(Role.OFFICE_CLERK, result.county)
    neighbour = ground.user(Role.OFFICE_CLERK, ground.neighbour())

    theirs, others = page_of(clerk, "evaluations"), page_of(neighbour, "evaluations")

    assert result.school.name in theirs.content.decode()
    assert result.school.name not in others.content.decode()
    assert page_of(clerk, "evaluation", result.pk).status_code == 200
    assert page_of(neighbour, "evaluation", result.pk).status_code == 404


def test_a_result_shows_its_score_its_caps_and_its_fingerprint(result):
    page = page_of(ground.user(Role.SCHEME_ADMIN, ground.province()), "evaluation", result.pk).content.decode()

    assert result.score in page
    assert "每一分从哪里来" in page
    assert result.input_hash in page


def test_the_list_says_what_stands_between_each_school_and_excellent(result):
    clerk = ground.user(Role.OFFICE_CLERK, result.county)

    page = page_of(clerk, "evaluations")
    file = page_of(clerk, "evaluations", export="xlsx")

    why = page.context["table"].shown[0].record
    said = page.context["table"].value_why(why)
    assert "本年度还没有督导评分" in said
    assert said in page.content.decode()
    sheet = load_workbook(BytesIO(b"".join(file.streaming_content))).active
    assert said in [cell.value for cell in sheet[2]]


def test_a_veto_is_the_reason_where_there_is_one(result):
    scheme = Scheme.from_json(result.run.scheme.figures)

    vetoed = selectors.why_not_excellent(result, Grade.FAIL, YearVeto.ACTIVE, scheme)
    waiting = selectors.why_not_excellent(result, Grade.WITHHELD, YearVeto.PROVISIONAL, scheme)

    assert vetoed == "有一票否决，本年度不合格"
    assert waiting.startswith("有事故待认定或待否决，结果暂缓；")


def test_a_vetoed_result_tells_its_caps_of_the_grade_before_the_veto(result):
    person = ground.user(Role.SCHEME_ADMIN, ground.province())
    plain = page_of(person, "evaluation", result.pk).content.decode()
    line = incidents.line_of(result.school)
    incidents.active(
        line, incidents.decide(line, incidents.incident(line, gravely_hurt=1), Grades.GENERAL, Responsibility.EQUAL)
    )

    page = page_of(person, "evaluation", result.pk).content.decode()

    assert "为什么最高只到良好" in plain
    assert "为什么否决前等次最高只到良好" in page
    assert "所以这里是" not in page


def test_the_exported_list_equals_the_screen(result):
    clerk = ground.user(Role.OFFICE_CLERK, result.county)

    file = page_of(clerk, "evaluations", export="xlsx")

    sheet = load_workbook(BytesIO(b"".join(file.streaming_content))).active
    row = [cell.value for cell in sheet[2]]
    assert row[:2] == [result.school.name, result.county.name]
    assert str(row[2]) == result.score


def test_only_the_provinces_evaluation_admin_orders_a_run(result):
    admin = ground.user(Role.SCHEME_ADMIN, ground.province())
    clerk = ground.user(Role.OFFICE_CLERK, result.county)
    page = reverse("inspections:evaluation-run-year")

    refused = ground.client_of(clerk).post(page, {"year": 2026})
    assert refused.status_code == 403
    assert Run.objects.count() == 1

    ordered = ground.client_of(admin).post(page, {"year": 2026})
    assert ordered.status_code == 302
    assert Run.objects.count() == 2


def test_a_year_before_the_portal_is_refused_in_words(result):
    admin = ground.user(Role.SCHEME_ADMIN, ground.province())

    page = ground.client_of(admin).post(reverse("inspections:evaluation-run-year"), {"year": 2008})

    assert page.status_code == 200
    assert page.context["form"].errors
    assert Run.objects.count() == 1


def test_a_run_is_not_found_by_those_who_may_not_run(result):
    clerk = ground.user(Role.OFFICE_CLERK, result.county)

    assert page_of(clerk, "evaluation-run", result.run_id).status_code == 404


def test_before_any_run_the_list_says_so():
    clerk = ground.user(Role.OFFICE_CLERK, ground.county())

    page = page_of(clerk, "evaluations")

    assert page.status_code == 200
    assert page.context["run"] is None


def test_pages_ask_the_database_a_bounded_number_of_times(result):
    browser = ground.client_of(ground.user(Role.SCHEME_ADMIN, ground.province()))

    for page in (reverse("inspections:evaluations"), reverse("inspections:evaluation", args=[result.pk])):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page).status_code == 200
        assert len(asked) <= MOST_QUERIES


def test_the_grades_of_a_run_lead_to_exactly_its_schools(result):
    person = ground.user(Role.SCHEME_ADMIN, ground.province())
    admin = ground.client_of(person)
    run = services.order_run(year=2026, by=person, at=NOW)
    services.compute(run=run, progress=lambda done, of: None)
    newer = services.order_run(year=2026, by=None, at=NOW)
    services.compute(run=newer, progress=lambda done, of: None)
    Evaluation.objects.filter(run=newer).update(own_grade=Grade.PASS)

    found = selectors.run_with_grades(run.pk)
    page = admin.get(reverse("inspections:evaluation-run", args=[run.pk]))

    assert found.grades
    assert all(escape(href) in page.content.decode() for _grade, _number, href in found.lists)
    for grade, number, href in [*found.lists, (None, found.number, found.url())]:
        rows = admin.get(href).context["table"].data.data
        assert {row.run_id for row in rows} == {run.pk}
        assert {row.grade for row in rows} <= ({grade} if grade else set(Grade))
        assert len(rows) == number
        assert 'name="run"' in admin.get(href).content.decode()


@pytest.mark.parametrize("query", [{"year": "2026", "run": "99"}, {"year": "x", "run": "1"}, {"run": "½"}])
def test_a_run_that_is_none_is_no_error(result, query):
    browser = ground.client_of(ground.user(Role.SCHEME_ADMIN, ground.province()))

    assert browser.get(reverse("inspections:evaluations"), query).status_code == 200


def test_a_result_tells_the_school_days_of_the_year_from_those_so_far(result):
    page = page_of(ground.user(Role.OFFICE_CLERK, result.county), "evaluation", result.pk)

    days, html = page.context["days_so_far"], page.content.decode()
    assert 0 < days < result.school_days
    assert f">{days} 天<" in html
    assert "按全年校历计算，用于 60 天、120 天两条线" in html
