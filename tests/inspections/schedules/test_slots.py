"""Which checks are due: examples, and what holds for every schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.schedules.rules import (
    Clocks,
    Duty,
    Exempt,
    Schedule,
    ScheduleKind,
    Slot,
    days_needed,
    overlaps_exemption,
    slots,
    stage_dues,
)
from logistics_portal.kit.dates import SHANGHAI, each_day, each_month, each_week, week_of

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

BLOCKS = {
    "canteen_daily": {
        "kind": "daily", "day_kind": "serving", "opens": "05:30", "due": "+1d 00:00", "belongs_to": "same_day"
    },
    "canteen_delivered_daily": {
        "kind": "per_delivery", "day_kind": "serving", "opens": "06:00", "due": "+1d 00:00", "belongs_to": "same_day",
        "seq": "canteens.deliveries",
    },
    "canteen_weekly": {
        "kind": "weekly", "day_kind": "serving", "anchor": 5, "opens": "00:00", "due": "+3d 00:00",
        "belongs_to": "same_day",
    },
    "canteen_monthly": {
        "kind": "monthly", "day_kind": "serving", "anchor": 25, "opens": "00:00", "due": "next 06 00:00",
        "belongs_to": "same_day",
    },
    "dormitory_nightly": {
        "kind": "nightly", "day_kind": "boarding", "opens": "20:00", "due": "+1d 08:00", "belongs_to": "evening"
    },
    "campus_monthly": {
        "kind": "monthly", "day_kind": "operating", "anchor": 1, "opens": "00:00", "due": "next 01 00:00",
        "belongs_to": "same_day", "before_term": 7,
    },
}  # fmt: skip
SCHEDULES = {code: Schedule.read(block) for code, block in BLOCKS.items()}
FIRST, LAST = date(2026, 11, 1), date(2027, 2, 28)
DAYS = st.sets(st.dates(date(2026, 10, 20), date(2027, 3, 10)))
ANY = st.sampled_from(list(SCHEDULES.values()))
TERM_STARTS = (date(2026, 9, 1), date(2027, 3, 1))


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def test_a_daily_check_is_due_at_midnight_and_closes_two_days_on():
    monday = date(2026, 11, 2)

    [slot] = slots(SCHEDULES["canteen_daily"], Duty([monday]), FIRST, LAST)

    assert slot == Slot(monday, 1, at(monday, 5, 30), at(date(2026, 11, 3)), at(date(2026, 11, 5)))
    assert slot.key == (monday, 1)


def test_a_night_belongs_to_its_evening_and_is_due_next_morning_across_new_year():
    evening = date(2026, 12, 31)

    [slot] = slots(SCHEDULES["dormitory_nightly"], Duty([evening]), FIRST, LAST)

    assert slot.date == evening
    assert slot.opens_at == datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    assert slot.due_at == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    assert slot.closes_at == datetime(2027, 1, 3, 0, 0, tzinfo=UTC)


def test_a_weekly_check_is_dated_friday_even_when_only_the_make_up_saturday_serves():
    saturday = date(2026, 11, 7)

    [slot] = slots(SCHEDULES["canteen_weekly"], Duty([saturday]), FIRST, LAST)

    assert slot.date == date(2026, 11, 6)
    assert slot.due_at == at(date(2026, 11, 9))


def test_a_monthly_check_is_due_in_the_next_month_across_new_year():
    [slot] = slots(SCHEDULES["canteen_monthly"], Duty([date(2026, 12, 1)]), FIRST, LAST)

    assert slot.date == date(2026, 12, 25)
    assert slot.due_at == at(date(2027, 1, 6))


def test_the_check_before_a_term_replaces_the_monthly_one_of_its_month():
    duty = Duty([*each_day(date(2027, 1, 4), date(2027, 2, 3)), date(2027, 3, 1)], term_starts=TERM_STARTS)

    found = slots(SCHEDULES["campus_monthly"], duty, date(2027, 1, 1), date(2027, 3, 31))

    assert [slot.date for slot in found] == [date(2027, 1, 1), date(2027, 2, 22), date(2027, 3, 1)]
    assert found[1].due_at == at(date(2027, 3, 1))
    assert found[1].opens_at == at(date(2027, 2, 22))


def test_the_month_is_replaced_even_when_the_stretch_asked_for_leaves_the_replacement_out():
    duty = Duty(each_day_list(date(2027, 2, 1), date(2027, 2, 3)), term_starts=TERM_STARTS)

    assert slots(SCHEDULES["campus_monthly"], duty, date(2027, 2, 1), date(2027, 2, 10)) == []


def test_a_place_that_ends_before_the_term_has_the_monthly_check_instead():
    days = [date(2027, 2, 1), date(2027, 2, 2)]
    duty = Duty(days, valid_to=date(2027, 2, 26), term_starts=TERM_STARTS)

    found = slots(SCHEDULES["campus_monthly"], duty, FIRST, LAST)

    assert [slot.date for slot in found] == [date(2027, 2, 1)]


def test_a_place_that_begins_after_the_early_check_has_the_monthly_one():
    schedule = replace(SCHEDULES["campus_monthly"], anchor=25)
    duty = Duty([date(2027, 2, 25)], valid_from=date(2027, 2, 23), term_starts=TERM_STARTS)

    assert [slot.date for slot in slots(schedule, duty, FIRST, LAST)] == [date(2027, 2, 25)]


def test_a_duty_knows_whole_weeks_and_months_around_the_stretch_asked_for():
    friday = date(2026, 11, 6)

    assert days_needed(SCHEDULES["canteen_weekly"], friday, friday) == week_of(friday)
    assert len(days_needed(SCHEDULES["canteen_monthly"], friday, friday)) == 30
    assert len(days_needed(SCHEDULES["canteen_daily"], friday, friday)) == 1


def each_day_list(first: date, last: date) -> list[date]:
    return list(each_day(first, last))


def test_each_delivery_has_its_number_and_a_day_without_one_still_has_the_first():
    days = [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]
    duty = Duty(days, deliveries={days[0]: 3, days[1]: 0})

    found = slots(SCHEDULES["canteen_delivered_daily"], duty, FIRST, LAST)

    assert [slot.key for slot in found] == [(days[0], 1), (days[0], 2), (days[0], 3), (days[1], 1), (days[2], 1)]


def test_the_stages_of_a_night_are_due_one_after_the_other():
    stages = [
        {"code": "roll", "due": "22:00"},
        {"code": "patrols", "due": "+1d 05:00"},
        {"code": "morning", "due": "+1d 08:00"},
    ]

    dues = stage_dues(stages, date(2026, 12, 31))

    assert dues == {
        "roll": at(date(2026, 12, 31), 22),
        "patrols": at(date(2027, 1, 1), 5),
        "morning": at(date(2027, 1, 1), 8),
    }


def test_an_exemption_frees_its_dates_or_one_number_of_them():
    monday = date(2026, 11, 2)
    duty = Duty([monday], deliveries={monday: 2})
    one, two = slots(SCHEDULES["canteen_delivered_daily"], duty, FIRST, LAST)

    assert overlaps_exemption(one, [Exempt(monday, monday)])
    assert overlaps_exemption(two, [Exempt(monday, monday, seq=2)])
    assert not overlaps_exemption(one, [Exempt(monday, monday, seq=2)])
    assert not overlaps_exemption(one, [Exempt(monday + timedelta(days=1), LAST)])
    assert not overlaps_exemption(one, [])


def test_the_figure_of_late_hand_in_is_a_parameter():
    [slot] = slots(SCHEDULES["canteen_daily"], Duty([date(2026, 11, 2)]), FIRST, LAST, Clocks(late=timedelta(hours=24)))

    assert slot.closes_at - slot.due_at == timedelta(hours=24)


@given(ANY, DAYS)
def test_no_two_slots_have_one_date_and_number_and_they_come_in_order(schedule: Schedule, days: set[date]):
    found = slots(schedule, Duty(days, term_starts=TERM_STARTS), FIRST, LAST)

    keys = [slot.key for slot in found]
    assert keys == sorted(set(keys))
    assert all(FIRST <= slot.date <= LAST for slot in found)


@given(ANY, DAYS, st.dictionaries(st.dates(FIRST, LAST), st.integers(0, 4)))
def test_a_slot_opens_before_it_is_due_and_closes_after(schedule: Schedule, days: set[date], many: dict[date, int]):
    found = slots(schedule, Duty(days, deliveries=many, term_starts=TERM_STARTS), FIRST, LAST)

    assert all(slot.opens_at < slot.due_at < slot.closes_at for slot in found)
    assert all(one.due_at <= two.due_at for one, two in pairwise(found))


@given(st.sampled_from(["canteen_daily", "dormitory_nightly"]), DAYS)
def test_each_day_of_its_kind_has_one_slot(code: str, days: set[date]):
    found = slots(SCHEDULES[code], Duty(days), FIRST, LAST)

    assert [slot.date for slot in found] == sorted(day for day in days if FIRST <= day <= LAST)


@given(DAYS)
def test_each_week_with_such_a_day_has_one_weekly_slot(days: set[date]):
    found = slots(SCHEDULES["canteen_weekly"], Duty(days), FIRST, LAST)

    weeks = [week for week in each_week(FIRST, LAST) if days & set(week)]
    fridays = [week.first + timedelta(days=4) for week in weeks]
    assert [slot.date for slot in found] == [day for day in fridays if FIRST <= day <= LAST]


@given(DAYS)
def test_each_month_with_such_a_day_has_one_monthly_slot(days: set[date]):
    found = slots(SCHEDULES["canteen_monthly"], Duty(days), FIRST, LAST)

    assert len(found) == sum(bool(days & set(month)) for month in each_month(FIRST, LAST))


@given(DAYS)
def test_a_month_has_at_most_one_slot_even_before_a_term(days: set[date]):
    found = slots(SCHEDULES["campus_monthly"], Duty(days, term_starts=TERM_STARTS), FIRST, LAST)

    months = [(slot.date.year, slot.date.month) for slot in found]
    assert len(months) == len(set(months))
    assert (2027, 2) in months


@given(ANY, DAYS, st.dates(FIRST, LAST))
def test_a_calendar_change_touches_only_its_day_week_or_month(schedule: Schedule, days: set[date], day: date):
    before = slots(schedule, Duty(days, term_starts=TERM_STARTS), FIRST, LAST)
    after = slots(schedule, Duty(days ^ {day}, term_starts=TERM_STARTS), FIRST, LAST)

    touched = set(before) ^ set(after)

    near = {
        ScheduleKind.WEEKLY: lambda it: it.date in week_of(day),
        ScheduleKind.MONTHLY: lambda it: it.date.month == day.month,
    }.get(schedule.kind, lambda it: it.date == day)
    assert all(near(slot) for slot in touched)
    assert len(touched) <= 1


@given(ANY, DAYS, st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_slots_begin_and_end_with_the_place(schedule: Schedule, days: set[date], start: date, end: date):
    duty = Duty(days, valid_from=start, valid_to=end, term_starts=TERM_STARTS)

    found = slots(schedule, duty, FIRST, LAST)

    assert all(start <= slot.date <= end for slot in found)
    whole = {slot.key for slot in slots(schedule, replace(duty, valid_from=FIRST, valid_to=LAST), FIRST, LAST)}
    assert {slot.key for slot in found} <= whole | {(day, 1) for day in each_day(start, end) if day.day == 1}


@given(ANY, DAYS, st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_a_stretch_gives_the_same_slots_as_the_whole(schedule: Schedule, days: set[date], start: date, end: date):
    whole = slots(schedule, Duty(days, term_starts=TERM_STARTS), FIRST, LAST)
    need = days_needed(schedule, start, end)
    known = {day for day in days if day in need}

    part = slots(schedule, Duty(known, term_starts=TERM_STARTS), start, end)

    assert part == [slot for slot in whole if start <= slot.date <= end]


@given(ANY, st.sets(st.dates(date(2009, 1, 1), date(2040, 12, 30)), max_size=5))
def test_clocks_in_shanghai_never_shift(schedule: Schedule, days: set[date]):
    for slot in slots(schedule, Duty(days), date(2009, 1, 1), date(2040, 12, 31)):
        for moment in (slot.opens_at, slot.due_at, slot.closes_at):
            assert moment.utcoffset() == timedelta(hours=8)
        assert slot.closes_at.astimezone(UTC) - slot.due_at.astimezone(UTC) == timedelta(hours=48)
