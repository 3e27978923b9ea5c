"""How the schools of one bureau stand on one day, worked out live; only ever for a single first reviewer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from inspections.checks.selectors import Row
from inspections.dashboards import rules
from inspections.dashboards.forms import DONE, FAILING, GAPS, LATE, ON_TIME, SHOWS, WAITING, Ask, SlotAsk
from inspections.dashboards.rules import Standings
from inspections.dashboards.selectors import Tree, address
from inspections.dashboards.slots import of_bureau
from inspections.schedules.rules import Standing
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.components import Figure, Part, Tab
from logistics_portal.kit.dates import SHANGHAI, local_date
from logistics_portal.records.models import Notice
from schools.register.models import School

TODAY = "today"
KINDS = {
    Standing.DONE: "done",
    Standing.LATE: "late",
    Standing.MISSED: "missed",
    Standing.VOIDED: "missed",
    Standing.OPEN: "waiting",
    Standing.RECEIVING: "waiting",
    Standing.OVERDUE: "waiting",
}


def standings(rows: Iterable[Row]) -> Standings:
    """Return how many of some slots stand how; what is planned or exempt is left out."""
    found = Counter(KINDS[row.standing] for row in rows if row.standing in KINDS)
    return Standings(**found)


@dataclass(frozen=True)
class SchoolLine:
    """One school on one day."""

    school: School
    rows: list[Row]
    stands: Standings
    failing: int
    slots_url: str
    url: str
    reminded: bool = False

    @property
    def gaps(self) -> int:
        """Return how many slots nothing came in for."""
        return self.stands.missed + self.stands.waiting

    @property
    def done_url(self) -> str:
        """Return the list of what came in in time."""
        return f"{self.slots_url}&show={ON_TIME}"

    @property
    def late_url(self) -> str:
        """Return the list of what came in late."""
        return f"{self.slots_url}&show={LATE}"

    @property
    def gaps_url(self) -> str:
        """Return the list of what nothing came in for."""
        return f"{self.slots_url}&show={GAPS}"

    @property
    def waiting_url(self) -> str:
        """Return the list of what can still be handed in."""
        return f"{self.slots_url}&show={WAITING}"

    @property
    def waiting_rows(self) -> list[Row]:
        """Return the slots that can still be handed in."""
        return [row for row in self.rows if KINDS.get(row.standing) == "waiting"]

    @property
    def open_rows(self) -> list[Row]:
        """Return the slots nothing came in for."""
        return [row for row in self.rows if KINDS.get(row.standing) in {"missed", "waiting"}]

    @property
    def failing_rows(self) -> list[Row]:
        """Return the checks that found something."""
        return [row for row in self.rows if row.check is not None and row.check.n_fail]

    @property
    def can_still(self) -> bool:
        """Say whether something can still be handed in."""
        return self.stands.waiting > 0


def school_lines(viewer: User, tree: Tree, ask: Ask, *, day: date, at: datetime) -> list[SchoolLine]:
    """Return every school of a bureau with the day-by-day slots of one day; boarding schools and gaps first."""
    by_school: dict[int, list[Row]] = defaultdict(list)
    for row in of_bureau(viewer, tree, SlotAsk(day, day, subject=ask.subject), at):
        by_school[row.place.school_id].append(row)
    told = reminded(by_school, local_date(at))
    url = slots_url(tree.root, day, subject=ask.subject)
    lines = [_line(rows, f"{url}&school={rows[0].place.school.code}", pk in told) for pk, rows in by_school.items()]
    return sorted(lines, key=lambda it: (-int(it.gaps > 0), -int(it.school.is_boarding), -it.gaps, it.school.code))


@dataclass(frozen=True)
class Whole:
    """How the slots of some schools stand together, and the list of them."""

    stands: Standings
    url: str

    @property
    def tabs(self) -> list[Tab]:
        """Return the lists of all of them, of those in time, late and not handed in, each with its number."""
        numbers = {
            "": sum(self.stands),
            ON_TIME: self.stands.done,
            LATE: self.stands.late,
            GAPS: self.stands.missed + self.stands.waiting,
        }
        return [Tab(show, str(SHOWS[show]), _shown(self.url, show), number) for show, number in numbers.items()]


def _shown(url: str, show: str) -> str:
    return f"{url}&show={show}" if show else url


def slots_url(unit: Unit, day: date, **asked: object) -> str:
    """Return the list of the slots of one day at the schools a bureau reviews itself."""
    days = {"since": day.isoformat(), "until": day.isoformat()}
    return address("inspections:board-slots", unit.code, **days, **asked)


def together(lines: Iterable[SchoolLine]) -> Standings:
    """Return how the slots of some schools stand together."""
    return Standings(*(sum(numbers) for numbers in zip(*(line.stands for line in lines), strict=True)))


def whole(tree: Tree, ask: Ask, day: date, lines: Sequence[SchoolLine]) -> Whole:
    """Return the slots of all schools of a bureau on a day together, and where they are listed."""
    return Whole(together(lines), slots_url(tree.root, day, subject=ask.subject))


def today_figure(tree: Tree, ask: Ask, lines: Sequence[SchoolLine], at: datetime) -> Figure:
    """Return what came in today of what is due, counted at this moment from the same slots as the list of gaps."""
    stands = together(lines)
    duty, done = sum(stands), stands.done + stands.late
    url = slots_url(tree.root, local_date(at), subject=ask.subject)
    words = {"duty": f"{duty:,}", "waiting": f"{stands.waiting:,}", "missed": f"{stands.missed:,}"}
    told = [
        Part(gettext("应检 %(duty)s 次") % words, url),
        Part(gettext("待检 %(waiting)s 次") % words, f"{url}&show={WAITING}"),
        Part(gettext("漏检 %(missed)s 次") % words, f"{url}&show={GAPS}") if stands.missed else None,
        Part(gettext("此刻 %(clock)s") % {"clock": at.astimezone(SHANGHAI).strftime("%H:%M")}),
    ]
    return Figure(
        label=gettext("今日已检"),
        value=f"{done:,}" if duty else rules.DASH,
        note="" if duty else gettext("到此刻还没有要做的检查"),
        parts=[part for part in told if part],
        url=f"{url}&show={DONE}",
        key=TODAY,
    )


def narrowed(lines: list[SchoolLine], show: str) -> list[SchoolLine]:
    """Return the schools with gaps, those with failures, or all."""
    if show == GAPS:
        return [line for line in lines if line.gaps]
    return [line for line in lines if line.failing] if show == FAILING else lines


def _line(rows: list[Row], url: str, told: bool) -> SchoolLine:
    school = rows[0].place.school
    return SchoolLine(
        school=school,
        rows=rows,
        stands=standings(rows),
        failing=sum(row.check.n_fail for row in rows if row.check is not None),
        slots_url=url,
        url=address("inspections:board-school", school.pk),
        reminded=told,
    )


def reminder_key(school_id: int, day: date) -> str:
    """Return what keeps a school from being reminded twice on a day."""
    return f"unchecked:{day.isoformat()}:{school_id}"


def reminded(schools: Iterable[int], day: date) -> set[int]:
    """Return the schools whose people were reminded on a day."""
    keys = {reminder_key(pk, day): pk for pk in schools}
    return {keys[key] for key in Notice.objects.filter(key__in=keys).values_list("key", flat=True).distinct()}
