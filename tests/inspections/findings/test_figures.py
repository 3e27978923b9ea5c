"""A figure the province changed is obeyed by findings from its day on, and not before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from inspections.findings import services
from inspections.findings.services import Seen, Sighting, climb_ladders
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Parameter
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, photo, scene

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = date(2026, 11, 17)


@pytest.fixture
def held():
    return scene()


def set_from(code: str, value: str, first: date = TUESDAY) -> None:
    Parameter.objects.create(code=code, value=value, name=code, valid_from=first)


def seen(held, severity: str, at: datetime):
    sighting = Sighting(title="灶台有油污", severity=severity, detail="", photos=[photo()])
    return services.open_by_hand(place=held.place, sighting=sighting, hand=held.hand(held.officer, at))


@pytest.mark.parametrize(
    ("code", "value", "severity", "before", "since"),
    [
        ("FINDING_MAJOR_DAYS", "5", "major", "2026-11-20 00:00", "2026-11-25 00:00"),
        ("FINDING_MINOR_DAYS", "1", "minor", "2026-12-01 00:00", "2026-11-19 00:00"),
        ("FINDING_CRITICAL_HOURS", "2", "critical", "2026-11-16 13:00", "2026-11-17 11:00"),
        ("FINDING_CRITICAL_LONGEST_HOURS", "1", "critical", "2026-11-16 13:00", "2026-11-17 10:00"),
    ],
)
def test_the_deadline_follows_the_figure_of_the_day_it_was_recorded(held, code, value, severity, before, since):
    set_from(code, value)

    dues = [seen(held, severity, at).due_at for at in (MONDAY, MONDAY + DAY)]

    assert [f"{due.astimezone(make.SHANGHAI):%Y-%m-%d %H:%M}" for due in dues] == [before, since]


def test_the_ladder_follows_the_figure_of_the_day_it_was_recorded(held):
    set_from("FINDING_CRITICAL_CITY_HOURS", "2")
    city = ground.user("office_head", ground.city())
    old = make.finding(held.place, held.officer, MONDAY, severity="critical", item_code="A", first_due_at=MONDAY + HOUR)
    new = make.finding(
        held.place, held.officer, MONDAY + DAY, severity="critical", item_code="B", first_due_at=MONDAY + DAY + HOUR
    )
    for row in (old, new):
        type(row).objects.filter(pk=row.pk).update(due_at=row.first_due_at)

    climb_ladders(at=MONDAY + 24 * HOUR)
    assert "overdue_city" not in climbed(old)

    climb_ladders(at=MONDAY + DAY + 3 * HOUR)

    assert "overdue_city" in climbed(old)
    assert "overdue_city" in climbed(new)
    assert city.notices.count() == 2


def climbed(finding):
    return [event.facts["rung"] for event in finding.events.order_by("pk") if "rung" in event.facts]


def test_a_remedy_nobody_verified_is_told_of_sooner_where_the_figure_says_so(held):
    set_from("FINDING_VERIFY_DAYS", "1", date(2026, 1, 1))
    set_from("FINDING_VERIFY_MORE_DAYS", "1", date(2026, 1, 1))
    finding = held.finding()
    services.remedy(finding=finding, how="已清洗并复查", photos=[photo()], hand=held.hand(held.keeper))

    climb_ladders(at=MONDAY + 1 * DAY)
    assert "unverified" not in climbed(finding)
    climb_ladders(at=MONDAY + 3 * DAY)

    assert "unverified" in climbed(finding)


def test_reopening_and_answering_follow_their_figures(held):
    set_from("FINDING_REOPEN_DAYS", "1", date(2026, 1, 1))
    set_from("FINDING_EXTENSIONS", "0", date(2026, 1, 1))
    finding = held.finding()
    with pytest.raises(NotAllowed, match="已经延期过"):
        services.ask_extension(
            finding=finding, until=finding.due_at + HOUR, reason="配件未到", hand=held.hand(held.vice)
        )
    services.remedy(finding=finding, how="已清洗并复查", photos=[photo()], hand=held.hand(held.keeper))
    finding.refresh_from_db()
    services.accept(finding=finding, seen=Seen.of(finding), hand=held.hand(held.clerk))

    with pytest.raises(NotAllowed, match="1天"):
        services.reopen(finding=finding, reason="又出现", hand=held.hand(held.clerk, MONDAY + 3 * DAY))
