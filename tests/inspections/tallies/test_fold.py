"""Folded tallies equal a slow count of the rows, however checks came in, and folding twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.checks.models import Check, Release
from inspections.schedules.models import Exemption
from inspections.schedules.rules import Timeliness
from inspections.tallies import services, tasks, today
from inspections.tallies.models import CountyDay, ItemDay, SchoolMonth
from logistics_portal.accounts.permissions import Role
from logistics_portal.records import work
from logistics_portal.records.models import Job
from schools.register.models import Place
from tests.factories import ground, schools
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
SCHOOL_DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
FATES = ("nothing", "on_time", "late", "missed", "exempt", "exempt_yet_done", "voided", "failing", "receiving")
NIGHT = make.at(MONDAY + timedelta(days=9), "00:45")  # every daily slot of the week has closed
TWO_COUNTIES = ("220000/220100/220102/", "220000/220100/220103/")


@pytest.fixture
def scene(db):
    """Two schools with a campus each, in two counties, under one daily check-list."""
    schools.calendar()
    version = make.version("campus_daily")
    places = [schools.campus(schools.school(path)) for path in TWO_COUNTIES]
    person = ground.user(Role.LOGISTICS_OFFICER, places[0].school.unit)
    other = ground.user(Role.OFFICE_CLERK, ground.county())
    return version, places, person, other


@contextmanager
def undone() -> Iterator[None]:
    """Undo what one example wrote; handed-in checks cannot be deleted."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def plant(scene, place: Place, day: date, fate: str) -> None:
    version, _places, person, other = scene
    if fate.startswith("exempt"):
        state = Exemption.State.APPROVED
        make.exemption(place, day, person, version, state=state, decided_by=other)
    if fate in {"on_time", "exempt_yet_done", "failing"}:
        make.check(place, person, day, version, n_fail=2 if fate == "failing" else 0)
    elif fate == "late":
        make.check(place, person, day, version, timeliness=Timeliness.LATE)
    elif fate == "voided":
        done = make.at(day + timedelta(days=1))
        make.check(
            place, person, day, version, state=Check.State.VOIDED, voided_by=other, voided_at=done, void_reason="误填"
        )
    elif fate == "receiving":
        make.check(
            place,
            person,
            day,
            version,
            state=Check.State.RECEIVING,
            received_at=None,
            handed_in_at=make.at(day),
            timeliness="",
        )
    if fate in {"missed", "voided", "nothing", "receiving"}:
        make.missed(place, day, version)


def brute(week: dict[tuple[str, date], str], paths: dict[str, str]) -> dict[tuple[str, date], tuple[int, ...]]:
    """Return the tallies counted one slot after the other: required, exempt, timely, late, missed, failing, fails."""
    found: dict[tuple[str, date], Counter[str]] = {}
    for (name, day), fate in week.items():
        tally = found.setdefault((paths[name], day), Counter())
        tally["required"] += 1
        tally["exempt"] += fate.startswith("exempt")
        tally["timely"] += fate in {"on_time", "failing"}
        tally["late"] += fate == "late"
        tally["missed"] += fate in {"missed", "voided", "nothing", "receiving"}
        tally["with_failures"] += fate == "failing"
        tally["failures"] += 2 * (fate == "failing")
    return {key: tuple(tally[name] for name in FIELDS) for key, tally in found.items()}


FIELDS = ("required", "exempt", "timely", "late", "missed", "with_failures", "failures")


def folded() -> dict[tuple[str, date], tuple[int, ...]]:
    rows = CountyDay.objects.filter(date__range=(MONDAY, SCHOOL_DAYS[-1]))
    return {(path, day): tuple(rest) for path, day, *rest in rows.values_list("county__path", "date", *FIELDS)}


def everything() -> list[list[object]]:
    return [
        sorted(table.objects.values_list(*[field.name for field in table._meta.fields if field.name != "id"]))
        for table in (CountyDay, SchoolMonth, ItemDay)
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.sampled_from(FATES), min_size=10, max_size=10))
def test_a_fold_equals_a_slow_count_and_folding_twice_changes_nothing(scene, fates):
    _version, places, _person, _other = scene
    slots = [(place, day) for place in places for day in SCHOOL_DAYS]
    week = {(str(place.pk), day): fate for (place, day), fate in zip(slots, fates, strict=True)}
    paths = {str(place.pk): path for place, path in zip(places, TWO_COUNTIES, strict=True)}

    with undone():
        for (place, day), fate in zip(slots, fates, strict=True):
            plant(scene, place, day, fate)
        services.fold(first=MONDAY, last=SCHOOL_DAYS[-1], at=NIGHT)
        once = everything()
        services.fold(first=MONDAY, last=SCHOOL_DAYS[-1], at=NIGHT)
        twice, days = everything(), folded()

    assert days == brute(week, paths)
    assert twice == once


def test_a_month_counts_only_what_has_closed(scene):
    _version, places, person, _other = scene
    make.check(places[0], person, MONDAY, scene[0])
    make.check(places[0], person, SCHOOL_DAYS[1], scene[0])
    tuesday_is_open = make.at(MONDAY + timedelta(days=3), "12:00")  # Monday's slot closed at the start of Thursday

    services.fold(first=MONDAY, last=SCHOOL_DAYS[1], at=tuesday_is_open)

    month = SchoolMonth.objects.get(school=places[0].school)
    closed = Check.objects.filter(date__lte=MONDAY).count()
    assert month.timely == closed == 1


def test_the_quick_fold_of_today_gives_the_same_days_as_the_whole_fold(scene):
    _version, places, person, _other = scene
    noon = make.at(SCHOOL_DAYS[2], "12:00")
    make.check(places[0], person, SCHOOL_DAYS[2], scene[0], n_fail=1)
    make.check(places[1], person, SCHOOL_DAYS[1], scene[0])
    services.fold(first=MONDAY, last=SCHOOL_DAYS[2], at=noon)
    whole = folded()
    CountyDay.objects.filter(date__gte=SCHOOL_DAYS[1]).delete()

    today.fold_today(at=noon)

    assert folded() == whole
    assert today.folded_at().get() == noon


def test_a_rebuild_writes_the_same_as_the_folds_and_says_how_much(scene):
    _version, places, person, _other = scene
    make.check(places[0], person, MONDAY, scene[0])
    out = StringIO()

    call_command("rebuild_tallies", until=SCHOOL_DAYS[-1], stdout=out)
    first = everything()
    call_command("rebuild_tallies", until=SCHOOL_DAYS[-1], stdout=out)

    assert everything() == first
    assert "2026-11-16 至 2026-11-20" in out.getvalue()


def test_a_rebuild_without_any_day_says_what_is_missing(db):
    with pytest.raises(CommandError, match="--since"):
        call_command("rebuild_tallies")


def test_the_nightly_fold_is_ordered_once_an_hour_and_notes_when(scene):
    tasks.order_fold()
    tasks.order_fold()
    work.run_waiting()

    job = Job.objects.get(kind=tasks.FOLD_RECENT)
    assert job.state == Job.State.DONE
    assert today.folded_at().get() is not None


@pytest.mark.parametrize("how", ["voided", "corrected", "neither"])
def test_a_late_change_of_an_old_check_reaches_its_month(scene, how):
    version, places, person, other = scene
    old = MONDAY - timedelta(days=7)
    check = make.check(places[0], person, old, version)
    much_later = make.at(MONDAY + timedelta(days=90), "00:45")
    services.fold(first=old, last=old, at=much_later)
    if how == "voided":
        Check.objects.filter(pk=check.pk).update(state="voided", voided_by=other, voided_at=much_later)
    else:
        Check.objects.filter(pk=check.pk).update(state="superseded")
        moment = much_later if how == "corrected" else much_later - timedelta(days=30)
        newer = make.check(places[0], person, old, version, revision=2, n_fail=1, handed_in_at=moment)
        times = {"asked_at": moment, "decided_at": moment, "until": moment + timedelta(days=2)}
        people = {"asked_by": person, "decided_by": other}
        Release.objects.create(check_row=check, reason="填错", state="used", used_for=newer, **times, **people)

    services.fold_recent(at=much_later)

    day = CountyDay.objects.get(date=old, county=places[0].school.unit.parent)
    assert (day.timely, day.with_failures) == {"voided": (0, 0), "corrected": (1, 1), "neither": (1, 0)}[how]
