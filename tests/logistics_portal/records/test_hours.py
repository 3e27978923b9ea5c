"""When people are told: rules of the clock, for any moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from logistics_portal.kit.dates import SHANGHAI, each_day
from logistics_portal.records import hours
from logistics_portal.records.hours import Hours, Urgency

DAY = timedelta(days=1)


def at(clock: str, day: int = 16) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), SHANGHAI)


MOMENTS = st.integers(0, 30 * 366 * 86_400).map(lambda second: at("00:00") + timedelta(seconds=second) - 17 * 365 * DAY)


@given(MOMENTS)
def test_whatever_happens_is_told_by_the_first_digest_not_before_it(moment: datetime) -> None:
    told = hours.digest_of(moment)

    assert moment <= told <= moment + timedelta(hours=15)
    assert told.astimezone(SHANGHAI).time() in {time(7, 30), time(16, 30)}
    assert hours.digest_of(told) == told
    assert hours.last_digest(told) == told


@given(MOMENTS)
def test_no_digest_lies_between_the_last_one_and_the_next(moment: datetime) -> None:
    last, after = hours.last_digest(moment), hours.digest_of(moment + timedelta(microseconds=1))

    assert last <= moment < after
    assert after - last in {timedelta(hours=9), timedelta(hours=15)}


@given(MOMENTS, st.integers(0, 24 * 60))
def test_in_a_day_that_is_looked_at_every_minute_each_digest_is_made(moment: datetime, start: int) -> None:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)

    made = {hours.digest_to_make(day + timedelta(minutes=start + minute)) for minute in range(24 * 60)}

    clocks = {it.astimezone(SHANGHAI).time() for it in made if it is not None}
    assert clocks == {time(7, 30), time(16, 30)}


@given(MOMENTS)
def test_nothing_but_alarms_goes_at_night_and_no_digest_is_made_then(moment: datetime) -> None:
    hour = moment.astimezone(SHANGHAI).hour
    night = hour >= 22 or hour < 6

    assert hours.is_quiet(moment) == night
    assert hours.may_go(Urgency.ALARM, moment)
    assert hours.may_go(Urgency.NORMAL, moment) == hours.may_go(Urgency.REMINDER, moment) == (not night)
    if night:
        assert hours.digest_to_make(moment) is None


def test_the_edges_of_the_night_and_of_a_digest() -> None:
    quiet = {clock: hours.is_quiet(at(clock)) for clock in ("21:59", "22:00", "05:59", "06:00")}
    made = {clock: hours.digest_to_make(at(clock)) for clock in ("07:29", "07:30", "10:29", "10:30", "16:30", "22:00")}

    assert quiet == {"21:59": False, "22:00": True, "05:59": True, "06:00": False}
    assert made == {
        "07:29": None,
        "07:30": at("07:30"),
        "10:29": at("07:30"),
        "10:30": None,
        "16:30": at("16:30"),
        "22:00": None,
    }


@given(MOMENTS)
def test_other_figures_give_another_night(moment: datetime) -> None:
    noon = Hours(digests=(time(20),), quiet_from=time(12), quiet_until=time(14))

    assert hours.is_quiet(moment, noon) == (moment.hour in {12, 13})
    assert hours.digest_of(moment, noon).time() == time(20)


@given(st.integers(1, 50), MOMENTS)
def test_a_mail_is_tried_five_times_with_growing_pauses(attempts: int, moment: datetime) -> None:
    again = hours.next_try(attempts, moment)

    assert (again is None) == (attempts >= 5)
    assert again is None or again > moment


def test_a_whole_year_has_two_digests_a_day() -> None:
    days = list(each_day(at("00:00").date(), at("00:00").date() + 365 * DAY))
    found = set()
    for day in days:
        midnight = datetime.combine(day, time.min, SHANGHAI)
        found |= {hours.digest_of(midnight), hours.digest_of(midnight + timedelta(hours=12))}

    assert len(found) == 2 * len(days)
