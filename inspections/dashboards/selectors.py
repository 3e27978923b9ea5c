"""What dashboards read: one question each for units, days, cases, items and the list of work. All within reach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from inspections.checklists.models import Item, Version, in_chinese
from inspections.checks.models import Check
from inspections.checks.tables import LISTED
from inspections.dashboards.rules import Tally, together
from inspections.findings.models import Finding
from inspections.findings.rules import Severity, State
from inspections.schedules.rules import ScheduleKind
from inspections.tallies.models import CountyDay, ItemDay
from inspections.tallies.today import folded_at
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import ONE_DAY, local_date
from schools.register.models import Place

DAY_BY_DAY = (ScheduleKind.DAILY, ScheduleKind.NIGHTLY, ScheduleKind.PER_DELIVERY)
FETCHED = timedelta(days=40)  # thirty closed days before the day looked at
MONTH = timedelta(days=30)
ITEMS_SHOWN, WORK_SHOWN = 6, 10


def address(name: str, *args: object, **query: object) -> str:
    """Return the address of a page with a query, or nothing where its room is not built."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    kept = {key: str(value) for key, value in query.items() if value not in ("", None)}
    return f"{url}?{urlencode(kept)}" if kept else url


class Tree(NamedTuple):
    """A bureau, the bureaus below it, and when the figures about them were folded."""

    root: Unit
    below: list[Unit]
    folded_at: datetime | None

    @property
    def children(self) -> list[Unit]:
        """Return the bureaus right below, by code."""
        return [unit for unit in self.below if unit.parent_id == self.root.pk]


def tree(viewer: User, code: str) -> Tree | None:
    """Return a bureau within reach with all bureaus below it, or nothing; one query."""
    named = Q(code=code) | Q(path__contains=f"{code}/")
    rows = Unit.objects.visible_to(viewer).bureaus().filter(named).select_related("parent__parent__parent")
    units = list(rows.annotate(folded=Subquery(folded_at()[:1])).order_by("path"))
    root = next((unit for unit in units if unit.code == code), None)
    if root is None:
        return None
    below = [unit for unit in units if unit.path.startswith(root.path) and unit.pk != root.pk]
    return Tree(root, below, vars(root)["folded"])


@dataclass(frozen=True)
class Days:
    """The slots of some first reviewers, day by day: path of the reviewer and date → tally."""

    rows: dict[tuple[str, date], Tally] = field(default_factory=dict)

    def total(self, first: date, last: date) -> Tally:
        """Return all of some days together."""
        return together(tally for (_path, day), tally in self.rows.items() if first <= day <= last)

    def on(self, day: date) -> Tally:
        """Return all of one day together."""
        return self.total(day, day)

    def of(self, path: str, *, below: bool = True) -> Days:
        """Return the days of one reviewer, with those below it unless said otherwise."""
        rows = {
            key: tally for key, tally in self.rows.items() if (key[0].startswith(path) if below else key[0] == path)
        }
        return replace(self, rows=rows)

    def dates(self, last: date) -> list[date]:
        """Return the days up to `last` on which anything was due, in order."""
        return sorted({day for (_path, day), tally in self.rows.items() if tally.duty and day <= last})


def days(viewer: User, root: Unit, *, today: date, day: date | None, subject: str = "") -> Days:
    """Return the day-by-day lists of the last weeks (up to `day`, and today) per first reviewer; one query."""
    first = (day or today) - FETCHED
    rows = tally_rows(viewer, root, today=today, subject=subject)
    rows = rows.filter(Q(date__range=(first, day or today)) | Q(date=today))
    grouped = rows.values_list("county__path", "date").annotate(
        n=Sum("required") - Sum("exempt"), timely_n=Sum("timely"), late_n=Sum("late"), failing_n=Sum("with_failures")
    )
    return Days({(path, on): Tally(*tally) for path, on, *tally in grouped})


def tally_rows(viewer: User, root: Unit, *, today: date, subject: str = "") -> QuerySet[CountyDay]:
    """Return the tallies of the day-by-day lists at and below a bureau, of one kind of place or of all."""
    lists = Version.objects.in_force(on=today).filter(spec__schedule__kind__in=[str(kind) for kind in DAY_BY_DAY])
    rows = CountyDay.objects.visible_to(viewer).filter(county__path__startswith=root.path)
    rows = rows.filter(checklist__in=lists.values("checklist"))
    return rows.filter(checklist__subject=subject) if subject else rows


class FailingItem(NamedTuple):
    """An item, in how many checks it failed, and where these are listed."""

    code: str
    text: str
    times: int
    url: str


def item_days(day: date) -> tuple[date, date]:
    """Return the thirty days up to a day, of which the items that fail most often are told."""
    return day - MONTH + ONE_DAY, day


def item_rows(viewer: User, root: Unit, days: tuple[date, date]) -> QuerySet[ItemDay]:
    """Return how often items failed below a bureau in some days."""
    return ItemDay.objects.visible_to(viewer).filter(county__path__startswith=root.path, date__range=days)


def wording_of(item: object) -> QuerySet[Item, str]:
    """Return the question for an item's latest wording in the reader's language."""
    latest = Item.objects.filter(code=item).order_by("-version_id")
    return latest.values_list("text" if in_chinese() else "text_en", flat=True)


def worst_items(viewer: User, root: Unit, *, day: date, subject: str = "") -> list[FailingItem]:
    """Return the items that failed most often in the thirty days up to a day, the worst first; one query."""
    first, last = item_days(day)
    latest = wording_of(OuterRef("item_code"))[:1]
    rows = item_rows(viewer, root, (first, last))
    if subject:
        rows = rows.filter(item_code__in=Item.objects.filter(version__checklist__subject=subject).values("code"))
    grouped = rows.values("item_code").annotate(times=Sum("failures"), text=Subquery(latest))
    top = grouped.order_by("-times", "item_code")[:ITEMS_SHOWN]
    return [
        FailingItem(
            row["item_code"],
            row["text"] or row["item_code"],
            row["times"],
            address("inspections:board-item", root.code, row["item_code"], day=last.isoformat()),
        )
        for row in top
    ]


def failing_checks(viewer: User, root: Unit, item: str, days: tuple[date, date]) -> QuerySet[Check]:
    """Return the checks in which an item failed, below a bureau as it stood on those days; one row for each failure."""
    rows = Check.objects.visible_to(viewer).complete().filter(county__path__startswith=root.path, date__range=days)
    rows = rows.filter(failures__item_code=item)
    return rows.select_related("checklist", "school", "place", "by").only(*LISTED)


def times_failed(viewer: User, root: Unit, item: str, days: tuple[date, date]) -> int:
    """Return how often an item failed, as boards count it; one query."""
    return item_rows(viewer, root, days).filter(item_code=item).aggregate(n=Sum("failures"))["n"] or 0


def overdue_by(at: datetime) -> Q:
    """Return the condition that a school is late with a finding."""
    kept = Q(tolerated_until__isnull=True) | Q(tolerated_until__lt=local_date(at))
    return Q(state=State.OPEN, due_at__lt=at) & kept


def work(viewer: User, root: Unit, *, at: datetime, subject: str = "") -> list[Finding]:
    """Return what a bureau should look at first: overdue before waiting, boarding schools and repeats first."""
    grave = Q(severity=Severity.CRITICAL)
    weight = Case(
        When(overdue_by(at) & grave, then=Value(0)),
        When(overdue_by(at), then=Value(1)),
        When(state=State.REMEDIED, then=Value(2)),
        When(grave, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    rows = Finding.objects.visible_to(viewer).unsettled().filter(school__unit__path__startswith=root.path)
    if subject:
        rows = rows.filter(place__kind=subject)
    order = (weight.asc(), F("school__is_boarding").desc(), (F("recurrences") + F("returns")).desc(), "due_at", "pk")
    return list(rows.select_related("school", "place", "fixer", "item").order_by(*order)[:WORK_SHOWN])


def own_places(viewer: User, tree: Tree, *, first: date, last: date, subject: str = "") -> list[Place]:
    """Return the places in use between two days at the schools a bureau reviews itself; one query."""
    below = Q(pk__in=[])
    for child in tree.children:
        below |= Q(school__unit__path__startswith=child.path)
    used = Q(from_date__lte=last) & (Q(until_date__isnull=True) | Q(until_date__gte=first))
    rows = Place.objects.visible_to(viewer).filter(used, school__unit__path__startswith=tree.root.path)
    if subject:
        rows = rows.filter(kind=subject)
    return list(rows.exclude(below).select_related("school__unit__parent__parent").order_by("pk"))
