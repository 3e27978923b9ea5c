"""A figure the province changed is obeyed by the clocks of incidents and vetoes from its day on, and not before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspections.incidents import selectors, timing
from inspections.incidents.models import ReportAct
from inspections.incidents.rules.words import Grade, Responsibility
from inspections.incidents.services import vetoing
from logistics_portal.records.models import Parameter
from logistics_portal.records.selectors import figures_read_once
from tests.factories import incidents as make
from tests.factories import schools

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TUESDAY = date(2026, 11, 17)


@pytest.fixture
def line():
    return make.line()


def set_from(code: str, value: str, first: date = TUESDAY) -> None:
    Parameter.objects.create(code=code, value=value, name=code, valid_from=first)


def clock(row, key):
    return next(it for it in timing.clocks_of(row) if it.key.startswith(key))


def two(line, **facts):
    """Return an incident of Monday and one of Tuesday, when the figures change."""
    return [make.incident(line, happened_at=make.NOON + days * DAY, gravely_hurt=1, **facts) for days in (0, 1)]


@pytest.mark.parametrize(
    ("code", "value", "key", "minutes"),
    [
        ("INCIDENT_REPORT_MINUTES", "20", "report", (60, 20)),
        ("INCIDENT_FOOD_REPORT_MINUTES", "30", "health", (120, 30)),
        ("INCIDENT_PASS_ON_MINUTES", "45", "pass-", (30 + 120, 30 + 45)),
        ("INCIDENT_FINAL_DAYS", "3", "final", (30 + 7 * 1440, 30 + 3 * 1440)),
    ],
)
def test_a_clock_runs_by_the_figure_of_its_day(line, code, value, key, minutes):
    set_from(code, value)

    rows = two(line, food_cases=6)

    assert [clock(row, key).due_at - row.discovered_at for row in rows] == [MINUTE * it for it in minutes]


def test_a_report_after_thirty_minutes_is_late_once_only_twenty_are_allowed(line):
    set_from("INCIDENT_REPORT_MINUTES", "20")

    old, new = two(line)

    assert list(ReportAct.objects.values_list("incident", "limit_at")) == [(new.pk, new.discovered_at + 20 * MINUTE)]
    assert selectors.limit_of(old) == old.discovered_at + 60 * MINUTE


def test_windows_and_lists_follow_their_figures(line):
    for code, value in (
        ("INCIDENT_CASUALTY_DAYS", "60"),
        ("INCIDENT_FINDING_DAYS", "30"),
        ("INCIDENT_CONCEALMENT_HOURS", "2"),
    ):
        set_from(code, value)

    old, new = two(line, minutes=180)

    assert [(selectors.casualty_window_ends(row) - row.happened_at.date()).days for row in (old, new)] == [30, 60]
    later = make.NOON + 40 * DAY
    assert [timing.finding_missing(row, later) for row in (old, new)] == [False, True]
    assert [timing.concealment_open(row) for row in (old, new)] == [False, True]


def test_the_terms_of_a_veto_are_working_days_of_the_figure(line):
    schools.national_year(2026)
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.MAJOR)
    due = vetoing.proposal_due(row)
    decided = selectors.last_decision(row)
    assert due is not None
    assert decided is not None

    set_from("VETO_PROPOSE_DAYS", "1", decided.date())

    sooner = vetoing.proposal_due(row)
    assert sooner is not None
    assert sooner < due
    assert sooner - decided < 2 * DAY


def test_the_clocks_of_many_cases_read_the_figures_once(line, django_assert_num_queries):
    rows = two(line)
    for row in rows:
        timing.clocks_of(row)

    with django_assert_num_queries(1), figures_read_once():
        limits = [selectors.limit_of(row) for row in rows]

    assert limits == [row.discovered_at + 60 * MINUTE for row in rows]
