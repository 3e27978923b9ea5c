"""Closing slots: what nobody filled in is written down once, and what changes later supersedes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspections.checks import acts
from inspections.checks.calendars import order_recloses
from inspections.checks.closing import close_slots, reclose
from inspections.checks.models import Check
from inspections.checks.services import hand_in
from inspections.schedules.models import ClosedDay, Missed
from inspections.tallies.models import CountyDay
from inspections.tallies.services import fold
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, at, scene

pytestmark = pytest.mark.django_db

RUN = at(MONDAY + timedelta(days=3), "00:30")


def campus() -> Scene:
    here = scene("campus_daily")
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    return here


def missed_days() -> list[date]:
    return list(Missed.objects.filter(superseded="").order_by("date").values_list("date", flat=True))


def test_a_slot_nobody_filled_is_written_down_when_it_closes():
    here = campus()

    done = close_slots(at=RUN)

    row = Missed.objects.get()
    assert (row.place, row.date, row.county) == (here.place, MONDAY, here.unit.parent)
    assert row.due_at == at(MONDAY + timedelta(days=1), "00:00")
    assert done.missed == 1
    assert ClosedDay.objects.get().written == 1


def test_nothing_is_written_a_minute_before():
    campus()

    close_slots(at=at(MONDAY + timedelta(days=2), "23:59"))

    assert not Missed.objects.exists()
    assert not ClosedDay.objects.exists()


def test_running_again_changes_nothing():
    campus()
    close_slots(at=RUN)

    again = close_slots(at=RUN + timedelta(minutes=5))

    assert (again.missed, again.days) == (0, 0)
    assert Missed.objects.count() == ClosedDay.objects.count() == 1


def test_days_of_downtime_are_caught_up():
    campus()
    close_slots(at=RUN)

    close_slots(at=at(MONDAY + timedelta(days=10), "00:30"))

    assert [day.day for day in missed_days()] == [16, 17, 18, 19, 20, 23]
    assert ClosedDay.objects.count() == 8


def test_a_check_in_time_or_late_is_no_gap():
    here = campus()
    hand_in(paper=here.paper(), hand=here.hand(), at=MORNING)
    tuesday = MONDAY + timedelta(days=1)
    hand_in(paper=here.paper(tuesday, reason="停电"), hand=here.hand(), at=at(tuesday + timedelta(days=2), "10:00"))

    close_slots(at=RUN + timedelta(days=1))

    assert not Missed.objects.exists()


def test_an_exempt_slot_is_no_gap():
    here = campus()
    make.exemption(here.place, MONDAY, here.officer, here.version, state="approved", decided_by=ground.user())

    close_slots(at=RUN)

    assert not Missed.objects.exists()


def test_a_void_check_leaves_its_slot_missed():
    here = campus()
    check = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    close_slots(at=RUN)
    post = here.hand(here.vice).post
    clerk = ground.user("office_clerk", here.unit.parent)
    acts.ask_void(check=check, reason="填错场所", by=here.vice, post=post, at=RUN)

    acts.void(check=check, reason="同意", by=clerk, post=clerk.live_posts[0], at=RUN + timedelta(hours=9))

    assert missed_days() == [MONDAY]


def test_a_night_closes_two_mornings_on():
    here = scene("dormitory_nightly", is_boarding=True)
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])

    close_slots(at=at(MONDAY + timedelta(days=3), "07:59"))
    early = Missed.objects.count()
    close_slots(at=at(MONDAY + timedelta(days=3), "08:30"))

    assert early == 0
    assert missed_days() == [MONDAY]


def test_a_closure_approved_later_supersedes_what_was_missed_and_nothing_else():
    here = campus()
    other = schools.campus(schools.school(), checked_from=MONDAY)
    close_slots(at=RUN)
    asker, decider = ground.user(), ground.user()
    schools.Closure.objects.create(
        unit=here.unit,
        first_date=MONDAY,
        last_date=MONDAY,
        reason="暴雪",
        state="approved",
        requested_by=asker,
        requested_at=RUN,
        decided_by=decider,
        decided_at=RUN,
    )

    changed = reclose(schools=[here.place.school_id], first=MONDAY, last=MONDAY, at=RUN)

    assert changed == 1
    assert list(Missed.objects.filter(superseded="calendar").values_list("place", flat=True)) == [here.place.pk]
    assert list(Missed.objects.filter(superseded="").values_list("place", flat=True)) == [other.pk]


def test_a_closure_approved_later_frees_the_night_before_it_and_leaves_the_day():
    here = scene("dormitory_nightly", is_boarding=True)
    daily = make.version("dormitory_daily")
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    run = at(MONDAY + timedelta(days=6), "08:30")
    close_slots(at=run)
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    decided = {"state": "approved", "decided_by": ground.user(), "decided_at": run}
    row = schools.closure(here.unit, wednesday, asked_by=ground.user(), reason="暴雪", **decided)

    reclose(schools=[here.place.school_id], first=row.first_date, last=row.last_date, at=run)

    freed = set(Missed.objects.filter(superseded="calendar").values_list("checklist", "date"))
    night = here.version.checklist_id
    assert freed == {(night, tuesday), (night, wednesday), (daily.checklist_id, wednesday)}


def test_closing_again_finds_the_tallies_and_the_gaps_of_one_rule():
    here = scene("dormitory_nightly", is_boarding=True)
    daily = make.version("dormitory_daily")
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    run = at(MONDAY + timedelta(days=9), "08:30")

    close_slots(at=run)
    fold(first=MONDAY, last=MONDAY + timedelta(days=6), at=run)

    for checklist in (daily.checklist_id, here.version.checklist_id):
        rows = Missed.objects.filter(checklist=checklist, date__lte=MONDAY + timedelta(days=6))
        counted = CountyDay.objects.filter(checklist=checklist, date__lte=MONDAY + timedelta(days=6))
        assert {(it.date, it.required, it.missed) for it in counted} == {(it.date, 1, 1) for it in rows}


def test_a_closure_is_looked_at_where_only_the_day_before_it_had_closed():
    here = scene("dormitory_nightly", is_boarding=True)
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    run = at(MONDAY + timedelta(days=3), "08:30")
    close_slots(at=run)
    tuesday = MONDAY + timedelta(days=1)
    decided = {"state": "approved", "decided_by": ground.user(), "decided_at": run}
    schools.closure(here.unit, tuesday, asked_by=ground.user(), reason="暴雪", **decided)

    ordered = order_recloses(at=run)

    assert not ClosedDay.objects.filter(date=tuesday).exists()
    assert ordered == 1


def test_a_closure_taken_back_lets_the_gap_count_again():
    here = campus()
    close_slots(at=RUN)
    Missed.objects.update(superseded="calendar", superseded_at=RUN)

    changed = reclose(schools=[here.place.school_id], first=MONDAY, last=MONDAY, at=RUN)

    assert changed == 1
    assert missed_days() == [MONDAY]


def test_a_day_that_came_to_be_a_school_day_is_written_when_it_had_closed():
    here = campus()
    saturday = MONDAY + timedelta(days=5)
    close_slots(at=at(MONDAY + timedelta(days=9), "00:30"))
    before = missed_days()
    edition = schools.Edition.objects.get()
    edition.extras.create(kind="open", first_date=saturday, last_date=saturday, reason="补课")

    reclose(schools=[here.place.school_id], first=saturday, last=saturday, at=RUN + timedelta(days=9))

    assert set(missed_days()) - set(before) == {saturday}


def test_the_first_reviewer_is_that_of_the_day():
    here = campus()
    old, new = here.unit.parent, ground.neighbour()
    here.unit.periods.all().delete()
    here.unit.periods.create(
        from_date=date(2009, 1, 1), until_date=MONDAY, code="a", name="x", kind="school", parent=old
    )
    here.unit.periods.create(from_date=MONDAY + timedelta(days=1), code="a", name="x", kind="school", parent=new)

    close_slots(at=RUN + timedelta(days=1))

    assert list(Missed.objects.order_by("date").values_list("county", flat=True)) == [old.pk, new.pk]


def test_a_night_never_finished_is_incomplete_after_eight_days():
    here = scene("dormitory_nightly", is_boarding=True)
    here.place.checked_from = MONDAY
    here.place.save(update_fields=["checked_from"])
    hand_in(paper=here.paper(stage="roll"), hand=here.hand(), at=at(MONDAY, "21:00"))

    close_slots(at=at(MONDAY + timedelta(days=8), "08:30"))
    early = Check.objects.get().state
    close_slots(at=at(MONDAY + timedelta(days=9), "08:30"))

    assert early == "receiving"
    assert Check.objects.get().state == "incomplete"
    assert MONDAY in missed_days()
