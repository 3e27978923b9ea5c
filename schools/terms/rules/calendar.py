"""The calendar of one school: what kind of day each day is, and why. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile

from django.utils.translation import gettext

from logistics_portal.kit.dates import ONE_DAY, Span, day_end, each_day, each_month
from logistics_portal.kit.errors import NotAllowed
from schools.terms.rules.nights import NoNight
from schools.terms.rules.rows import (
    NO_TRAITS,
    Closure,
    Extra,
    Kind,
    Rows,
    Term,
    Traits,
    Warn,
    Why,
    precedence,
    terms_in_force,
)

DAY_KINDS = ("operating", "serving", "boarding", "lodged")


class CalendarTooShort(NotAllowed):
    """The calendar ends before the school day asked for; the next terms have not been entered."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is for a school, why, and by which rows (the rows are not part of being equal).

    `boarding` speaks of the night that begins on this day: boarders sleep from this evening to the next morning.
    `lodged` speaks of the day itself: boarders slept here the night before, or will sleep here tonight; a closure
    frees its days of it.
    """

    date: date
    operating: bool
    serving: bool
    boarding: bool
    lodged: bool
    why: Why
    note: str = ""
    warning: Warn | None = None
    sources: tuple[str, ...] = field(default=(), compare=False)

    def is_of(self, day_kind: str) -> bool:
        """Return whether this is a day of one kind: operating, serving, boarding (its night) or lodged (its hours)."""
        if day_kind not in DAY_KINDS:
            raise ValueError(day_kind)
        return bool(getattr(self, day_kind))

    @property
    def kinds(self) -> tuple[bool, bool, bool]:
        """Return operating, serving, boarding: what pages call the day by."""
        return self.operating, self.serving, self.boarding

    @property
    def moves(self) -> tuple[bool, ...]:
        """Return all that duties hang on."""
        return *self.kinds, self.lodged


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that two calendars see differently."""

    date: date
    before: Day
    after: Day

    @property
    def moves_duties(self) -> bool:
        """Return whether what is due changes, and not only the reason given."""
        return self.before.moves != self.after.moves


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant counted in school days; provisional when the calendar was too short to count it out."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """How many days of each kind lie in a period, over one or many schools."""

    operating: int = 0
    serving: int = 0
    boarding: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.operating + other.operating, self.serving + other.serving, self.boarding + other.boarding)


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What the rows say of a day before boarders and meals are asked for."""

    operating: bool
    why: Why
    note: str = ""
    sources: tuple[str, ...] = ()


class Calendar:
    """One version of one school's calendar, read from its rows; days once asked for are remembered.

    **Lessons.** A closure beats everything; then the added days, nearest level first; then, within a term, the
    days the State Council named (a make-up day has lessons even on a Sunday); then the weekday.

    **Nights.** A day is a boarding day when boarders sleep here from its evening to the next morning: `boarding`
    of the check-lists, whose night form carries the date of the evening. Days with lessons, and days entered as
    `Kind.BOARDING`, are *attended*. The building is in use on the days around each such night (`lodged`), so the
    day form of a dormitory is due on the morning after the last night too, the night form on the nights alone.
    Boarders are here in the night before an attended day (they stay, or return
    that evening), and over a gap between attended days when the school keeps its weekends and the gap is shorter
    than `Habits.home_from_days` with no closed day in it. They leave on the last day of a term.

    **Meals.** A school that supplies meals serves on days with lessons and on days its boarders spend here whole.
    """

    def __init__(self, rows: Rows) -> None:
        """Index the rows by day."""
        self.rows = rows
        self.terms: list[Term] = terms_in_force(rows.terms)
        self._extras: dict[date, Extra] = {}
        for extra in sorted(rows.extras, key=precedence):
            self._extras.update(dict.fromkeys(each_day(extra.first, extra.last), extra))
        self._closures: dict[date, Closure] = {}
        for closure in sorted(rows.closures, key=lambda it: (it.level, it.first, it.last, it.reason, it.source)):
            self._closures.update(dict.fromkeys(each_day(closure.first, closure.last), closure))
        self._in_term = {day: term for term in reversed(self.terms) for day in each_day(term.first, term.last)}
        self._traits = sorted(rows.traits, key=lambda it: (it.first, it.last, it.boarding, it.supplies_meals))
        self._lessons_by_day: dict[date, _Lessons] = {}
        self._nights: dict[date, bool] = {}
        self._days: dict[date, Day] = {}

    def fingerprint(self) -> str:
        """Return 64 hexadecimal digits that are equal for equal rows, whatever their order."""
        return self.rows.fingerprint()

    def term_on(self, day: date) -> Term | None:
        """Return the term a day lies in."""
        return self._in_term.get(day)

    def day(self, day: date) -> Day:
        """Return what kind of day it is, and why (R106)."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._read(day)
        return known

    def days(self, first: date, last: date) -> list[Day]:
        """Return every day from `first` to `last`."""
        return [self.day(day) for day in each_day(first, last)]

    def days_of(self, day_kind: str, first: date, last: date) -> list[date]:
        """Return the days of one kind, as `inspections.schedules` asks for them."""
        return [day.date for day in self.days(first, last) if day.is_of(day_kind)]

    def is_operating(self, day: date) -> bool:
        """Return whether there are lessons on that day."""
        return self._lessons(day).operating

    def operating_days(self, first: date, last: date) -> list[date]:
        """Return the days with lessons from `first` to `last`."""
        return [day for day in each_day(first, last) if self.is_operating(day)]

    def no_night(self, day: date) -> NoNight | None:
        """Return why nobody sleeps here from the evening of `day` to the next morning; nothing where boarders do."""
        if self._sleeps(day):
            return None
        lessons, traits, extra = self._lessons(day), self._traits_on(day), self._extras.get(day)
        if not traits.boarding or lessons.why in {Why.NOT_RUNNING, Why.CLOSURE}:
            return NoNight(lessons.why if traits.boarding else None, day, day, lessons.note)
        if extra and extra.boarding is False:
            return NoNight(Why.CLOSED, day, day, extra.reason)
        far = (day + timedelta(days=ahead) for ahead in range(1, self.rows.habits.home_from_days + 1))
        gap = list(takewhile(lambda it: not self._attended(it), far))
        shut = [it for it in gap if self._shut(it)] if traits.boarding_weekends else []
        if not gap:
            return NoNight(Why.LESSONS, day, day)
        cause = [*shut, *gap][0]
        told = self._lessons(cause)
        return NoNight(told.why, day, cause if told.why != lessons.why else day, told.note)

    def totals(self, first: date, last: date) -> Totals:
        """Return how many days of each kind lie from `first` to `last`."""
        days = self.days(first, last)
        return Totals(sum(it.operating for it in days), sum(it.serving for it in days), sum(it.boarding for it in days))

    def months_of(self, day_kind: str, first: date, last: date) -> list[Span]:
        """Return the calendar months from `first` to `last` that have a day of this kind in that stretch."""
        months = each_month(first, last)
        return [it for it in months if self.days_of(day_kind, max(it.first, first), min(it.last, last))]

    def add_school_days(self, start: date, number: int) -> date:
        """Return the `number`-th day with lessons after `start`; 0 gives the first one not before it.

        Raises `CalendarTooShort` when none is found within the horizon: the next terms are missing.
        """
        found, missing = self._walk(start, number)
        if missing:
            raise CalendarTooShort(
                gettext("校历只录到%(day)s，请先录入以后的学期。") % {"day": self._known_until(start)}
            )
        return found

    def deadline(self, start: date, number: int) -> Deadline:
        """Return 24:00 of the `number`-th school day after `start`; one inside a closure moves out by itself.

        Where the calendar ends too early the rest is counted in working days, so that a check can always be
        received; such a deadline is provisional and is counted again when the terms are entered.
        """
        found, missing = self._walk(start, number)
        if not missing:
            return Deadline(day_end(found))
        return Deadline(self.rows.national.deadline(found, missing), provisional=True)

    def deadline_at(self, start: date, number: int) -> datetime:
        """Return only the instant of `deadline`, for rules that count school days and know no calendar."""
        return self.deadline(start, number).at

    def school_day_before(self, day: date) -> date:
        """Return the last day with lessons before `day`, or the day before where there is none near."""
        earlier = (day - timedelta(days=back) for back in range(1, self.rows.habits.horizon))
        return next((it for it in earlier if self.is_operating(it)), day - ONE_DAY)

    def warnings(self, first: date, last: date) -> dict[int, Warn]:
        """Return the years in this stretch whose holidays nobody has announced."""
        years = range(first.year, last.year + 1)
        return {year: Warn.YEAR_NOT_ANNOUNCED for year in years if year not in self.rows.national.years}

    def _walk(self, start: date, number: int) -> tuple[date, int]:
        """Return the day reached, and how many school days are missing."""
        day, found, left = start if number else start - ONE_DAY, start, max(number, 1)
        for _turn in range(self.rows.habits.horizon * max(1, (number + 99) // 100)):
            day += ONE_DAY
            if self.is_operating(day):
                found, left = day, left - 1
            if not left:
                break
        return found, left

    def _known_until(self, start: date) -> date:
        return max([term.last for term in self.terms], default=start)

    def _lessons(self, day: date) -> _Lessons:
        known = self._lessons_by_day.get(day)
        if known is None:
            known = self._lessons_by_day[day] = self._read_rows(day)
        return known

    def _read_rows(self, day: date) -> _Lessons:
        if not self.rows.opened <= day <= self.rows.ended:
            return _Lessons(operating=False, why=Why.NOT_RUNNING)
        if closure := self._closures.get(day):
            return _Lessons(operating=False, why=Why.CLOSURE, note=closure.reason, sources=(closure.source,))
        if extra := self._extras.get(day):
            why = {Kind.CLOSED: Why.CLOSED, Kind.OPEN: Why.ADDED, Kind.BOARDING: Why.BOARDERS}[extra.kind]
            return _Lessons(extra.kind == Kind.OPEN, why, extra.reason, (extra.source,))
        if term := self._in_term.get(day):
            return self._read_weekday(day, term)
        return _Lessons(operating=False, why=Why.VACATION)

    def _read_weekday(self, day: date, term: Term) -> _Lessons:
        weekday = day.isoweekday() in self.rows.habits.school_weekdays
        if named := self.rows.national.days.get(day):
            usual = Why.LESSONS if weekday else Why.MAKE_UP
            why = usual if named.working else Why.HOLIDAY
            return _Lessons(named.working, why, named.name, (term.source, f"national:{day}"))
        return _Lessons(weekday, Why.LESSONS if weekday else Why.WEEKEND, term.name, (term.source,))

    def _read(self, day: date) -> Day:
        lessons = self._lessons(day)
        named = self.rows.national.knows(day) or lessons.why not in {Why.LESSONS, Why.WEEKEND}
        return Day(
            date=day,
            operating=lessons.operating,
            serving=self._serves(day),
            boarding=self._sleeps(day),
            lodged=self._sleeps(day)
            or (self._sleeps(day - ONE_DAY) and lessons.why not in {Why.CLOSURE, Why.NOT_RUNNING}),
            why=lessons.why,
            note=lessons.note,
            warning=None if named else Warn.YEAR_NOT_ANNOUNCED,
            sources=tuple(source for source in lessons.sources if source),
        )

    def _traits_on(self, day: date) -> Traits:
        found = NO_TRAITS
        for traits in self._traits:
            if traits.first > day:
                break
            if day <= traits.last:
                found = traits
        return found

    def _attended(self, day: date) -> bool:
        lessons = self._lessons(day)
        return lessons.operating or (lessons.why == Why.BOARDERS and self._traits_on(day).boarding)

    def _shut(self, day: date) -> bool:
        return self._lessons(day).why in {Why.CLOSED, Why.CLOSURE, Why.NOT_RUNNING}

    def _sleeps(self, day: date) -> bool:
        """Return whether boarders sleep here from this evening to the next morning."""
        known = self._nights.get(day)
        if known is None:
            known = self._nights[day] = self._read_night(day)
        return known

    def _read_night(self, day: date) -> bool:
        why = self._lessons(day).why
        if not self._traits_on(day).boarding or why == Why.NOT_RUNNING:
            return False
        if why == Why.CLOSURE and not self.rows.habits.return_during_closure:
            return False
        extra = self._extras.get(day)
        if extra and why != Why.CLOSURE and extra.boarding is not None:
            return extra.boarding
        return why == Why.BOARDERS or self._before_attended(day) or self._stays_over(day)

    def _before_attended(self, day: date) -> bool:
        """Return whether next day is attended and boarders are here for it, having stayed or come back."""
        return self._attended(day + ONE_DAY) and (self._attended(day) or self.rows.habits.return_evening)

    def _stays_over(self, day: date) -> bool:
        """Return whether the night lies in a gap that is too short to go home for."""
        if not self._traits_on(day).boarding_weekends:
            return False
        longest = self.rows.habits.home_from_days - 1
        start = day if self._attended(day) else self._edge(day, -ONE_DAY, longest)
        end = self._edge(day + ONE_DAY, ONE_DAY, longest) if start else None
        if start is None or end is None:
            return False
        gap = list(each_day(start + ONE_DAY, end - ONE_DAY))
        return len(gap) <= longest and not any(self._shut(it) for it in gap)

    def _edge(self, day: date, step: timedelta, longest: int) -> date | None:
        """Return the attended day at the end of a gap, if it is near enough to matter."""
        for _turn in range(longest + 1):
            if self._attended(day):
                return day
            day += step
        return None

    def _serves(self, day: date) -> bool:
        if not self._traits_on(day).supplies_meals or self._shut(day):
            return False
        extra = self._extras.get(day)
        if extra and extra.serving is not None:
            return extra.serving
        return self._attended(day) or self._feeds_boarders(day)

    def _feeds_boarders(self, day: date) -> bool:
        """Return whether boarders without lessons are fed: those who stay, or those who come back."""
        if not self._sleeps(day):
            return False
        stayed = self._sleeps(day - ONE_DAY)
        return self.rows.habits.meals_for_stayers if stayed else self.rows.habits.meals_on_return


def difference(before: Calendar, after: Calendar, first: date, last: date) -> list[DayChange]:
    """Return the days from `first` to `last` that change, shown before a new version counts."""
    pairs = zip(before.days(first, last), after.days(first, last), strict=True)
    return [DayChange(one.date, one, two) for one, two in pairs if one != two]


def totals(calendars: Iterable[Calendar], first: date, last: date) -> Totals:
    """Return the days of each kind summed over schools: what a county or city is asked for."""
    return sum((calendar.totals(first, last) for calendar in calendars), Totals())


def calendars(rows: Mapping[int, Rows]) -> dict[int, Calendar]:
    """Return the calendar of each school by its key; schools with equal rows share one, so a province stays cheap."""
    shared: dict[Rows, Calendar] = {}
    for one in rows.values():
        if one not in shared:
            shared[one] = Calendar(one)
    return {school: shared[one] for school, one in rows.items()}
