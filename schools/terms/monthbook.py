"""A school's month or term as a page shows it: the grid, and why each stretch of days is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.components import Tab
from logistics_portal.kit.dates import ONE_DAY, Span, each_month, month_key, next_month, school_year
from schools.register.models import School
from schools.terms.models import Closure
from schools.terms.rules.calendar import Day, Totals
from schools.terms.rules.rows import Term, Why
from schools.terms.selectors import Origin, Reading
from schools.terms.yearbook import Month, grid_of, leaving_words, look_of

WEEKDAYS: tuple[Promise, ...] = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
MONTH, TERM, YEAR = "month", "term", "year"
ORDINARY = frozenset({Why.LESSONS, Why.WEEKEND})
PAGES = {"calendar": "schools:calendar", "holiday": "schools:holiday", "closure": "schools:closure"}


@dataclass(frozen=True)
class Ground:
    """What a stretch of days goes by: its name, and its page where a reader of the school may open it."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Run:
    """Days in a row that are alike: which, what the school does, why, and what they go by."""

    days: str
    what: str
    look: str
    why: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Leaf:
    """Another month or term to turn to."""

    label: str
    url: str


@dataclass(frozen=True)
class Book:
    """A month or a term of one school."""

    label: str
    months: list[Month]
    runs: list[Run]
    totals: Totals
    unannounced: list[int]
    closures: list[Closure]
    before: Leaf | None
    after: Leaf | None


def month_book(school: School, reading: Reading, month: Span) -> Book:
    """Return a month of a school, every stretch of alike days told."""
    earlier, later = month.first - ONE_DAY, next_month(month.first)
    leaves = [Leaf(_month_name(day), address(school, MONTH, day)) for day in (earlier, later)]
    runs = [_run(school, reading, days) for days in _stretches(reading, month)]
    return _book(reading, month, _month_name(month.first), runs, *leaves)


def term_book(school: School, reading: Reading, month: Span) -> Book | None:
    """Return the term that a month lies in, else the next, told by its days out of the ordinary; no term, no book."""
    terms = reading.calendar.terms
    if not terms:
        return None
    here = next((number for number, term in enumerate(terms) if term.last >= month.first), len(terms) - 1)
    span = Span(terms[here].first, terms[here].last)
    around = [terms[number] if 0 <= number < len(terms) else None for number in (here - 1, here + 1)]
    leaves = [Leaf(_term_name(term), address(school, TERM, term.first)) if term else None for term in around]
    runs = [_run(school, reading, days) for days in _stretches(reading, span) if days[0].why not in ORDINARY]
    return _book(reading, span, _term_name(terms[here]), runs, *leaves)


def address(school: School, view: str, day: date) -> str:
    """Return where the month or term around a day is shown."""
    return f"{reverse('schools:month', args=[school.pk])}?view={view}&month={month_key(day)}"


def tabs_of(school: School, day: date) -> list[Tab]:
    """Return the three ways to look at a school's days."""
    year = f"{reverse('schools:year', args=[school.pk])}?year={school_year(day)}"
    month, term = address(school, MONTH, day), address(school, TERM, day)
    return [Tab(MONTH, gettext("月"), month), Tab(TERM, gettext("学期"), term), Tab(YEAR, gettext("学年"), year)]


def _book(reading: Reading, span: Span, label: str, runs: list[Run], before: Leaf | None, after: Leaf | None) -> Book:
    months = [Span(max(it.first, span.first), min(it.last, span.last)) for it in each_month(span.first, span.last)]
    return Book(
        label=label,
        months=[grid_of(reading.calendar, month) for month in months],
        runs=runs,
        totals=reading.calendar.totals(span.first, span.last),
        unannounced=sorted(reading.calendar.warnings(span.first, span.last)),
        closures=[it for it in reading.closures if it.first_date <= span.last and it.last_date >= span.first],
        before=before,
        after=after,
    )


def _stretches(reading: Reading, span: Span) -> list[list[Day]]:
    """Return the days of a span, those together that are the same for the same reason and by the same rows."""

    def likeness(day: Day) -> tuple[object, ...]:
        return day.kinds, day.why, day.note, leaving_words(reading.calendar, day.date), _origins(reading, day)

    return [list(days) for _alike, days in groupby(reading.calendar.days(span.first, span.last), key=likeness)]


def _run(school: School, reading: Reading, days: list[Day]) -> Run:
    day = days[0]
    note = gettext("：") + day.note if day.note else ""
    leaving = leaving_words(reading.calendar, day.date)
    return Run(
        days=_days(day.date, days[-1].date),
        what=_what(day),
        look=look_of(day),
        why=gettext("；").join(filter(None, [f"{day.why.label}{note}", leaving])),
        grounds=tuple(_ground(school, origin) for origin in _origins(reading, day)),
    )


def _origins(reading: Reading, day: Day) -> tuple[Origin, ...]:
    """Return where the rows stand that a day goes by; what the State Council named comes before the term."""
    found = [origin for source in day.sources if (origin := reading.origin(source)) is not None]
    return tuple(dict.fromkeys(sorted(found, key=lambda it: it.kind != "holiday")))


def _ground(school: School, origin: Origin) -> Ground:
    """Return a ground with its page; the closure of a bureau is not the school's to open."""
    foreign = origin.kind == "closure" and origin.unit != school.unit_id
    return Ground(origin.label, "" if foreign else reverse(PAGES[origin.kind], args=[origin.pk]))


def _what(day: Day) -> str:
    words = (gettext("上课"), gettext("供餐"), gettext("住宿"))
    free = {Why.CLOSURE: gettext("停课"), Why.HOLIDAY: gettext("放假")}.get(day.why, gettext("休息"))
    return gettext("、").join(word for is_so, word in zip(day.kinds, words, strict=True) if is_so) or free


def _days(first: date, last: date) -> str:
    return _named(first) if first == last else f"{_named(first)} – {_named(last)}"


def _named(day: date) -> str:
    return f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"


def _month_name(day: date) -> str:
    return date_format(day, "YEAR_MONTH_FORMAT")


def _term_name(term: Term) -> str:
    return gettext("%(year)s 学年 %(name)s") % {"year": term.year, "name": term.name}
