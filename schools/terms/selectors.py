"""The calendars of many schools at once, and what kind of day it is for one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dates import NationalCalendar, NationalDay, each_month, school_year, school_year_span
from schools.register.models import School, Trait
from schools.terms import models
from schools.terms.rules import rows
from schools.terms.rules.calendar import Calendar, Day
from schools.terms.rules.pieces import Spans, combine, cut_out, term_number

LEVELS = {
    Unit.Kind.PROVINCE: rows.Level.PROVINCE,
    Unit.Kind.CITY: rows.Level.CITY,
    Unit.Kind.SPECIAL_COMMITTEE: rows.Level.CITY,
    Unit.Kind.SCHOOL: rows.Level.SCHOOL,
}
AT_ONCE = 10_000
Piece = TypeVar("Piece")


@dataclass
class Shelf:
    """The calendar rows of many units, read once: what each unit says of its schools."""

    national: NationalCalendar
    terms: dict[str, list[rows.Term]] = field(default_factory=lambda: defaultdict(list))
    extras: dict[str, list[rows.Extra]] = field(default_factory=lambda: defaultdict(list))
    closures: dict[str, list[rows.Closure]] = field(default_factory=lambda: defaultdict(list))
    lodged: dict[str, list[rows.Extra]] = field(default_factory=lambda: defaultdict(list))
    traits: dict[int, list[rows.Traits]] = field(default_factory=dict)
    known: dict[tuple[object, ...], Calendar] = field(default_factory=dict)

    def calendar(self, school: School, first: date) -> Calendar:
        """Return a school's calendar; schools of which the rows say the same share one."""
        paths = list(_paths(school.unit.path))
        lodged = tuple(_over(self.lodged, paths))
        extras = cut_out(_over(self.extras, paths), lodged)
        opened = school.opened_date if school.opened_date > first else date.min
        found = rows.Rows(
            national=self.national,
            terms=tuple(_over(self.terms, paths)),
            extras=(*extras, *lodged),
            closures=tuple(_over(self.closures, paths)),
            traits=tuple(self.traits.get(school.pk) or [_as_it_stands(school)]),
            opened=opened,
            ended=school.closed_date or rows.FOR_EVER,
        )
        key = (found.terms, found.extras, found.closures, found.traits, found.opened, found.ended)
        if key not in self.known:
            self.known[key] = Calendar(found)
        return self.known[key]


def calendar_for(
    schools: Iterable[School | int], first: date, last: date, *, trial: models.Edition | None = None
) -> dict[int, Calendar]:
    """Return the calendar of each school by its id, good from `first` to `last`; seven queries for five thousand.

    `trial` is a draft that is read as if it were published, to show what publishing it would change.
    """
    ids = [it if isinstance(it, int) else it.pk for it in schools]
    found: dict[int, Calendar] = {}
    for start in range(0, len(ids), AT_ONCE):
        found.update(_calendars(ids[start : start + AT_ONCE], first, last, trial))
    return found


def day_of(school: School, day: date) -> Day:
    """Return what kind of day it is for a school, and why (R106)."""
    return calendar_for([school.pk], day, day)[school.pk].day(day)


def national_calendar() -> NationalCalendar:
    """Return the holidays and make-up days of all years known, each by its last published number."""
    days: dict[date, NationalDay] = {}
    years = set()
    published = models.NationalYear.objects.filter(published_at__isnull=False).order_by("year", "number")
    for year, named in {row.year: row.days for row in published}.items():
        years.add(year)
        for day, it in named.items():
            days[date.fromisoformat(day)] = NationalDay(working=it["kind"] == "work", name=it["name"])
    return NationalCalendar(days, frozenset(years))


def term_months(schools: Sequence[int], day: date) -> dict[int, int]:
    """Return in how many months of the term around `day` each school serves meals; no term, no answer."""
    found = {}
    counted: dict[int, int | None] = {}
    for pk, calendar in calendar_for(schools, day, day).items():
        if id(calendar) not in counted:
            counted[id(calendar)] = _months_with_meals(calendar, day)
        months = counted[id(calendar)]
        if months is not None:
            found[pk] = months
    return found


def _months_with_meals(calendar: Calendar, day: date) -> int | None:
    term = calendar.term_on(day)
    if term is None:
        return None
    months = each_month(term.first, term.last)
    return sum(any(calendar.day(it).serving for it in month if term.first <= it <= term.last) for month in months)


def _calendars(ids: list[int], first: date, last: date, trial: models.Edition | None) -> dict[int, Calendar]:
    whole = school_year_span(school_year(first) - 1).first
    shelf = Shelf(national_calendar())
    _read_editions(shelf, ids, range(school_year(first) - 1, school_year(last) + 2), trial)
    _read_closures(shelf, ids, whole)
    _read_traits(shelf, ids)
    known = School.objects.filter(pk__in=ids).select_related("unit")
    return {school.pk: shelf.calendar(school, whole) for school in known}


def _read_editions(shelf: Shelf, ids: list[int], years: range, trial: models.Edition | None) -> None:
    held = Q(state=models.Edition.State.PUBLISHED)
    if trial is not None:
        held = Q(pk=trial.pk) | held & ~Q(unit=trial.unit_id, school_year=trial.school_year)
    reaching = Q(unit__school__isnull=True) | Q(unit__school__in=ids)
    found = models.Edition.objects.filter(held, reaching, school_year__in=years).select_related("unit")
    in_order = [
        Prefetch("terms", models.Term.objects.order_by("first_date", "pk")),
        Prefetch("extras", models.Extra.objects.order_by("first_date", "pk")),
    ]
    for edition in found.prefetch_related(*in_order).order_by("pk"):
        terms, extras = rows_of(edition)
        shelf.terms[edition.unit.path] += terms
        shelf.extras[edition.unit.path] += extras


def rows_of(edition: models.Edition) -> tuple[list[rows.Term], list[rows.Extra]]:
    """Return the terms and the added days of one calendar as the rules read them."""
    level = LEVELS.get(Unit.Kind(edition.unit.kind), rows.Level.COUNTY)
    terms = [
        rows.Term(
            year=edition.school_year,
            number=term_number(it.first_date),
            name=it.name,
            first=it.first_date,
            last=it.last_date,
            level=level,
            source=f"term:{it.pk}",
        )
        for it in edition.terms.all()
    ]
    extras = [
        rows.Extra(
            first=it.first_date,
            last=it.last_date,
            kind=rows.Kind(it.kind),
            level=level,
            reason=it.reason,
            serving=it.serves_meals,
            source=f"extra:{it.pk}",
        )
        for it in edition.extras.all()
    ]
    return terms, extras


def _read_closures(shelf: Shelf, ids: list[int], since: date) -> None:
    reaching = Q(unit__school__isnull=True) | Q(unit__school__in=ids)
    approved = Q(state=models.Closure.State.APPROVED, last_date__gte=since)
    for it in models.Closure.objects.filter(approved, reaching).select_related("unit").order_by("pk"):
        level = LEVELS.get(Unit.Kind(it.unit.kind), rows.Level.COUNTY)
        source = f"closure:{it.pk}"
        if it.keeps_boarders:
            extra = rows.Extra(
                first=it.first_date,
                last=it.last_date,
                kind=rows.Kind.BOARDING,
                level=rows.Level.SCHOOL,
                reason=it.reason,
                source=source,
            )
            shelf.lodged[it.unit.path].append(extra)
        else:
            shelf.closures[it.unit.path].append(rows.Closure(it.first_date, it.last_date, it.reason, level, source))


def _read_traits(shelf: Shelf, ids: list[int]) -> None:
    spans: dict[int, Spans] = {}
    kept = [Trait.Flag.BOARDING, Trait.Flag.WEEKENDS, Trait.Flag.MEALS]
    found = Trait.objects.filter(school__in=ids, flag__in=kept).order_by("from_date", "pk")
    for row in found.values_list("school_id", "flag", "value", "from_date", "until_date"):
        school, flag, value, first, last = row
        held = spans.setdefault(school, {}).setdefault(flag, [])
        if value:
            held.append((first, last or rows.FOR_EVER))
    shelf.traits.update({school: combine(held) for school, held in spans.items()})


def _as_it_stands(school: School) -> rows.Traits:
    """Return what the school's own columns say, where no dated row does."""
    return rows.Traits(
        date.min,
        boarding=school.is_boarding,
        boarding_weekends=school.keeps_weekends,
        supplies_meals=school.serves_meals,
    )


def _paths(path: str) -> Iterator[str]:
    """Yield the paths of the units a path leads through, the province first."""
    walked = ""
    for code in path.strip("/").split("/"):
        walked += f"{code}/"
        yield walked


def _over(shelf: dict[str, list[Piece]], paths: list[str]) -> Iterator[Piece]:
    for path in paths:
        yield from shelf.get(path, ())


def national_years() -> QuerySet[models.NationalYear]:
    """Return every number of every year, the latest first; they are everybody's."""
    return models.NationalYear.objects.select_related("drafted_by", "published_by").order_by("-year", "-number")
