"""School years, weeks, months and working days, all in the time of Shanghai."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SCHOOL_YEAR_STARTS = 9  # the first of September
SATURDAY = 6
DECEMBER = 12
Drawn = TypeVar("Drawn")

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})-(\d{4})", re.ASCII)


def local_date(at: datetime) -> date:
    """Return the day it is in Shanghai at that instant."""
    return at.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Return 00:00 of a day."""
    return datetime.combine(day, time.min, SHANGHAI)


def day_end(day: date) -> datetime:
    """Return 24:00 of a day, which is 00:00 of the next."""
    return midnight(day + ONE_DAY)


def last_day_before(at: datetime) -> date:
    """Return the day that a deadline written as an instant belongs to: 24:00 is still the day it ends."""
    return local_date(at - timedelta(microseconds=1))


def until(at: datetime) -> tuple[date, str]:
    """Return day and clock as a deadline is told: 00:00 is 24:00 of the day that ends, never of the next."""
    day = last_day_before(at)
    return day, at.astimezone(SHANGHAI).strftime("%H:%M") if local_date(at) == day else "24:00"


def until_text(at: datetime) -> str:
    """Return a deadline as tables write it: 2026-11-23 24:00."""
    day, clock = until(at)
    return f"{day.isoformat()} {clock}"


def each_day(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`, both included."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A run of days, both ends included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return each_day(self.first, self.last)

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)


def school_year(day: date) -> int:
    """Return the calendar year in which the school year of that day began.

    A term that opens in the last days of August carries its year in its own row and does not ask here.
    """
    return day.year if day.month >= SCHOOL_YEAR_STARTS else day.year - 1


def school_year_span(start: int) -> Span:
    """Return the days of the school year that begins in September of `start`."""
    return Span(date(start, SCHOOL_YEAR_STARTS, 1), date(start + 1, SCHOOL_YEAR_STARTS, 1) - ONE_DAY)


def school_year_key(start: int) -> str:
    """Return how a school year is written in addresses and files: `2026-2027`."""
    return f"{start}-{start + 1}"


def read_school_year(text: str) -> int:
    """Return the starting year of `2026-2027`, or refuse what is not a school year."""
    match = _SCHOOL_YEAR.fullmatch(text)
    if not match or int(match[2]) != int(match[1]) + 1 or int(match[1]) < 1:
        raise NotAllowed(gettext("学年应写成“2026-2027”，请改正“%(text)s”。") % {"text": text})
    return int(match[1])


def week_key(day: date) -> str:
    """Return the ISO week of a day: `2026-W43`."""
    year, week, _day = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_of(day: date) -> Span:
    """Return the Monday and the Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=6))


def read_week(text: str) -> Span:
    """Return the days of `2026-W43`, or refuse what is not a week."""
    match = _WEEK.fullmatch(text)
    try:
        if match:
            return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except (ValueError, OverflowError):
        pass
    raise NotAllowed(gettext("周次应写成“2026-W43”，请改正“%(text)s”。") % {"text": text})


def month_key(day: date) -> str:
    """Return the month of a day: `2026-10`."""
    return f"{day.year:04d}-{day.month:02d}"


def month_of(day: date) -> Span:
    """Return the first and the last day of the month around a day."""
    return Span(day.replace(day=1), next_month(day) - ONE_DAY)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return date(day.year + 1, 1, 1) if day.month == DECEMBER else date(day.year, day.month + 1, 1)


def months_before(day: date, number: int) -> date:
    """Return the same day some months earlier, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    span = month_of(date(year, month + 1, 1))
    return min(span.first + ONE_DAY * (day.day - 1), span.last)


def read_month(text: str) -> Span:
    """Return the days of `2026-10`, or refuse what is not a month."""
    match = _MONTH.fullmatch(text)
    try:
        if match:
            return month_of(date(int(match[1]), int(match[2]), 1))
    except (ValueError, OverflowError):
        pass
    raise NotAllowed(gettext("月份应写成“2026-10”，请改正“%(text)s”。") % {"text": text})


def each_week(first: date, last: date) -> Iterator[Span]:
    """Yield the Monday–Sunday weeks that touch the days from `first` to `last`."""
    if first > last:
        return
    week = week_of(first)
    while week.first <= last:
        yield week
        week = Span(week.first + timedelta(days=7), week.last + timedelta(days=7))


def week_grid(span: Span, draw: Callable[[date], Drawn]) -> list[list[Drawn | None]]:
    """Return what is drawn of each day of a span, week by week from Monday; the days around it are empty."""
    weeks = each_week(span.first, span.last)
    return [[draw(day) if day in span else None for day in week] for week in weeks]


def each_month(first: date, last: date) -> Iterator[Span]:
    """Yield the calendar months that touch the days from `first` to `last`."""
    if first > last:
        return
    month = month_of(first)
    while month.first <= last:
        yield month
        month = month_of(next_month(month.first))


@dataclass(frozen=True, slots=True)
class NationalDay:
    """A day the State Council named: a holiday, or a weekend day worked in exchange."""

    working: bool
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class NationalCalendar:
    """The named days of the years known so far; a year nobody has announced falls back on weekdays.

    Two of them are equal only if they are one object, so that what is built on it can be kept by key.
    """

    days: Mapping[date, NationalDay]
    years: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, holidays: Mapping[date, str], work_days: Mapping[date, str]) -> NationalCalendar:
        """Return the calendar of two lists, holidays and weekend days worked, day → name.

        A year is known when a holiday in it is listed: every announcement names at least seven.
        """
        days = {day: NationalDay(working=False, name=name) for day, name in holidays.items()}
        days.update({day: NationalDay(working=True, name=name) for day, name in work_days.items()})
        return cls(days, frozenset(day.year for day in holidays))

    def knows(self, day: date) -> bool:
        """Return whether the holidays of that year have been announced."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Return whether offices work on that day."""
        named = self.days.get(day)
        return named.working if named else day.isoweekday() < SATURDAY

    def add(self, start: date, number: int) -> date:
        """Return the `number`-th working day after `start`; 0 gives the first one not before it."""
        day = start if number else start - ONE_DAY
        for _turn in range(max(number, 1)):
            day += ONE_DAY
            while not self.is_working(day):
                day += ONE_DAY
        return day

    def deadline(self, start: date, number: int) -> datetime:
        """Return 24:00 of the `number`-th working day after `start`."""
        return day_end(self.add(start, number))

    def count(self, first: date, last: date) -> int:
        """Return how many working days lie from `first` to `last`, both included."""
        return sum(self.is_working(day) for day in each_day(first, last))
