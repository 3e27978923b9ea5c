"""A school's own page: what is due today, what is open, how the month stands, the last thirty days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Value
from django.utils.translation import gettext

from inspections.checks import duties as duties_met
from inspections.checks import quiet
from inspections.checks.models import Check
from inspections.checks.selectors import Row, rows_between
from inspections.dashboards import rules
from inspections.dashboards.live import standings
from inspections.dashboards.rules import Standings, Tally, rate_words
from inspections.dashboards.selectors import address
from inspections.findings.models import Finding
from inspections.findings.selectors import deadline_tone, deadline_words
from inspections.schedules.models import Missed
from inspections.schedules.rules import Standing, Timeliness
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit.components import Figure
from logistics_portal.kit.dates import each_day, local_date, month_of, until
from schools.register.models import Place, School
from schools.terms.rules.calendar import Calendar
from schools.terms.selectors import calendar_for

STRIP = timedelta(days=29)
FINDINGS_SHOWN = 8
OPEN_DAYS = timedelta(days=2)  # older daily forms can no longer be handed in
GONE = "gone"
RECORDED = {str(Timeliness.ON_TIME): "done", str(Timeliness.LATE): "late", GONE: "missed"}
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
    """Return the slots of the days whose daily forms are still open, today included, by due time."""
    today = local_date(at)
    return rows_between(places, today - OPEN_DAYS, today, at, calendars=calendars)


Past = dict[date, Standings]


def past(places: Sequence[Place], rows: Sequence[Row], today: date) -> Past:
    """Return how the days stand since the strip or the month began: the open days as slots, the rest as recorded."""
    first, live = min(today - STRIP, month_of(today).first), today - OPEN_DAYS
    ids = [place.pk for place in places]
    found: Past = defaultdict(Standings)
    handed = Check.objects.complete().filter(place__in=ids, date__gte=first, date__lt=live)
    gone = Missed.objects.filter(place__in=ids, date__gte=first, date__lt=live, superseded="")
    counted = handed.values_list("date", "timeliness").annotate(n=Count("pk"))
    missed = gone.annotate(word=Value(GONE)).values_list("date", "word").annotate(n=Count("pk"))
    for day, word, number in counted.union(missed, all=True):
        kind = RECORDED.get(word)
        found[day] = found[day]._replace(**{kind: number}) if kind else found[day]
    for day in each_day(live, today):
        found[day] = standings(row for row in rows if row.slot.date == day)
    return found


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


def strip(days: Past, today: date, code: str) -> list[StripDay]:
    """Return the last thirty days, each with what became of its slots."""
    begin = today - STRIP
    shown = each_day(begin, today)
    return [_strip_day(day, days.get(day, Standings()), code, first=day == begin) for day in shown]


def _strip_day(day: date, stands: Standings, code: str, *, first: bool) -> StripDay:
    parts = [
        gettext("已检 %(n)s 项") % {"n": stands.done} if stands.done else "",
        gettext("补录 %(n)s 项") % {"n": stands.late} if stands.late else "",
        gettext("漏检 %(n)s 项") % {"n": stands.missed} if stands.missed else "",
        gettext("待检 %(n)s 项") % {"n": stands.waiting} if stands.waiting else "",
    ]
    words = gettext("，").join(filter(None, parts)) or gettext("无需检查")
    url = address("inspections:checks", school=code, since=day.isoformat(), until=day.isoformat())
    label = f"{day.month}/{day.day}" if first or day.day == 1 else str(day.day)
    return StripDay(day, stands, label, words, url if stands.done or stands.late else "")


def month(days: Past, today: date) -> Tally:
    """Return what became of this month's slots so far; those still open count once handed in or missed."""
    chosen = [stands for day, stands in days.items() if day in month_of(today)]
    done, late = sum(it.done for it in chosen), sum(it.late for it in chosen)
    return Tally(duty=done + late + sum(it.missed for it in chosen), timely=done, late=late)


def open_findings(viewer: User, school: School, at: datetime) -> list[OpenFinding]:
    """Return what the school has to put right, nearest deadline first; one query."""
    rows = Finding.objects.visible_to(viewer).open().filter(school=school).select_related("place", "item")
    return with_deadlines(rows.order_by("due_at", "pk")[:FINDINGS_SHOWN], at)


def with_deadlines(rows: Iterable[Finding], at: datetime) -> list[OpenFinding]:
    """Return findings with their deadlines in words."""
    return [
        OpenFinding(it, deadline_words(it, at), deadline_tone(it, at), address("inspections:finding", it.pk))
        for it in rows
    ]


def figures(duties_now: Sequence[Duty], found: Sequence[OpenFinding], tally: Tally) -> list[Figure]:
    """Return the four figures of a school's page."""
    waiting = sum(duty.waits for duty in duties_now)
    late = sum(one.tone == "bad" for one in found)
    shares = gettext("应检 %(duty)s 项，已检 %(done)s 项") % {"done": tally.done, "duty": tally.duty}
    return [
        Figure(gettext("待检"), waiting, gettext("今天和可补录的"), "warn" if waiting else "", "#duties"),
        Figure(
            gettext("待整改"), len(found), gettext("超期 %(n)s 件") % {"n": late}, "bad" if late else "", "#findings"
        ),
        Figure(gettext("本月完成率"), rate_words(tally.completion), shares, rules.tone(tally.completion)),
        Figure(gettext("本月按时率"), rate_words(tally.on_time), gettext("不含未到期的"), rules.tone(tally.on_time)),
    ]


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


def page(viewer: User, school: School, places: Sequence[Place], at: datetime) -> SchoolPage:
    """Return a school's page as a person sees it who reaches these places."""
    today = local_date(at)
    calendars = calendar_for({it.school_id for it in places}, today - OPEN_DAYS, today)
    rows = slots(places, at, calendars)
    now, found = duties(viewer, rows, today), open_findings(viewer, school, at)
    days = past(places, rows, today)
    return SchoolPage(
        figures=figures(now, found, month(days, today)),
        duties=now,
        quiet=quiet.told(places, calendars, today),
        findings=found,
        strip=strip(days, today, school.code),
        findings_url=address("inspections:findings", school=school.code),
        papers_url=address("schools:school", school.pk),
        duties_url="" if viewer.roles.isdisjoint(SCHOOL_ROLES) else address("inspections:today"),
    )
