"""What the clock tells people about checks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspections.checks import calendars
from inspections.checks.closing import close_slots
from inspections.checks.reminding import call_missing_stages, list_for_offices, remind, tell_missed
from inspections.checks.rules.calls import Call
from inspections.checks.services import hand_in
from inspections.schedules.models import Missed
from logistics_portal.records.models import Job, Notice, Parameter
from tests.factories import ground, schools
from tests.inspections.checks.story import MONDAY, MORNING, at, scene

pytestmark = pytest.mark.django_db


def told() -> list[int]:
    return sorted(Notice.objects.values_list("to", flat=True))


def test_at_four_the_doer_is_reminded_and_at_eight_the_vice_principal():
    here = scene("campus_daily")

    remind(at=at(MONDAY, "16:00"), call=Call.FIRST)
    first = told()
    remind(at=at(MONDAY, "20:00"), call=Call.SECOND)

    assert first == [here.officer.pk]
    assert told() == sorted([here.officer.pk, here.vice.pk])


def test_reminding_twice_tells_once():
    scene("campus_daily")

    for _turn in range(2):
        remind(at=at(MONDAY, "16:00"), call=Call.FIRST)

    assert Notice.objects.count() == 1


def test_a_weekly_sheet_is_called_for_on_sunday_at_noon_and_at_eight_but_not_at_four():
    here = scene("canteen_weekly")
    director, officer = (ground.user(role, here.unit) for role in ("food_safety_director", "logistics_officer"))
    saturday, sunday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)

    remind(at=at(saturday, "12:00"), call=Call.NOON)
    remind(at=at(saturday, "16:00"), call=Call.FIRST)
    early = told()
    remind(at=at(sunday, "12:00"), call=Call.NOON)
    noon = told()
    remind(at=at(sunday, "16:00"), call=Call.FIRST)
    four = told()
    remind(at=at(sunday, "20:00"), call=Call.SECOND)

    assert early == []
    assert noon == sorted([here.vice.pk, director.pk, officer.pk])
    assert four == noon
    assert told() == sorted([*noon, here.vice.pk])


def test_a_monthly_sheet_is_called_for_three_days_before_and_on_its_last_day():
    here = scene("canteen_monthly")
    director = ground.user("food_safety_director", here.unit)
    days = [date(2026, 12, number) for number in (1, 2, 3, 4, 5, 6)]  # due on the fifth at 24:00

    called = {}
    for day in days:
        Notice.objects.all().delete()
        remind(at=at(day, "16:00"), call=Call.FIRST)
        called[day.day] = [row.title for row in Notice.objects.filter(to=director)]

    assert [day for day, titles in called.items() if titles] == [2, 5]
    assert "2026-12-05 截止" in called[2][0]
    assert "截止" not in called[5][0]
    assert set(Notice.objects.values_list("urgency", flat=True)) <= {"reminder"}


def test_the_province_sets_how_long_before_a_monthly_sheet_is_called_for():
    here = scene("canteen_monthly")
    Parameter.objects.create(code="REMIND_MONTHLY_DAYS", value="4", name="提前", valid_from=date(2026, 12, 1))
    ground.user("food_safety_director", here.unit)

    called = [remind(at=at(date(2026, 12, day), "16:00"), call=Call.FIRST) for day in (1, 2, 3)]

    assert [bool(number) for number in called] == [True, False, False]


def test_nobody_is_reminded_of_what_was_handed_in():
    here = scene("campus_daily")
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)

    remind(at=at(MONDAY, "16:00"), call=Call.FIRST)

    assert told() == []


def test_a_night_without_roll_call_alarms_the_duty_leader_and_the_principal_once():
    here = scene("dormitory_nightly", is_boarding=True)

    for clock in ("21:59", "22:01", "22:31"):
        call_missing_stages(at=at(MONDAY, clock))

    assert told() == sorted([here.vice.pk, here.principal.pk])
    assert Notice.objects.first().urgency == "alarm"


def test_a_night_without_patrol_alarms_the_duty_leader_before_dawn():
    here = scene("dormitory_nightly", is_boarding=True)
    hand_in(paper=here.paper(stage="roll"), hand=here.hand(), at=at(MONDAY, "21:30"))

    call_missing_stages(at=at(MONDAY + timedelta(days=1), "05:01"))

    assert told() == [here.vice.pk]


def test_the_office_finds_the_buildings_without_roll_call_on_its_list_at_eleven():
    here = scene("dormitory_nightly", is_boarding=True)
    clerk = ground.user("office_clerk", here.unit.parent)

    list_for_offices(at=at(MONDAY, "23:00"))

    notice = Notice.objects.get()
    assert notice.to == clerk
    assert "1 栋" in notice.title


def test_missed_slots_are_told_to_the_school_and_its_office():
    here = scene("campus_daily")
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    clerk = ground.user("office_clerk", here.unit.parent)
    run = at(MONDAY + timedelta(days=3), "00:30")
    close_slots(at=run)

    tell_missed(at=run + timedelta(hours=8))

    assert told() == sorted([here.officer.pk, here.vice.pk, clerk.pk])


def test_a_closure_decided_after_the_day_closed_is_looked_at_once(do_jobs):
    here = scene("campus_daily")
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    run = at(MONDAY + timedelta(days=3), "00:30")
    close_slots(at=run)
    schools.Closure.objects.create(
        unit=here.unit.parent,
        first_date=MONDAY,
        last_date=MONDAY,
        reason="暴雪",
        state="approved",
        requested_by=ground.user(),
        requested_at=run,
        decided_by=ground.user(),
        decided_at=run,
    )

    for _turn in range(2):
        calendars.order_recloses(at=run)
    do_jobs()

    assert Job.objects.filter(kind=calendars.WORK, state="done").count() == 1
    assert Missed.objects.get().superseded == "calendar"


def test_nothing_is_ordered_while_no_day_has_closed():
    scene("campus_daily")
    schools.calendar(schools.bureau("220000/220100/"), 2025, ((date(2026, 3, 1), date(2026, 7, 1)),))

    assert calendars.order_recloses(at=MORNING) == 0
