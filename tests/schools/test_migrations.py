"""Older databases migrate: what was recorded is told, what was not is left open."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db.migrations.loader import MigrationLoader

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.records.models import AuditRow
from schools.terms.models import Closure
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
FILLED = "schools", "0005_say_who_declared_closures"
ASKED = datetime(2026, 9, 10, 0, 30, tzinfo=SHANGHAI)  # still the ninth in UTC
DAY = date(2026, 9, 14)


def migrate(key: tuple[str, str], settings):
    """Run the steps of one data migration with the models as it knew them."""
    settings.MIGRATION_MODULES = {}
    loader = MigrationLoader(None)
    known = loader.project_state(key, at_end=False).apps
    for step in loader.get_migration(*key).operations:
        step.code(known, None)


def declared(at, by) -> Closure:
    return make.closure(at, DAY, asked_by=by, requested_at=ASKED)


def declarer(row: Closure) -> str | None:
    row.refresh_from_db()
    return row.declared_by_unit.code if row.declared_by_unit else None


def test_the_bureau_that_declared_a_closure_is_filled_from_what_was_recorded(settings):
    county = ground.county()
    city_clerk = ground.user("office_clerk", ground.city())
    audited = declared(county, ground.user("office_clerk", county))
    AuditRow.objects.create(
        at=ASKED, by=audited.requested_by, verb="closure.ask", on_table="schools.closure", on_id=audited.pk,
        post=city_clerk.live_posts[0],
    )  # fmt: skip
    by_post = declared(county, city_clerk)
    gone, later, head = ground.user(), ground.user(), ground.user("office_head", ground.city())
    ground.post(gone, "office_clerk", ground.city(), until_date=date(2026, 9, 9))
    ground.post(gone, "office_clerk", county, from_date=date(2026, 9, 10))
    ground.post(later, "office_clerk", ground.city(), from_date=date(2026, 9, 11))
    of_that_day, nobody, not_a_clerk = declared(county, gone), declared(county, later), declared(county, head)
    elsewhere = declared(county, ground.user("office_clerk", ground.neighbour()))
    own = declared(make.school(county).unit, city_clerk)
    said = make.closure(county, DAY, asked_by=city_clerk, requested_at=ASKED, declared_by_unit=ground.province())

    migrate(FILLED, settings)

    assert [declarer(it) for it in (audited, by_post, of_that_day)] == ["220100", "220100", "220102"]
    assert [declarer(it) for it in (nobody, not_a_clerk, elsewhere, own)] == [None] * 4
    assert declarer(said) == "220000"

    migrate(FILLED, settings)
    assert declarer(audited) == "220100"
    assert declarer(nobody) is None
