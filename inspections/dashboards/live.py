"""How the schools of one bureau stand on one day, worked out live; only ever for a single first reviewer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext

from inspections.checks.selectors import Row, rows_between
from inspections.dashboards.forms import FAILURES, GAPS, Ask
from inspections.dashboards.rules import Standings
from inspections.dashboards.selectors import DAY_BY_DAY, Tree, address
from inspections.incidents import selectors as incidents
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules.words import VetoState, YearVeto
from inspections.schedules.rules import Standing
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.records.models import Notice
from schools.register.models import Place, School

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
    findings_url: str
    url: str
    reminded: bool = False

    @property
    def gaps(self) -> int:
        """Return how many slots nothing came in for."""
        return self.stands.missed + self.stands.waiting

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


def own_places(viewer: User, tree: Tree, *, on: date, subject: str = "") -> list[Place]:
    """Return the places of the schools a bureau reviews itself, as they are on a day."""
    below = Q(pk__in=[])
    for child in tree.children:
        below |= Q(school__unit__path__startswith=child.path)
    rows = Place.objects.visible_to(viewer).living(on=on).filter(school__unit__path__startswith=tree.root.path)
    if subject:
        rows = rows.filter(kind=subject)
    return list(rows.exclude(below).select_related("school__unit__parent__parent").order_by("pk"))


def school_lines(viewer: User, tree: Tree, ask: Ask, *, day: date, at: datetime) -> list[SchoolLine]:
    """Return every school of a bureau with the day-by-day slots of one day; boarding schools and gaps first."""
    places = own_places(viewer, tree, on=day, subject=ask.subject)
    by_school: dict[int, list[Row]] = defaultdict(list)
    for row in rows_between(places, day, day, at):
        if row.wording.schedule.kind in DAY_BY_DAY and row.standing != Standing.PLANNED:
            by_school[row.place.school_id].append(row)
    told = reminded([place.school_id for place in places], local_date(at))
    schools = {place.school_id: place.school for place in places}
    lines = [_line(schools[pk], rows, pk in told) for pk, rows in by_school.items()]
    return sorted(lines, key=lambda it: (-int(it.gaps > 0), -int(it.school.is_boarding), -it.gaps, it.school.code))


def narrowed(lines: list[SchoolLine], show: str) -> list[SchoolLine]:
    """Return the schools with gaps, those with failures, or all."""
    if show == GAPS:
        return [line for line in lines if line.gaps]
    return [line for line in lines if line.failing] if show == FAILURES else lines


def _line(school: School, rows: list[Row], told: bool) -> SchoolLine:
    asked = {"school": school.code, "state": "all"}
    return SchoolLine(
        school=school,
        rows=rows,
        stands=standings(rows),
        failing=sum(row.check.n_fail for row in rows if row.check is not None),
        findings_url=address("inspections:findings", **asked),
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


@dataclass(frozen=True)
class Case:
    """One school under a veto or an inquiry, with its incident."""

    school: School
    state: str
    words: str
    text: str
    url: str


def veto_cases(viewer: User, tree: Tree, *, at: datetime, subject: str = "") -> list[Case]:
    """Return the schools below a bureau that are vetoed, proposed for it, or withheld while an incident is open."""
    path, year = tree.root.path, local_date(at).year
    vetoes = Veto.objects.visible_to(viewer).filter(year=year, school__unit__path__startswith=path)
    open_ones = Incident.objects.visible_to(viewer).unsettled().filter(school__unit__path__startswith=path)
    if subject:
        vetoes, open_ones = vetoes.filter(incident__domain=subject), open_ones.filter(domain=subject)
    rows = list(vetoes.exclude(state__in=[VetoState.DISMISSED, VetoState.LIFTED]).select_related("school", "incident"))
    cases = list(open_ones.select_related("school").order_by("-happened_at", "pk"))
    held = incidents.standings([*(it.school_id for it in rows), *(it.school_id for it in cases)], year)
    found = [
        Case(it.school, it.state, str(VetoState(it.state).label), _what(it.incident), _incident_url(it.incident))
        for it in sorted(rows, key=lambda it: (it.state != VetoState.ACTIVE, -it.pk))
    ]
    named = {it.incident_id for it in rows}
    return found + [_open_case(it, held) for it in cases if it.pk not in named]


def _open_case(incident: Incident, held: dict[int, incidents.Standing]) -> Case:
    stands = held.get(incident.school_id, incidents.NOTHING)
    withheld = stands.state == YearVeto.PROVISIONAL
    words = str(VetoState.PROVISIONAL.label) if withheld else str(incident.get_state_display())
    state = str(VetoState.PROVISIONAL) if withheld else "open"
    return Case(incident.school, state, words, _what(incident), _incident_url(incident))


def _what(incident: Incident) -> str:
    words = {
        "day": local_date(incident.happened_at).isoformat(),
        "kind": incident.get_kind_display(),
        "state": incident.get_state_display(),
    }
    return gettext("%(day)s %(kind)s · %(state)s") % words


def _incident_url(incident: Incident) -> str:
    return address("inspections:incident", incident.pk)
