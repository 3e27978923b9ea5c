"""What dashboards read: one question each for units, days, cases, items and the list of work. All within reach."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Count, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from inspections.checklists.models import Item, Version
from inspections.dashboards.rules import Tally, together
from inspections.findings.models import Finding
from inspections.findings.rules import Outcome, Severity, State
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules.words import IncidentState, VetoState
from inspections.schedules.rules import ScheduleKind
from inspections.tallies.models import CountyDay, ItemDay
from inspections.tallies.today import folded_at
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import local_date
from schools.register.models import School

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
    kept = {key: value for key, value in query.items() if value not in ("", None)}
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
    rows = rows.annotate(folded=Subquery(folded_at()[:1])).order_by("path")
    units = list(rows)
    root = next((unit for unit in units if unit.code == code), None)
    if root is None:
        return None
    below = [unit for unit in units if unit.path.startswith(root.path) and unit.pk != root.pk]
    return Tree(root, below, root.folded)


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
    lists = Version.objects.in_force(on=today).filter(spec__schedule__kind__in=[str(kind) for kind in DAY_BY_DAY])
    rows = CountyDay.objects.visible_to(viewer).filter(county__path__startswith=root.path)
    rows = rows.filter(Q(date__range=(first, day or today)) | Q(date=today), checklist__in=lists.values("checklist"))
    if subject:
        rows = rows.filter(checklist__subject=subject)
    grouped = rows.values_list("county__path", "date").annotate(
        n=Sum("required") - Sum("exempt"), timely_n=Sum("timely"), late_n=Sum("late"), failing_n=Sum("with_failures")
    )
    return Days({(path, on): Tally(*tally) for path, on, *tally in grouped})


class Cases(NamedTuple):
    """What is open, late, waiting, put right, reported and vetoed."""

    overdue_critical: int = 0
    overdue: int = 0
    waiting: int = 0
    due: int = 0
    in_time: int = 0
    incidents: int = 0
    new_incidents: int = 0
    vetoes: int = 0
    proposed: int = 0
    schools: int = 0
    boarding: int = 0

    def plus(self, other: Cases) -> Cases:
        """Return both together."""
        return Cases(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


CaseRows = dict[str, Cases]
FIELDS = {
    "finding": ("overdue_critical", "overdue", "waiting", "due", "in_time"),
    "incident": ("incidents", "new_incidents"),
    "veto": ("vetoes", "proposed"),
    "school": ("schools", "boarding"),
}
WIDTH = max(map(len, FIELDS.values()))
PRESENT = "school__unit__parent__path"  # pages of today see a case under the bureau its school has now


def cases(viewer: User, root: Unit, *, at: datetime, subject: str = "") -> CaseRows:
    """Return the cases per reviewing unit's path: findings, incidents, vetoes of the year, schools; one query."""
    findings, incidents, vetoes, schools = (
        table.objects.visible_to(viewer).filter(**{f"{table.unit_path}__startswith": root.path})  # type: ignore[attr-defined]
        for table in (Finding, Incident, Veto, School)
    )
    if subject:
        findings, incidents = findings.filter(place__kind=subject), incidents.filter(domain=subject)
        vetoes = vetoes.filter(incident__domain=subject)
    parts = [
        _part("finding", _live(findings, at), PRESENT, _finding_counts(at)),
        _part("incident", incidents.counting().filter(_recent(at)), PRESENT, _incident_counts(at)),
        _part("veto", vetoes.filter(year=local_date(at).year), PRESENT, _veto_counts()),
        _part("school", schools.living(on=local_date(at)), "unit__parent__path", _school_counts()),
    ]
    found: CaseRows = defaultdict(Cases)
    for kind, path, *counts in parts[0].union(*parts[1:], all=True):
        found[path] = found[path].plus(Cases(**dict(zip(FIELDS[kind], counts, strict=False))))
    return dict(found)


def _part(kind: str, rows: QuerySet[Model], path: str, counts: dict[str, Count]) -> QuerySet[Model, tuple[object, ...]]:
    named = {f"n{place}": count for place, count in enumerate(counts.values())}
    empty = {f"n{place}": Value(0, IntegerField()) for place in range(len(named), WIDTH)}
    columns = [f"n{place}" for place in range(WIDTH)]
    tagged = rows.order_by().annotate(kind_word=Value(kind), at_path=F(path)).values("kind_word", "at_path")
    return tagged.annotate(**named, **empty).values_list("kind_word", "at_path", *columns)


def _live(rows: QuerySet[Finding], at: datetime) -> QuerySet[Finding]:
    """Keep what is not settled or fell due of late, so that old years are never read."""
    return rows.filter(~Q(state=State.CLOSED) | Q(due_at__gte=at - MONTH)).exclude(outcome=Outcome.WITHDRAWN)


def overdue_by(at: datetime) -> Q:
    """Return the condition that a school is late with a finding."""
    kept = Q(tolerated_until__isnull=True) | Q(tolerated_until__lt=local_date(at))
    return Q(state=State.OPEN, due_at__lt=at) & kept


def _finding_counts(at: datetime) -> dict[str, Count]:
    late, fell_due = overdue_by(at), Q(due_at__gte=at - MONTH, due_at__lt=at)
    return {
        "overdue_critical": Count("pk", filter=late & Q(severity=Severity.CRITICAL)),
        "overdue": Count("pk", filter=late),
        "waiting": Count("pk", filter=Q(state=State.REMEDIED)),
        "due": Count("pk", filter=fell_due),
        "in_time": Count("pk", filter=fell_due & ~Q(state=State.OPEN) & Q(remedied_at__lte=F("due_at"))),
    }


UNSETTLED_INCIDENT = ~Q(state=IncidentState.CLOSED)


def _recent(at: datetime) -> Q:
    return UNSETTLED_INCIDENT | Q(happened_at__gte=at - MONTH)


def _incident_counts(at: datetime) -> dict[str, Count]:
    return {
        "incidents": Count("pk", filter=UNSETTLED_INCIDENT),
        "new_incidents": Count("pk", filter=Q(happened_at__gte=at - MONTH)),
    }


def _veto_counts() -> dict[str, Count]:
    standing = Q(state__in=[VetoState.ACTIVE, VetoState.EXPIRED])
    return {"vetoes": Count("pk", filter=standing), "proposed": Count("pk", filter=Q(state=VetoState.PROPOSED))}


def _school_counts() -> dict[str, Count]:
    return {"schools": Count("pk"), "boarding": Count("pk", filter=Q(is_boarding=True))}


def cases_of(rows: CaseRows, path: str, *, below: bool = True) -> Cases:
    """Return the cases of one unit, with those below it unless said otherwise."""
    total = Cases()
    for where, found in rows.items():
        if where.startswith(path) if below else where == path:
            total = total.plus(found)
    return total


class FailingItem(NamedTuple):
    """An item and how often it failed."""

    code: str
    text: str
    times: int
    url: str


def worst_items(viewer: User, root: Unit, *, first: date, last: date, subject: str = "") -> list[FailingItem]:
    """Return the items that failed most often in some days, the worst first; one query."""
    latest = Item.objects.filter(code=OuterRef("item_code")).order_by("-version_id").values("text")[:1]
    rows = ItemDay.objects.visible_to(viewer).filter(county__path__startswith=root.path, date__range=(first, last))
    if subject:
        rows = rows.filter(item_code__in=Item.objects.filter(version__checklist__subject=subject).values("code"))
    grouped = rows.values("item_code").annotate(times=Sum("failures"), text=Subquery(latest))
    top = grouped.order_by("-times", "item_code")[:ITEMS_SHOWN]
    asked = {"state": "all", "unit": root.pk, "since": first.isoformat()}
    return [
        FailingItem(
            row["item_code"],
            row["text"] or row["item_code"],
            row["times"],
            address("inspections:findings", **asked, item=row["item_code"]),
        )
        for row in top
    ]


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
    rows = rows.annotate(weight=weight, repeats=F("recurrences") + F("returns")).select_related(
        "school", "place", "fixer"
    )
    return list(rows.order_by("weight", "-school__is_boarding", "-repeats", "due_at", "pk")[:WORK_SHOWN])
