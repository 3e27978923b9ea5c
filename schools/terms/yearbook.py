"""A school's year as a page shows it: months of days, each with a word for what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from logistics_portal.kit.dates import Span, each_month, school_year_span, week_grid
from schools.register.models import School
from schools.terms.rules.calendar import Calendar, Day, Totals
from schools.terms.rules.rows import Why
from schools.terms.selectors import reading_of

TONES = {
    Why.CLOSURE: "closure",
    Why.CLOSED: "free",
    Why.HOLIDAY: "holiday",
    Why.VACATION: "free",
    Why.WEEKEND: "free",
    Why.NOT_RUNNING: "gone",
}


@dataclass(frozen=True)
class Cell:
    """One day of the grid: its number, what it is called, its look, and the whole sentence."""

    day: date
    word: str
    look: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Month:
    """One month of the grid, by weeks from Monday; days of other months are empty."""

    label: str
    weeks: list[list[Cell | None]]
    totals: Totals


@dataclass(frozen=True)
class Year:
    """A school year of one school."""

    start: int
    months: list[Month]
    totals: Totals
    unannounced: list[int]
    has_terms: bool


def year_of(school: School, start: int) -> Year:
    """Return the school year that begins in September of `start`, day by day."""
    span = school_year_span(start)
    calendar = reading_of(school, span.first, span.last).calendar
    months = [grid_of(calendar, month) for month in each_month(span.first, span.last)]
    return Year(
        start=start,
        months=months,
        totals=calendar.totals(span.first, span.last),
        unannounced=sorted(calendar.warnings(span.first, span.last)),
        has_terms=any(term.year == start for term in calendar.terms),
    )


def grid_of(calendar: Calendar, span: Span) -> Month:
    """Return the days of a month, or of the part of it that a span names, by weeks from Monday."""
    weeks = week_grid(span, lambda day: _cell(calendar.day(day), leaving_words(calendar, day)))
    return Month(f"{span.first:%Y-%m}", weeks, calendar.totals(span.first, span.last))


def leaving_words(calendar: Calendar, day: date) -> str:
    """Return why boarders who are here on that day do not sleep here that night; nothing where they do."""
    on = calendar.day(day)
    night = calendar.no_night(day) if on.lodged and not on.boarding else None
    return night.words if night else ""


def _cell(day: Day, leaving: str) -> Cell:
    words = [word for is_so, word in zip(day.kinds, _words(), strict=True) if is_so]
    look = look_of(day)
    free = {Why.CLOSURE: gettext("停"), Why.HOLIDAY: gettext("节")}.get(day.why, gettext("休"))
    word = "".join(words) or free
    note = gettext("（%(text)s）") % {"text": day.note} if day.note else ""
    plain = day.why in {Why.LESSONS, Why.WEEKEND, Why.VACATION, Why.NOT_RUNNING}
    reason = "" if plain else day.note or str(day.why.label)
    title = f"{day.date} {day.why.label}{note}"
    return Cell(day.date, word, look, f"{title} {leaving}".rstrip(), reason or leaving)


def look_of(day: Day) -> str:
    """Return how a day looks: with lessons, with boarders or meals only, or why not."""
    return "operating" if day.operating else "boarding" if any(day.kinds) else TONES.get(day.why, "free")


def _words() -> tuple[str, str, str]:
    return gettext("课"), gettext("餐"), gettext("宿")
