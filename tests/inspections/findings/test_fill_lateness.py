"""Findings tolerated before their lateness was kept: filled in as the tables stood that day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.migrations.loader import MigrationLoader

from inspections.findings.models import Finding, FindingEvent
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, scene

pytestmark = pytest.mark.django_db
STEP = ("inspections", "0008_fill_lateness_before_toleration")
SPRING = date(2027, 3, 31)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def held():
    return scene()


def tolerated(finding, *, late, state="granted"):
    """Grant a toleration as it was written before: asked so long after the deadline, decided five days later."""
    asked_at = finding.first_due_at + late
    more = {"revoked_by": finding.found_by, "revoked_why": "资金已到位"} if state == "revoked" else {}
    fields = {"state": state, "asked_at": asked_at, "decided_at": asked_at + 5 * DAY, **more}
    return make.tolerated(finding, SPRING, MONDAY, **fields)


def migrate(settings):
    """Run the step with the models as it knew them."""
    settings.MIGRATION_MODULES = {}
    loader = MigrationLoader(None)
    known = loader.project_state(STEP, at_end=False).apps
    for step in loader.get_migration(*STEP).operations:
        step.code(known, None)
        step.reverse_code(known, None)  # a way back that takes nothing away


def filled(finding):
    return Finding.objects.get(pk=finding.pk).late_before


def test_what_was_late_when_it_was_asked_for_is_filled_in_and_nothing_else(held, settings):
    late, revoked, early, plain, opened = (held.finding() for _turn in range(5))
    tolerated(late, late=2 * DAY)
    tolerated(revoked, late=3 * HOUR, state="revoked")
    tolerated(early, late=-HOUR)
    tolerated(opened, late=DAY)
    FindingEvent.objects.create(finding=opened, step="reopen", at=MONDAY + 60 * DAY)
    Finding.objects.filter(pk=early.pk).update(late_before=4 * DAY)  # written up to the head's decision

    for _turn in range(2):
        migrate(settings)

    assert [filled(it) for it in (late, revoked, early, plain, opened)] == [
        2 * DAY,
        3 * HOUR,
        timedelta(0),
        timedelta(0),
        timedelta(0),
    ]
