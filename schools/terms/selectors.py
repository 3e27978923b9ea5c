"""The calendars of many schools at once, and what kind of day it is for one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit
from logistics_portal.kit import context
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
NAMED_YEARS = "terms.named_years"
Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Origin:
    """Where a row of a calendar stands: the calendar, the year's holidays or the closure that a day goes by."""

    kind: str  # calendar, holiday, closure
    pk: int
    label: str
    unit: int | None = None


@dataclass(frozen=True)
class Reading:
    """A school's calendar together with where its rows stand, and the closures asked for or approved."""

    calendar: Calendar
    origins: Mapping[str, Origin]
    closures: tuple[models.Closure, ...]

    def origin(self, source: str) -> Origin | None:
        """Return where a row stands; a day the State Council named stands in the list of its year."""
        return self.origins.get(source[: len("national:2026")] if source.startswith("national:") else source)


@dataclass
class Shelf:
    """The calendar rows of many units, read once: what each unit says of its schools."""

    national: NationalCalendar
    origins: dict[str, Origin] = field(default_factory=dict)
    closures_read: list[models.Closure] = field(default_factory=list)
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
    """Return the calendar of each school by its id, good from `first` to `last`; six queries for five thousand.

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


def reading_of(school: School, first: date, last: date) -> Reading:
    """Return the calendar of one school, good from `first` to `last`, and where its rows stand; five queries."""
    shelf = _shelf([school.pk], first, last, asked=True)
    reaching = [it for it in shelf.closures_read if school.unit.path.startswith(it.unit.path)]
    return Reading(shelf.calendar(school, _whole(first)), shelf.origins, tuple(reaching))


def national_calendar() -> NationalCalendar:
    """Return the holidays and make-up days of all years known, each by its last published number.

    Read at most once in a request, like the figures.
    """
    return _named_years().calendar


@dataclass(frozen=True)
class NamedYears:
    """The years in force and the calendar of their days."""

    rows: list[models.NationalYear]
    calendar: NationalCalendar


def _named_years() -> NamedYears:
    kept = context.current().kept
    held = kept.get(NAMED_YEARS)
    if not isinstance(held, NamedYears):
        published = models.NationalYear.objects.filter(published_at__isnull=False).order_by("year", "number")
        years = list({row.year: row for row in published}.values())
        held = kept[NAMED_YEARS] = NamedYears(years, _named_days(years))
    return held


def forget_holidays() -> None:
    """Read the holidays anew when they are asked for next: a year has just been published."""
    context.current().kept.pop(NAMED_YEARS, None)


def _named_days(years: list[models.NationalYear]) -> NationalCalendar:
    days = {
        date.fromisoformat(day): NationalDay(working=it["kind"] == "work", name=it["name"])
        for row in years
        for day, it in row.days.items()
    }
    return NationalCalendar(days, frozenset(row.year for row in years))


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
    shelf, whole = _shelf(ids, first, last, trial=trial), _whole(first)
    known = School.objects.filter(pk__in=ids).select_related("unit")
    return {school.pk: shelf.calendar(school, whole) for school in known}


def _whole(first: date) -> date:
    return school_year_span(school_year(first) - 1).first


def _shelf(
    ids: list[int], first: date, last: date, *, trial: models.Edition | None = None, asked: bool = False
) -> Shelf:
    """Read the rows that reach some schools; closures only asked for are read with them where `asked`."""
    named = _named_years()
    shelf = Shelf(named.calendar)
    shelf.origins.update({f"national:{row.year}": _origin_of_year(row) for row in named.rows})
    _read_editions(shelf, ids, range(school_year(first) - 1, school_year(last) + 2), trial)
    _read_closures(shelf, ids, _whole(first), asked=asked)
    _read_traits(shelf, ids)
    return shelf


def _origin_of_year(row: models.NationalYear) -> Origin:
    return Origin("holiday", row.pk, gettext("%(year)s 年国家放假安排") % {"year": row.year})


def _read_editions(shelf: Shelf, ids: list[int], years: range, trial: models.Edition | None) -> None:
    held = Q(edition__state=models.Edition.State.PUBLISHED)
    if trial is not None:
        held = Q(edition=trial.pk) | held & ~Q(edition__unit=trial.unit_id, edition__school_year=trial.school_year)
    reaching = Q(edition__unit__school__isnull=True) | Q(edition__unit__school__in=ids)
    in_force = Q(held, reaching, edition__school_year__in=years)
    order = ("edition", "first_date", "pk")
    for term in models.Term.objects.filter(in_force).select_related("edition__unit").order_by(*order):
        row = _term(term, term.edition)
        shelf.terms[term.edition.unit.path].append(row)
        shelf.origins[row.source] = _origin_of_calendar(term.edition)
    for extra in models.Extra.objects.filter(in_force).select_related("edition__unit").order_by(*order):
        added = _extra(extra, extra.edition)
        shelf.extras[extra.edition.unit.path].append(added)
        shelf.origins[added.source] = _origin_of_calendar(extra.edition)


def _origin_of_calendar(edition: models.Edition) -> Origin:
    told = {"unit": edition.unit.name, "year": edition.school_year, "number": edition.number}
    return Origin("calendar", edition.pk, gettext("%(unit)s %(year)s 学年校历第 %(number)s 版") % told)


def rows_of(edition: models.Edition) -> tuple[list[rows.Term], list[rows.Extra]]:
    """Return the terms and the added days of one calendar as the rules read them."""
    return [_term(it, edition) for it in edition.terms.all()], [_extra(it, edition) for it in edition.extras.all()]


def _term(it: models.Term, edition: models.Edition) -> rows.Term:
    return rows.Term(
        year=edition.school_year,
        number=term_number(it.first_date),
        name=it.name,
        first=it.first_date,
        last=it.last_date,
        level=_level(edition.unit),
        source=f"term:{it.pk}",
    )


def _extra(it: models.Extra, edition: models.Edition) -> rows.Extra:
    return rows.Extra(
        first=it.first_date,
        last=it.last_date,
        kind=rows.Kind(it.kind),
        level=_level(edition.unit),
        reason=it.reason,
        serving=it.serves_meals,
        source=f"extra:{it.pk}",
    )


def _level(unit: Unit) -> rows.Level:
    return LEVELS.get(Unit.Kind(unit.kind), rows.Level.COUNTY)


def _read_closures(shelf: Shelf, ids: list[int], since: date, *, asked: bool) -> None:
    reaching = Q(unit__school__isnull=True) | Q(unit__school__in=ids)
    states = [models.Closure.State.APPROVED, *([models.Closure.State.REQUESTED] if asked else [])]
    found = models.Closure.objects.filter(reaching, state__in=states, last_date__gte=since)
    for it in found.select_related("unit").order_by("pk"):
        level, source = _level(it.unit), f"closure:{it.pk}"
        shelf.closures_read.append(it)
        shelf.origins[source] = Origin("closure", it.pk, gettext("%(unit)s停课") % {"unit": it.unit.name}, it.unit_id)
        if it.state != models.Closure.State.APPROVED:
            continue
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
