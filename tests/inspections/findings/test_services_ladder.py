"""The clock of findings: who is told when, once, whatever happens."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections.findings import services
from inspections.findings.facts import findings_due, findings_in_time, last_month_closed
from inspections.findings.selectors import deadline_words
from inspections.findings.services import Seen
from inspections.findings.services.climbing import climb_ladders, tell_fresh
from logistics_portal.records.models import Notice
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.findings.story import MONDAY, scene

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def held():
    return scene()


def told(person):
    return list(Notice.objects.filter(to=person).order_by("pk").values_list("title", flat=True))


def rungs(finding):
    return [event.facts["rung"] for event in finding.events.order_by("pk") if "rung" in event.facts]


def test_a_critical_finding_calls_everybody_at_once_then_the_county_the_city_the_province(held):
    city, province = (
        ground.user("office_head", ground.city()),
        ground.user("office_head", ground.province()),
    )
    due = MONDAY + 4 * HOUR
    finding = held.finding(severity="critical", first_due_at=due, due_at=due)

    for hours in (0, 2, 4, 5, 28, 29, 76, 77):
        climb_ladders(at=MONDAY + hours * HOUR)

    assert rungs(finding) == [
        "opened",
        "remind",
        "overdue",
        "unremedied",
        "overdue_city",
        "overdue_province",
    ]
    assert len(told(held.clerk)) == 2
    assert len(told(held.head)) == len(told(city)) == len(told(province)) == 1
    assert set(Notice.objects.values_list("urgency", flat=True)) == {"alarm"}


def test_running_it_again_tells_nobody_twice(held):
    finding = held.finding()
    late = finding.due_at + HOUR

    first, second = climb_ladders(at=late), climb_ladders(at=late)

    assert (first, second) == (2, 0)
    assert rungs(finding) == ["opened", "overdue"]
    assert [len(told(person)) for person in (held.officer, held.vice, held.clerk, held.head)] == [1, 1, 1, 0]


def test_a_major_finding_climbs_in_school_days_and_a_minor_one_ends_on_the_list(held):
    city = ground.user("office_head", ground.city())
    due = datetime(2026, 11, 20, tzinfo=make.SHANGHAI)  # 24:00 of Thursday
    major = held.finding(first_due_at=due, due_at=due)
    minor = held.finding(severity="minor", first_due_at=due, due_at=due)

    climb_ladders(at=due + timedelta(days=4))
    on_monday = rungs(major)
    climb_ladders(at=due + timedelta(days=5))
    climb_ladders(at=due + timedelta(days=16))

    assert on_monday == ["opened", "overdue"]
    assert rungs(major) == ["opened", "overdue", "overdue_head", "overdue_city"]
    assert rungs(minor) == ["opened", "overdue", "overdue_list"]
    assert len(told(held.head)) == len(told(city)) == 1


def sent_back(held, finding, at):
    """Let the school mend and the county send it back an hour later."""
    row = services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer, at))
    services.refuse(finding=finding, seen=Seen.of(row), reason="没有改到位", hand=held.hand(held.clerk, at + HOUR))


def test_a_remedy_sent_back_calls_nobody_twice_and_the_next_rung_in_its_time(held):
    finding = held.finding()
    climb_ladders(at=finding.due_at + HOUR)
    sent_back(held, finding, finding.due_at + 2 * HOUR)

    tell_fresh(at=finding.due_at + 3 * HOUR + MINUTE)
    climb_ladders(at=finding.due_at + 3 * HOUR + MINUTE)
    soon = rungs(finding)
    climb_ladders(at=finding.due_at + 8 * DAY)

    assert soon == ["opened", "overdue"]
    assert rungs(finding) == ["opened", "overdue", "overdue_head"]
    assert len(told(held.clerk)) == len(told(held.head)) == 1


def test_who_sent_a_remedy_back_is_not_called_for_what_had_passed_by_then(held):
    other = ground.user("office_clerk", ground.county())
    finding = held.finding()
    sent_back(held, finding, finding.due_at - HOUR / 2)

    tell_fresh(at=finding.due_at + HOUR)
    climb_ladders(at=finding.due_at + HOUR)

    assert rungs(finding) == ["overdue"]
    assert len(told(other)) == len(told(held.principal)) == 1
    assert told(held.clerk) == []


def test_a_finding_opened_again_calls_everybody_when_its_new_deadline_passes(held):
    finding = held.finding()
    climb_ladders(at=finding.due_at + HOUR)
    at = finding.due_at + 2 * HOUR
    row = services.remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer, at))
    services.accept(finding=finding, seen=Seen.of(row), hand=held.hand(held.clerk, at + HOUR))
    again = services.reopen(finding=finding, reason="又出现了", hand=held.hand(held.clerk, at + DAY))

    climb_ladders(at=at + DAY + MINUTE)
    early = rungs(finding)
    climb_ladders(at=again.due_at + HOUR)
    climb_ladders(at=again.due_at + 2 * HOUR)

    assert early == ["opened", "overdue"]
    assert [rung for rung in rungs(finding) if rung != "remind"] == ["opened", "overdue", "overdue"]
    assert len(told(held.clerk)) == 2


def test_a_school_reminded_of_a_deadline_is_not_reminded_of_it_again_after_a_return(held):
    finding = held.finding()
    climb_ladders(at=finding.due_at - 2 * HOUR)
    sent_back(held, finding, finding.due_at - 2 * HOUR + MINUTE)

    climb_ladders(at=finding.due_at - HOUR / 2)

    assert rungs(finding) == ["opened", "remind"]


def test_what_waits_for_verification_or_is_tolerated_climbs_nothing(held):
    tolerated = held.finding(tolerated_until=(MONDAY + 100 * DAY).date())
    remedied = held.finding(state="remedied")

    climb_ladders(at=MONDAY + 8 * DAY)

    assert rungs(tolerated) == ["opened"]
    assert rungs(remedied) == []


def test_a_remedy_nobody_verified_in_ten_working_days_is_told_to_the_head(held):
    finding = held.finding(state="remedied")

    climb_ladders(at=MONDAY + 14 * DAY)
    early = rungs(finding)
    climb_ladders(at=MONDAY + 15 * DAY)
    climb_ladders(at=MONDAY + 16 * DAY)

    assert (early, rungs(finding)) == ([], ["unverified"])
    assert len(told(held.head)) == 1


def test_a_reminder_comes_a_school_day_before(held):
    due = datetime(2026, 11, 24, tzinfo=make.SHANGHAI)  # 24:00 of a Monday: the school day before is Friday
    finding = held.finding(first_due_at=due, due_at=due, fixer=held.keeper)

    climb_ladders(at=datetime(2026, 11, 20, 12, tzinfo=make.SHANGHAI))
    before = "remind" in rungs(finding)
    climb_ladders(at=datetime(2026, 11, 21, 0, 10, tzinfo=make.SHANGHAI))
    climb_ladders(at=datetime(2026, 11, 21, 0, 20, tzinfo=make.SHANGHAI))

    assert not before
    assert rungs(finding).count("remind") == 1
    assert len(told(held.keeper)) == 2


def test_the_number_of_queries_does_not_grow_with_the_findings(held):
    def cost(number):
        for _turn in range(number):
            held.finding()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            climb_ladders(at=MONDAY + 8 * DAY)
        return len(seen)

    few, many = cost(2), cost(20)  # more lines than SQLite takes at once come in two statements

    assert many <= few
    assert many < 60


def test_facts_count_what_fell_due_and_what_was_mended_in_time(held):
    school = held.place.school_id
    held.finding()
    held.finding(state="closed")
    held.finding(state="closed", outcome="withdrawn")
    held.finding(state="closed", remedied_at=MONDAY + 9 * DAY)
    on = (MONDAY + 10 * DAY).date()

    assert findings_due([school], on) == {school: 3}
    assert findings_in_time([school, 10**6], on) == {school: 1, 10**6: 0}


def test_last_month_is_closed_once_nothing_of_it_is_left(held):
    finding = held.finding(state="remedied")
    place = held.place.pk
    december, november = date(2026, 12, 5), date(2026, 11, 30)

    assert last_month_closed([place], november) == {place: True}
    assert last_month_closed([place], december) == {place: False}
    services.accept(finding=finding, seen=Seen.of(finding), hand=held.hand(held.clerk))
    assert last_month_closed([place], december) == {place: True}


def test_time_left_is_told_by_the_clock_wherever_it_is_told(held):
    due = datetime(2026, 11, 25, tzinfo=make.SHANGHAI)  # 24:00 of a Tuesday
    finding = held.finding(first_due_at=due, due_at=due)
    friday = datetime(2026, 11, 20, 10, tzinfo=make.SHANGHAI)

    words = [deadline_words(finding, at) for at in (friday, due - 2 * HOUR, due + 6 * HOUR)]

    assert words == ["还剩 4 天", "还剩 2 小时", "已超期 6 小时"]


def test_a_finding_just_opened_is_told_within_a_minute_and_once(held):
    finding = held.finding(severity="critical")

    told_now = [services.tell_fresh(at=MONDAY + timedelta(seconds=seconds)) for seconds in (30, 90)]
    climb_ladders(at=MONDAY + timedelta(minutes=10))

    assert told_now == [1, 0]
    assert rungs(finding) == ["opened"]
