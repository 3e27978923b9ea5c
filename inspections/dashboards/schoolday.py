"""A school's own page: what is due today, what is open, how the month stands, the last thirty days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext

from inspections.checks import duties as duties_met
from inspections.checks import quiet
from inspections.checks.selectors import Row, recent_rows, rows_between
from inspections.dashboards import rules
from inspections.dashboards.forms import ON_TIME
from inspections.dashboards.live import standings
from inspections.dashboards.rules import Standings, rate_words
from inspections.dashboards.selectors import address, overdue_by
from inspections.dashboards.slots import closed, due_only, tally_of
from inspections.findings.models import Finding
from inspections.findings.selectors import deadline_tone, deadline_words
from inspections.schedules.rules import Standing
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit.components import Figure, Part
from logistics_portal.kit.dates import each_day, local_date, month_of, until
from schools.register.models import Place, School
from schools.terms.rules.calendar import Calendar
from schools.terms.selectors import calendar_for

STRIP = timedelta(days=29)
FINDINGS_SHOWN = 8
OPEN_DAYS = timedelta(days=2)  # older daily forms can no longer be handed in
TONES = {
    Standing.PLANNED: "idle",
    Standing.OPEN: "warn",
    Standing.RECEIVING: "info",
    Standing.OVERDUE: "bad",
    Standing.DONE: "good",
    Standing.LATE: "warn",
    Standing.MISSED: "bad",
    Standing.VOIDED: "bad",
    Standing.EXEMPT: "idle",
}


@dataclass(frozen=True)
class Duty:
    """A slot of today, or an earlier one that can still be filled in, as the reader meets it."""

    met: duties_met.Duty
    tone: str
    due: str

    @property
    def row(self) -> Row:
        """Return the slot."""
        return self.met.row

    @property
    def waits(self) -> bool:
        """Say whether somebody still has to fill it in."""
        return self.row.can_be_filled

    @property
    def acts(self) -> bool:
        """Say whether the reader may fill it in now."""
        return self.met.waits


@dataclass(frozen=True)
class StripDay:
    """One day of the strip."""

    day: date
    stands: Standings
    label: str
    words: str
    url: str

    @property
    def tone(self) -> str:
        """Return the tone of the worst that happened."""
        return rules.day_tone(self.stands)


@dataclass(frozen=True)
class OpenFinding:
    """A finding with its deadline in words."""

    finding: Finding
    deadline: str
    tone: str
    url: str


def places_of(viewer: User, school_id: int) -> list[Place]:
    """Return the places of a school that a person reaches, as they are in use."""
    rows = Place.objects.visible_to(viewer).filter(school__in=School.objects.filter(pk=school_id))
    return list(rows.select_related("school__unit__parent__parent").order_by("kind", "pk"))


def slots(places: Sequence[Place], at: datetime, calendars: Mapping[int, Calendar]) -> list[Row]:
    """Return the slots since the strip or the month began, today included, by due time."""
    today = local_date(at)
    return rows_between(places, first_shown(today), today, at, calendars=calendars)


def first_shown(today: date) -> date:
    """Return the first day a school's page tells of: of the strip or of the month."""
    return min(today - STRIP, month_of(today).first)


def month_slots(places: Sequence[Place], at: datetime) -> list[Row]:
    """Return the slots of this month so far."""
    today = local_date(at)
    month = month_of(today)
    return [row for row in recent_rows(places, at, today) if row.slot.date in month]


def duties(viewer: User, rows: Sequence[Row], today: date) -> list[Duty]:
    """Return today's slots and what can still be filled in; the reader's own come first, then what waits, by due."""
    chosen = [row for row in rows if row.slot.date == today or row.can_be_filled]
    met = duties_met.of(viewer, sorted(chosen, key=_pressing))
    return [Duty(it, TONES[it.row.standing], it.opens or due_words(it.row.slot.due_at)) for it in met]


def due_words(due_at: datetime) -> str:
    """Return until when a form is to be handed in; midnight is 24:00 of the day that ends."""
    day, clock = until(due_at)
    return gettext("%(month)s月%(day)s日 %(clock)s 前交") % {"month": day.month, "day": day.day, "clock": clock}


def _pressing(row: Row) -> tuple[bool, datetime]:
    return not row.can_be_filled, row.slot.due_at


def strip(rows: Iterable[Row], today: date, school: School) -> list[StripDay]:
    """Return the last thirty days, each with what became of its slots."""
    begin = today - STRIP
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[row.slot.date].append(row)
    return [_strip_day(day, standings(by_day[day]), school, first=day == begin) for day in each_day(begin, today)]


def _strip_day(day: date, stands: Standings, school: School, *, first: bool) -> StripDay:
    parts = [
        gettext("已检 %(n)s 项") % {"n": stands.done} if stands.done else "",
        gettext("补录 %(n)s 项") % {"n": stands.late} if stands.late else "",
        gettext("漏检 %(n)s 项") % {"n": stands.missed} if stands.missed else "",
        gettext("待检 %(n)s 项") % {"n": stands.waiting} if stands.waiting else "",
    ]
    words = gettext("，").join(filter(None, parts)) or gettext("无需检查")
    label = f"{day.month}/{day.day}" if first or day.day == 1 else str(day.day)
    return StripDay(day, stands, label, words, slots_url(school, day, day) if any(stands) else "")


def slots_url(school: School, first: date, last: date, **asked: object) -> str:
    """Return the list of a school's slots of some days."""
    days = {"since": first.isoformat(), "until": last.isoformat()}
    return address("inspections:board-school-slots", school.pk, **days, **asked)


def month_figures(school: School, rows: Sequence[Row], at: datetime) -> list[Figure]:
    """Return the shares of this month's slots that have closed: the same on the desk, on the page and on the list."""
    month = month_of(local_date(at))
    counted = tally_of(closed((row for row in rows if row.slot.date in month), at))
    url = slots_url(school, month.first, local_date(at), closed="1")
    shares = {"duty": counted.duty, "done": counted.done, "timely": counted.timely}
    done = Part(gettext("已关账 %(duty)s 项，已检 %(done)s 项") % shares, url)
    timely = Part(gettext("按时 %(timely)s 项") % shares, f"{url}&show={ON_TIME}")
    nothing = [Part(gettext("本月还没有已关账的检查"))]
    return [
        _share(gettext("本月完成率"), counted.completion, [done] if counted.duty else nothing, url),
        _share(gettext("本月按时率"), counted.on_time, [timely] if counted.duty else nothing, url),
    ]


def _share(label: str, rate: int | None, parts: Sequence[Part], url: str) -> Figure:
    return Figure(label, rate_words(rate), tone=rules.tone(rate), parts=parts, url=url)


class Open(NamedTuple):
    """What a school has to put right: how many, how many of them late, and the nearest deadlines."""

    number: int
    late: int
    first: list[OpenFinding]


def open_findings(viewer: User, school: School, at: datetime) -> Open:
    """Return what the school has to put right, nearest deadline first; two queries."""
    rows = Finding.objects.visible_to(viewer).open().filter(school=school)
    numbers = rows.aggregate(n=Count("pk"), late=Count("pk", filter=overdue_by(at)))
    first = rows.select_related("place", "item").order_by("due_at", "pk")[:FINDINGS_SHOWN]
    return Open(numbers["n"], numbers["late"], with_deadlines(first, at))


def with_deadlines(rows: Iterable[Finding], at: datetime) -> list[OpenFinding]:
    """Return findings with their deadlines in words."""
    return [
        OpenFinding(it, deadline_words(it, at), deadline_tone(it, at), address("inspections:finding", it.pk))
        for it in rows
    ]


def figures(school: School, duties_now: Sequence[Duty], found: Open, month: Sequence[Figure]) -> list[Figure]:
    """Return the four figures of a school's page."""
    waiting = sum(duty.waits for duty in duties_now)
    late = Part(gettext("超期 %(n)s 件") % {"n": found.late}, findings_url(school, overdue="true"))
    return [
        Figure(gettext("待检"), waiting, gettext("今天和可补录的"), "warn" if waiting else "", "#duties"),
        Figure(
            gettext("待整改"),
            found.number,
            tone="bad" if found.late else "",
            url=findings_url(school, state="open"),
            parts=[late],
        ),
        *month,
    ]


def findings_url(school: School, **asked: object) -> str:
    """Return the list of a school's findings."""
    return address("inspections:findings", school=school.code, **asked)


@dataclass(frozen=True)
class SchoolPage:
    """Everything a school's own page holds."""

    figures: list[Figure]
    duties: list[Duty]
    quiet: list[str]
    findings: list[OpenFinding]
    strip: list[StripDay]
    findings_url: str
    papers_url: str
    duties_url: str
    waiting: int
    open: Open


def page(viewer: User, school: School, places: Sequence[Place], at: datetime) -> SchoolPage:
    """Return a school's page as a person sees it who reaches these places."""
    today = local_date(at)
    calendars = calendar_for({it.school_id for it in places}, first_shown(today), today)
    rows = slots(places, at, calendars)
    recent = [row for row in rows if row.slot.date >= today - OPEN_DAYS]
    now, found, due = duties(viewer, recent, today), open_findings(viewer, school, at), due_only(rows)
    return SchoolPage(
        figures=figures(school, now, found, month_figures(school, due, at)),
        duties=now,
        quiet=quiet.told(places, calendars, today),
        findings=found.first,
        strip=strip(due, today, school),
        findings_url=findings_url(school, state="open"),
        papers_url=address("schools:school", school.pk),
        duties_url="" if viewer.roles.isdisjoint(SCHOOL_ROLES) else address("inspections:today"),
        waiting=sum(duty.waits for duty in now),
        open=found,
    )
