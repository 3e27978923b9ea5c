"""What the pages of county, city and province hold, put together from the few questions of `selectors`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext

from inspections.dashboards import rules, selectors
from inspections.dashboards.cases import CaseRows, Cases, cases_of
from inspections.dashboards.cases import cases as ask_cases
from inspections.dashboards.forms import BY_COUNTY, Ask
from inspections.dashboards.rules import Change, Tally, rate_words
from inspections.dashboards.selectors import Days, Tree, address
from inspections.findings.people import verifies_at
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.components import Crumb
from logistics_portal.kit.dates import ONE_DAY, local_date


@dataclass(frozen=True)
class Board:
    """A bureau's figures at a moment, as its address asks for them; whether its remedies wait for the reader."""

    tree: Tree
    ask: Ask
    at: datetime
    days: Days
    cases: CaseRows
    verifies: bool = False

    @property
    def unit(self) -> Unit:
        """Return the bureau."""
        return self.tree.root

    @property
    def today(self) -> date:
        """Return the day it is."""
        return local_date(self.at)

    @property
    def is_bench(self) -> bool:
        """Say whether this bureau only has schools below it: a county, or a committee without counties."""
        return not self.tree.children

    @cached_property
    def day(self) -> date:
        """Return the day looked at: as asked, else the last day before today on which anything was due."""
        yesterday = self.today - ONE_DAY
        return self.ask.day or max(self.days.dates(yesterday), default=yesterday)

    @property
    def provisional(self) -> bool:
        """Say whether forms of the day looked at can still be handed in."""
        return self.day > rules.closed_until(self.today)

    @property
    def closed(self) -> date:
        """Return the last closed day up to the day looked at; rates never look beyond it."""
        return min(self.day, rules.closed_until(self.today))

    @property
    def first(self) -> date:
        """Return the first of the thirty days that rates are about."""
        return self.closed - rules.WINDOW

    @cached_property
    def total(self) -> Tally:
        """Return the thirty closed days together."""
        return self.days.total(self.first, self.closed)

    @cached_property
    def all_cases(self) -> Cases:
        """Return all cases within the bureau."""
        return cases_of(self.cases, self.unit.path)

    @property
    def day_words(self) -> str:
        """Return the day looked at as people say it."""
        if self.day == self.today - ONE_DAY:
            return gettext("昨日")
        if self.day == self.today:
            return gettext("今日")
        return gettext("%(month)s月%(day)s日") % {"month": self.day.month, "day": self.day.day}

    def findings_url(self, unit: Unit | None = None, *, below: bool = True, **query: object) -> str:
        """Return the list of findings of a unit, narrowed as this page is; without `below` of its own schools only."""
        asked = {"unit": (unit or self.unit).pk, "subject": self.ask.subject, **({} if below else {"direct": "true"})}
        return address("inspections:findings", **asked, **query)

    def schools_url(self, unit: Unit | None = None, *, below: bool = True, **query: object) -> str:
        """Return the list of the schools of a unit that are open; without `below` of those it runs itself only."""
        asked = {"unit": (unit or self.unit).pk, "status": "living", **({} if below else {"direct": "true"})}
        return address("schools:list", **asked, **query)

    @property
    def boarding_url(self) -> str:
        """Return the list of the boarding schools of the bureau."""
        return self.schools_url(boarding="true")

    @property
    def living_url(self) -> str:
        """Return the list of the schools of the bureau."""
        return self.schools_url()

    def slots_url(
        self, first: date, last: date, unit: Unit | None = None, *, below: bool = True, show: str = ""
    ) -> str:
        """Return what a rate of some days was counted from: slot by slot, or day by day where bureaus lie below."""
        unit = unit or self.unit
        name = "board-days" if below and self.has_children(unit) else "board-slots"
        days = {"since": first.isoformat(), "until": last.isoformat(), "subject": self.ask.subject}
        return address(f"inspections:{name}", unit.code, **days, show=show)

    def has_children(self, unit: Unit) -> bool:
        """Say whether other bureaus lie below a unit."""
        return any(it.parent_id == unit.pk for it in self.tree.below)

    def url(self, unit: Unit | None = None, name: str = "board") -> str:
        """Return a page of a unit's board that asks the same."""
        kept = {"day": self.ask.day.isoformat() if self.ask.day else "", "subject": self.ask.subject}
        return address(f"inspections:{name}", (unit or self.unit).code, **kept)

    def day_url(self, unit: Unit | None = None, **query: object) -> str:
        """Return the schools of a unit on the day looked at."""
        asked = {"day": self.day.isoformat(), "subject": self.ask.subject, **query}
        return address("inspections:board-schools", (unit or self.unit).code, **asked)


def board(viewer: User, found: Tree, ask: Ask, at: datetime) -> Board:
    """Return a bureau's board; two questions, whatever its size."""
    days = selectors.days(viewer, found.root, today=local_date(at), day=ask.day, subject=ask.subject)
    found_cases = ask_cases(viewer, found.root, at=at, subject=ask.subject)
    return Board(found, ask, at, days, found_cases, verifies_at(viewer, found.root))


def crumbs(viewer: User, unit: Unit, here: str = "") -> list[Crumb]:
    """Return the bureaus above a unit, those within reach as links; with `here` the unit itself leads on to it."""
    line: list[Unit] = []
    above = unit if here else unit.parent
    while above is not None:
        line.insert(0, above)
        above = above.parent
    found = [Crumb(it.name, address("inspections:board", it.code) if _reached(viewer, it) else "") for it in line]
    return [*found, Crumb(here)] if here else found


def way_back(viewer: User, school: Unit) -> list[Crumb]:
    """Return the boards above a school that the reader may open; nobody else needs the line."""
    return [it for it in crumbs(viewer, school) if it.url]


def _reached(viewer: User, unit: Unit) -> bool:
    return any(unit.path.startswith(path) for path in viewer.reach.paths)


def school_url(pk: int) -> str:
    """Return a school's own page."""
    return address("inspections:board-school", pk)


@dataclass(frozen=True)
class UnitRow:
    """One unit of a comparison."""

    name: str
    code: str
    url: str
    schools: int
    total: Tally
    day: Tally
    week: Change
    cases: Cases
    schools_url: str
    total_url: str
    day_url: str
    week_url: str
    overdue_url: str
    waiting_url: str
    rank: int | None = None

    @property
    def completion(self) -> str:
        """Return the share handed in over the thirty closed days."""
        return rate_words(self.total.completion)

    @property
    def on_time(self) -> str:
        """Return the share handed in in time."""
        return rate_words(self.total.on_time)

    @property
    def day_rate(self) -> str:
        """Return the share handed in on the day looked at."""
        return rate_words(self.day.completion)

    @property
    def tone(self) -> str:
        """Return the tone of the completion."""
        return rules.tone(self.total.completion)

    @property
    def on_time_tone(self) -> str:
        """Return the tone of the share in time."""
        return rules.tone(self.total.on_time)

    @property
    def shares(self) -> str:
        """Return numerator and denominator, for whoever hovers or prints."""
        return f"{self.total.done:,} / {self.total.duty:,}"


def unit_rows(here: Board) -> list[UnitRow]:
    """Return the units compared, the lowest completion first and those without slots last; ranks count from the top.

    Counties without a school are left out where all counties of the province are listed.
    """
    by_county = here.ask.by == BY_COUNTY
    units = [it for it in here.tree.below if it.kind != Unit.Kind.CITY] if by_county else here.tree.children
    owners = [here.unit, *here.tree.children] if by_county else [here.unit]
    own = (_own(here, unit) for unit in owners)
    rows = [_row(here, unit) for unit in units] + [row for row in own if row is not None]
    rows = [row for row in rows if row.schools or row.total.duty] if by_county else rows
    ranked = [replace(row, rank=_rank(rows, row)) for row in rows]
    return sorted(ranked, key=lambda row: (row.total.completion is None, row.total.completion or 0, row.code))


def _rank(rows: list[UnitRow], one: UnitRow) -> int | None:
    mine = one.total.completion
    if mine is None:
        return None
    return 1 + sum(1 for row in rows if row.total.completion is not None and row.total.completion > mine)


def _row(here: Board, unit: Unit, *, below: bool = True, name: str = "") -> UnitRow:
    days, found = here.days.of(unit.path, below=below), cases_of(here.cases, unit.path, below=below)
    closed, week = (here.first, here.closed), (here.closed - 2 * rules.WEEK + ONE_DAY, here.closed)
    single = not below or not here.has_children(unit)
    return UnitRow(
        name=name or unit.name,
        code=unit.code,
        url=here.url(unit) if below else here.day_url(unit),
        schools=found.schools,
        total=days.total(here.first, here.closed),
        day=days.on(here.day),
        week=_week(days, here.closed),
        cases=found,
        schools_url=here.schools_url(unit, below=below),
        total_url=here.slots_url(*closed, unit, below=below),
        day_url=here.day_url(unit) if single else here.slots_url(here.day, here.day, unit),
        week_url=here.slots_url(*week, unit, below=below),
        overdue_url=here.findings_url(unit, below=below, overdue="true", severity="critical"),
        waiting_url=here.findings_url(unit, below=below, state="remedied"),
    )


def _own(here: Board, unit: Unit) -> UnitRow | None:
    """Return the row of the schools that a bureau runs itself, if it has any."""
    if not here.has_children(unit):
        return None
    row = _row(here, unit, below=False, name=gettext("%(unit)s直属学校") % {"unit": unit.name})
    return row if row.schools or row.total.duty else None


def _week(days: Days, closed: date) -> Change:
    now = days.total(closed - rules.WEEK + ONE_DAY, closed)
    before = days.total(closed - 2 * rules.WEEK + ONE_DAY, closed - rules.WEEK)
    return rules.change(now.completion, before.completion)


@dataclass(frozen=True)
class Tile:
    """A city on the map of tiles."""

    code: str
    name: str
    value: str
    level: str
    url: str
    total_url: str


SHORT = str.maketrans({"%": None})
ENDINGS = ("朝鲜族自治州", "保护开发区管理委员会", "市")


def tiles(here: Board) -> list[Tile]:
    """Return the cities of the province as tiles, shaded by completion; a city without slots says so."""
    found = []
    for unit in here.tree.children:
        rate = here.days.of(unit.path).total(here.first, here.closed).completion
        value = rate_words(rate).translate(SHORT)
        counted = here.slots_url(here.first, here.closed, unit)
        found.append(Tile(unit.code, _short(unit.name), value, rules.level(rate), here.url(unit), counted))
    return found


def _short(name: str) -> str:
    """Return a city's name as a map writes it: 延边, 长白山."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
