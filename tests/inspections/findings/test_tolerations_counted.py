"""A tolerated finding in the rate of those mended in time: every page that counts it counts it alike (rights §4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from inspections.dashboards.cases import cases, cases_of
from inspections.evaluations import behind, services
from inspections.evaluations.models import Evaluation
from inspections.findings import facts
from inspections.findings.rules import Rectified, Severity
from inspections.findings.services import remedy, revoke_toleration
from inspections.reports import selectors as reports
from inspections.reports.rules import parse
from inspections.tallies.services import fold_year
from logistics_portal.kit.dates import SHANGHAI, day_end
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, scene
from tests.inspections.findings.test_tolerations import granted

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOW = datetime(2026, 12, 10, 12, tzinfo=SHANGHAI)
UNTIL = date(2026, 11, 27)


@pytest.fixture
def held():
    make.parameters()
    return scene()


@pytest.fixture
def rows(held):
    """Return one finding for each way a toleration can go, by what should be said of it."""
    kept = {name: held.finding(title=name) for name in ("tolerated", "inside", "late before", "run out", "revoked")}
    granted(held, kept["tolerated"], date(2027, 3, 31))
    for name in ("inside", "run out"):
        granted(held, kept[name], UNTIL)
    granted(held, kept["revoked"], date(2027, 3, 31))
    granted(held, kept["late before"], date(2026, 11, 20))
    granted(held, kept["late before"], UNTIL, at=MONDAY + 5 * DAY)
    for name, at in (("inside", day_end(UNTIL) - DAY), ("late before", MONDAY + 9 * DAY)):
        remedy(finding=kept[name], how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, at))
    revoke_toleration(finding=kept["revoked"], reason="资金已到位", hand=held.hand(held.head, MONDAY + 8 * DAY))
    return kept


def result(school):
    run = services.order_run(year=2026, by=None, at=NOW)
    fold_year(year=2026, at=run.as_of, progress=lambda done, of: None)
    services.compute(run=run, progress=lambda done, of: None)
    return Evaluation.objects.select_related("run__scheme", "school__unit", "county").get(run=run, school=school)


def test_evaluation_rows_facts_board_and_report_count_a_tolerated_finding_alike(held, rows):
    evaluation = result(held.place.school)
    seen = behind.Behind(evaluation, held.clerk)
    listed = {mended: {it.title for it in seen.findings("canteen", Severity.MAJOR, mended)} for mended in Rectified}
    school, today = held.place.school_id, NOW.date()
    county = held.place.school.unit.first_reviewer
    board = cases_of(cases(held.clerk, county, at=NOW), county.path)
    report = reports.figures(county, parse("2026-11"), NOW)["findings"]

    assert listed[Rectified.ON_TIME] == {"inside"}
    assert listed[Rectified.FAILED] | listed[Rectified.HALF] == {"late before", "run out", "revoked"}
    numbers = evaluation.inputs["canteen"]["issues"]["major"]
    assert (sum(numbers), numbers[0]) == (4, 1)
    due, in_time = facts.findings_due([school], today)[school], facts.findings_in_time([school], today)[school]
    assert (due, in_time) == (4, 1)
    assert (board.due, board.in_time) == (4, 1)
    assert (report["due"]["major"], report["in_time"]["major"]) == (4, 1)


def test_one_mended_on_its_last_day_counts_that_day_and_one_still_open_does_not(held):
    mended, waiting = held.finding(), held.finding()
    for finding in (mended, waiting):
        granted(held, finding, UNTIL)
    remedy(finding=mended, how="厨房已扩建完工", photos=[], hand=held.hand(held.officer, day_end(UNTIL) - DAY))
    school = held.place.school_id

    there = [facts.findings_due([school], day)[school] for day in (UNTIL - DAY, UNTIL, UNTIL + DAY)]

    assert there == [0, 1, 2]
    assert facts.findings_in_time([school], UNTIL)[school] == 1
