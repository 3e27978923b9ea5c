"""A year is run for every school from the rows that exist; the veto is asked when results are read."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from inspections.evaluations import selectors, services
from inspections.evaluations.models import Evaluation, Run
from inspections.evaluations.rules.words import Grade
from inspections.incidents.rules.words import YearVeto
from inspections.tallies.services import fold_year
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from tests.factories import ground, inspections, schools

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


@pytest.fixture
def place():
    ground.province()
    call_command("load_terms", verbosity=0)
    inspections.parameters()
    place = schools.campus(schools.school(ground.county()))
    place.checked_from = date(2026, 11, 2)
    place.save()
    return place


@pytest.fixture
def version(place):
    return inspections.version("campus_daily")


def run_now():
    run = services.order_run(year=2026, by=None, at=NOW)
    fold_year(year=2026, at=run.as_of, progress=lambda done, of: None)
    return services.compute(run=run, progress=lambda done, of: None)


def days(first, number):
    return [first + timedelta(days=offset) for offset in range(number)]


def test_points_come_from_the_slots_closed_so_far(place, version):
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    for day in days(date(2026, 11, 2), 5):
        inspections.check(place, author, day, version)
    for day in days(date(2026, 11, 9), 5):
        inspections.missed(place, day, version)

    run_now()

    result = Evaluation.objects.get()
    assert result.inputs["campus"]["required"] == 14
    assert result.inputs["campus"]["timely"] == 5
    assert result.indicators["campus"]["completion"] == "35.71"
    assert "campus not visited" in result.caps


def test_running_again_gives_the_same_bytes(place, version):
    first = run_now()

    second = run_now()

    assert (first.number, second.number) == (1, 2)
    assert first.input_hash == second.input_hash
    assert first.result_hash == second.result_hash


def test_computing_a_run_twice_writes_it_once(place, version):
    run = run_now()

    services.compute(run=run, progress=lambda done, of: None)

    assert Evaluation.objects.filter(run=run).count() == 1


def test_one_run_of_a_year_at_a_time(place):
    services.order_run(year=2026, by=None, at=NOW)

    with pytest.raises(NotAllowed):
        services.order_run(year=2026, by=None, at=NOW)


@pytest.mark.parametrize("year", [2008, 2027])
def test_a_year_outside_the_time_of_the_portal_is_refused(place, year):
    with pytest.raises(NotAllowed):
        services.order_run(year=year, by=None, at=NOW)


def test_the_explanation_adds_up_to_the_score(place, version):
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    for day in days(date(2026, 11, 2), 5):
        inspections.check(place, author, day, version)
    run_now()

    told = selectors.told(Evaluation.objects.select_related("run__scheme", "school").get())

    assert told.tree.printed == told.evaluation.score
    assert sum(child.points for child in told.tree.children if child.points is not None) == told.tree.exact


def test_without_a_veto_the_grade_is_that_of_the_points(place, version):
    run_now()

    row = selectors.with_grade(Evaluation.objects.all(), 2026).get()

    assert row.grade == row.own_grade
    assert row.veto == YearVeto.NONE
    assert Run.objects.get().state == "done"
    assert selectors.run_with_grades(Run.objects.get().pk).grades == [(Grade(row.own_grade), 1)]
