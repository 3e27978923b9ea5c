"""The rows a school calendar is read from, and the habits that fill what the rows leave open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import IntEnum
from hashlib import sha256
from itertools import combinations

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import NationalCalendar, Span
from logistics_portal.kit.errors import NotAllowed

FOR_EVER = date.max


class Level(IntEnum):
    """Who wrote a row; of two rows for one day that of the higher number holds, for it stands nearer to the school."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    SCHOOL = 4


class Kind(TextChoices):
    """What an added day is."""

    CLOSED = "closed", _("停课放假")
    OPEN = "open", _("上课")
    BOARDING = "boarding", _("不上课，住宿生在校")


class Why(TextChoices):
    """Why a day is what it is: the code of the sentence shown to the officer."""

    LESSONS = "lessons", _("教学日")
    MAKE_UP = "make_up", _("调休上课")
    ADDED = "added", _("按校历加课")
    BOARDERS = "boarders", _("不上课，住宿生在校")
    WEEKEND = "weekend", _("周末")
    HOLIDAY = "holiday", _("法定节假日")
    VACATION = "vacation", _("学期以外")
    CLOSED = "closed", _("校历安排停课放假")
    CLOSURE = "closure", _("已批准停课")
    NOT_RUNNING = "not_running", _("学校尚未开办或已停办")


class Warn(TextChoices):
    """What makes a day's answer only provisional."""

    YEAR_NOT_ANNOUNCED = "year_not_announced", _("国家尚未公布该年放假安排，暂按周一至周五推算")


def _in_order(first: date, last: date) -> None:
    if last < first:
        raise NotAllowed(gettext("结束日期不能早于开始日期。"))


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a school year as one level sets it; a nearer level's term of the same number replaces it."""

    year: int
    number: int
    name: str
    first: date
    last: date
    level: Level = Level.PROVINCE
    source: str = ""

    def __post_init__(self) -> None:
        _in_order(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Extra:
    """Days a level adds to the calendar: closed, open, or without lessons but with boarders.

    `serving` and `boarding` say it outright where the habits would guess wrong; None leaves it to the habits.
    """

    first: date
    last: date
    kind: Kind
    level: Level = Level.PROVINCE
    reason: str = ""
    serving: bool | None = None
    boarding: bool | None = None
    source: str = ""

    def __post_init__(self) -> None:
        _in_order(self.first, self.last)
        if self.kind == Kind.CLOSED and self.serving:
            raise NotAllowed(gettext("停课放假的日子不能供餐，请改为“不上课，住宿生在校”。"))


@dataclass(frozen=True, slots=True)
class Closure:
    """An approved closure that reaches this school; nothing overrides it."""

    first: date
    last: date
    reason: str = ""
    level: Level = Level.SCHOOL
    source: str = ""

    def __post_init__(self) -> None:
        _in_order(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a school was during some days: with boarders or not, weekends kept or not, with meals or not."""

    first: date
    last: date = FOR_EVER
    boarding: bool = False
    boarding_weekends: bool = False
    supplies_meals: bool = False

    def __post_init__(self) -> None:
        _in_order(self.first, self.last)


NO_TRAITS = Traits(date.min)


@dataclass(frozen=True, slots=True)
class Habits:
    """The choices the texts leave open, each of them a parameter.

    * `school_weekdays`: lessons from Monday to Friday; a senior school with Saturday lessons adds 6.
    * `home_from_days`: boarders who keep their weekends stay over a gap of one or two free days (the weekend, a
      single holiday) and go home when the gap is longer: from three days on buses run and buildings are locked.
      Pupils who stay all the same are entered as `Kind.BOARDING`.
    * `return_evening`: lessons start early and villages are far, so boarders are back the evening before.
    * `return_during_closure`: False, for an approved closure exempts its last night too; a bureau that lets
      boarders in that evening ends the closure a day earlier.
    * `meals_for_stayers`: boarders who slept here and will sleep here again are fed, lessons or not.
    * `meals_on_return`: False, on the day of the return the canteen opens for breakfast next morning.
    * `horizon`: how many days ahead a school day is looked for before the calendar is called too short.
    """

    school_weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    home_from_days: int = 3
    return_evening: bool = True
    return_during_closure: bool = False
    meals_for_stayers: bool = True
    meals_on_return: bool = False
    horizon: int = 400

    def reach(self, first: date, last: date) -> Span:
        """Return the days that may come out otherwise when the rows change on the days from `first` to `last`.

        A night hangs on the free days around it as far as boarders stay over a gap, a day on the nights around it.
        """
        far = timedelta(days=self.home_from_days)
        return Span(first - far, last + far)


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything one version of the calendar says about one school, in any order.

    Callers hand in only rows that reach the school: those of its own unit and of the units above it.
    `opened` and `ended` are the first and the last day the school runs.
    """

    national: NationalCalendar
    terms: tuple[Term, ...] = ()
    extras: tuple[Extra, ...] = ()
    closures: tuple[Closure, ...] = ()
    traits: tuple[Traits, ...] = ()
    habits: Habits = field(default_factory=Habits)
    opened: date = date.min
    ended: date = FOR_EVER

    def fingerprint(self) -> str:
        """Return 64 hexadecimal digits that are equal for equal rows, whatever their order."""
        lists = [sorted(_text(row) for row in rows) for rows in (self.terms, self.extras, self.closures, self.traits)]
        named = sorted(f"{day}|{it.working}|{it.name}" for day, it in self.national.days.items())
        habits = [f"{it.name}={_plain(getattr(self.habits, it.name))}" for it in fields(self.habits)]
        whole = [named, sorted(self.national.years), *lists, habits, str(self.opened), str(self.ended)]
        return sha256(repr(whole).encode()).hexdigest()


def _plain(value: object) -> str:
    return repr(sorted(value)) if isinstance(value, frozenset) else str(value)


def _text(row: Term | Extra | Closure | Traits) -> str:
    return "|".join(f"{it.name}={_plain(getattr(row, it.name))}" for it in fields(row))


def terms_in_force(terms: Iterable[Term]) -> list[Term]:
    """Return one term per school year and number, that of the nearest level, by first day."""
    nearest: dict[tuple[int, int], Term] = {}
    for term in sorted(terms, key=lambda it: (it.level, it.first, it.last, _text(it))):
        nearest[term.year, term.number] = term
    return sorted(nearest.values(), key=lambda it: (it.first, it.year, it.number))


def within_year(first: date, last: date, year: int) -> None:
    """Refuse days of a calendar that lie outside its school year, the holidays before and after it included."""
    _in_order(first, last)
    if first < date(year, 7, 1) or last > date(year + 1, 9, 30):
        told = {"year": year, "next": year + 1}
        raise NotAllowed(gettext("%(year)s 学年的日期应在 %(year)s-07-01 至 %(next)s-09-30 之间，请核对。") % told)


def precedence(extra: Extra) -> tuple[int, int, date, bool, str]:
    """Return by what the added days of one date are ranked, the last one holds.

    The nearest level wins. Two rows of one level should not meet (`clashes` tells before publishing); if they do,
    the shorter one holds, then the later one, then the closed one, so that an answer never hangs on the row order.
    """
    length = (extra.last - extra.first).days
    return extra.level, -length, extra.first, extra.kind == Kind.CLOSED, _text(extra)


def clashes(rows: Rows) -> list[str]:
    """Return a sentence for each two rows of one level that contradict each other, for the one who publishes."""
    found: list[str] = []
    for one, two in combinations(sorted(rows.extras, key=precedence), 2):
        if one.level == two.level and one.first <= two.last and two.first <= one.last:
            day = max(one.first, two.first)
            found.append(gettext("%(day)s 有两条同级安排，请保留一条。") % {"day": day})
    keys = [(term.year, term.number, term.level) for term in rows.terms]
    for year, number, _level in sorted({key for key in keys if keys.count(key) > 1}):
        found.append(gettext("%(year)s学年第%(number)s学期设了两次，请保留一条。") % {"year": year, "number": number})
    return found
