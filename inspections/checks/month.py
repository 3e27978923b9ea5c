"""A month of a school's checks as a calendar: place by place, day by day, what became of each slot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.checks.quiet import quiet
from inspections.checks.selectors import Row, local, rows_between
from inspections.schedules.rules import ScheduleKind, Standing
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit.components import Tab
from logistics_portal.kit.dates import ONE_DAY, Span, local_date, month_key, month_of, read_month, week_grid
from logistics_portal.kit.errors import NotAllowed
from schools.register.models import Place, School
from schools.terms.rules.calendar import Calendar
from schools.terms.rules.rows import Why
from schools.terms.selectors import calendar_for

FIRST_YEAR = 2009
APART = 2  # as many slots of one check-list stand apart on a day; more of one kind are told together
AHEAD = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a standing is shown: picture, word and colour, and what it means."""

    word: Promise
    icon: str
    tone: str
    meaning: Promise


SIGNS: Mapping[str, Sign] = {
    Standing.DONE: Sign(_("按时"), "circle-check", "good", _("按时提交")),
    Standing.LATE: Sign(_("补录"), "clock", "warn", _("逾期后补录")),
    Standing.MISSED: Sign(_("漏检"), "alert-circle", "bad", _("关账时没有提交")),
    Standing.VOIDED: Sign(_("作废"), "ban", "bad", _("提交后作废，记为漏检")),
    Standing.EXEMPT: Sign(_("免检"), "circle-minus", "idle", _("已批准免检")),
    Standing.OPEN: Sign(_("待检"), "progress", "info", _("可以填报")),
    Standing.RECEIVING: Sign(_("部分"), "progress", "info", _("已交部分阶段")),
    Standing.OVERDUE: Sign(_("待补"), "clock", "warn", _("已逾期，还可补录")),
    Standing.PLANNED: Sign(_("未到"), "calendar", "planned", _("还没有到填报时间")),
}
OFF: Mapping[str, Promise] = {
    Why.WEEKEND: _("周末"),
    Why.HOLIDAY: _("节日"),
    Why.VACATION: _("假期"),
    Why.CLOSED: _("放假"),
    Why.CLOSURE: _("停课"),
    Why.NOT_RUNNING: _("未办"),
}
KINDS: Mapping[str, Promise] = {
    ScheduleKind.DAILY: _("日检"),
    ScheduleKind.WEEKLY: _("周检"),
    ScheduleKind.MONTHLY: _("月检"),
    ScheduleKind.NIGHTLY: _("夜检"),
    ScheduleKind.PER_DELIVERY: _("货检"),
}
TOLD_BESIDE = frozenset({Why.CLOSURE, Why.CLOSED, Why.HOLIDAY})  # a weekly slot may be dated on such a day
COUNTED = (Standing.DONE, Standing.LATE, Standing.MISSED, Standing.VOIDED, Standing.EXEMPT)


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a slot, or of several alike: the sign, of which check-list, and where it is shown."""

    sign: Sign
    kind: Promise
    name: str
    url: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one place: its marks, or why there is none."""

    day: date
    anchor: str
    today: bool = False
    marks: Sequence[Mark] = ()
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlaceMonth:
    """One place's month, week by week, and how often each sign stands in it."""

    place: Place
    weeks: Sequence[Sequence[Cell | None]]
    counts: Sequence[tuple[Sign, int]]


@dataclass(frozen=True, slots=True)
class Month:
    """A school's month as a page shows it."""

    span: Span
    places: Sequence[PlaceMonth]
    before: str
    after: str

    @property
    def legend(self) -> Iterator[Sign]:
        """Yield every sign with its meaning."""
        yield from SIGNS.values()


def read(text: str, today: date) -> Span:
    """Return the month an address names; nothing, or no month of ours, is the present one."""
    try:
        found = read_month(text)
    except NotAllowed:
        return month_of(today)
    return found if found.first.year >= FIRST_YEAR and found.first <= today + AHEAD else month_of(today)


def places_of(viewer: User, school: int) -> list[Place]:
    """Return the places of a school that a person reaches, with the units above them; one query."""
    rows = Place.objects.visible_to(viewer).filter(school__in=School.objects.filter(pk=school))
    return list(rows.select_related("school__unit__parent__parent").order_by("kind", "name", "pk"))


def month(places: Sequence[Place], span: Span, viewer: User, at: datetime) -> Month:
    """Return how every slot of some places of one school stands in a month, as one of its viewers sees it."""
    today = local_date(at)
    places = [it for it in places if it.from_date <= span.last and (it.until_date or span.last) >= span.first]
    calendars = calendar_for({it.school_id for it in places}, span.first, span.last)
    rows: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for row in rows_between(places, span.first, span.last, at, calendars=calendars):
        rows[row.place.pk, row.slot.date].append(row)
    desk = _Desk(rows, calendars, span, today, frozenset(post.unit_id for post in viewer.live_posts))
    before, after = span.first - ONE_DAY, span.last + ONE_DAY
    return Month(
        span,
        [desk.draw(place) for place in places],
        month_key(before) if before.year >= FIRST_YEAR else "",
        month_key(after) if after <= today + AHEAD else "",
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is needed to draw the calendars of a month: the slots by place and day, and what each day is."""

    rows: Mapping[tuple[int, date], Sequence[Row]]
    calendars: Mapping[int, Calendar]
    span: Span
    today: date
    own_units: frozenset[int]

    def draw(self, place: Place) -> PlaceMonth:
        """Return one place's weeks and how often each sign stands in them."""
        weeks = week_grid(self.span, lambda day: self.cell(place, day))
        seen = Counter(row.standing for day in self.span for row in self.rows.get((place.pk, day), ()))
        return PlaceMonth(place, weeks, [(SIGNS[it], seen[it]) for it in COUNTED if seen[it]])

    def cell(self, place: Place, day: date) -> Cell:
        """Return one day: its marks, or why it has none."""
        marks = tuple(self.marks(self.rows.get((place.pk, day), ())))
        kind = self.calendars[place.school_id].day(day)
        why, note = self.reason(place, day, told=not marks or kind.why in TOLD_BESIDE)
        return Cell(day, anchor(place.pk, day), today=day == self.today, marks=marks, why=why, note=note)

    def reason(self, place: Place, day: date, *, told: bool) -> tuple[str, str]:
        """Return why a day has no marks, or why a dormitory has no night, in short and whole."""
        on = self.calendars[place.school_id].day(day)
        if not place.is_checked(day):
            return (gettext("未启用"), "") if told else ("", "")
        less = quiet(place, self.calendars[place.school_id], day)
        if told and on.why in OFF:
            return str(OFF[on.why]), on.note or str(on.why.label)
        if less and (told or place.kind == Place.Kind.DORMITORY):
            return less.brief, less.words
        return (gettext("无"), on.note or str(on.why.label)) if told else ("", "")

    def marks(self, rows: Sequence[Row]) -> Iterator[Mark]:
        """Yield the marks of a day; many slots alike of one check-list are told by one."""
        alike: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in rows:
            alike[row.wording.checklist_id, row.standing].append(row)
        for these in alike.values():
            if len(these) > APART:
                yield _mark(these[0], _listed(these[0]) if these[0].check else "", len(these))
            else:
                yield from (_mark(row, self.url(row)) for row in these)

    def url(self, row: Row) -> str:
        """Return the record of a slot, or its form where the reader works at the school; else nothing."""
        own = row.place.school.unit_id in self.own_units
        return row.url if row.check is not None or (own and row.can_be_filled) else ""


def _mark(row: Row, url: str, times: int = 1) -> Mark:
    template = row.wording.spec.template
    return Mark(SIGNS[row.standing], KINDS[row.wording.schedule.kind], local(template.zh, template.en), url, times)


def _listed(row: Row) -> str:
    day = row.slot.date.isoformat()
    asked: dict[str, str | int] = {"place": row.place.pk, "checklist": row.wording.code, "since": day, "until": day}
    return f"{reverse('inspections:checks')}?{urlencode(asked)}"


def tabs(school: int, code: str) -> list[Tab]:
    """Return the two ways to look at a school's checks: as a list, as a month."""
    listed = f"{reverse('inspections:checks')}?{urlencode({'school': code})}"
    return [Tab("list", gettext("清单"), listed), Tab("month", gettext("月历"), address(school))]


def tabs_for(viewer: User, code: str) -> list[Tab]:
    """Return the same for a list narrowed to one school, or for the school a person works at; else nothing."""
    if not code and viewer.roles.isdisjoint(SCHOOL_ROLES):
        return []
    own = Q(school__code=code) if code else Q(school__unit__in=[post.unit_id for post in viewer.live_posts])
    found = Place.objects.visible_to(viewer).filter(own).order_by("school", "pk")
    school = found.values_list("school_id", "school__code").first()
    return tabs(*school) if school is not None else []


def address(school: int) -> str:
    """Return where a school's month is shown."""
    return reverse("inspections:check-month", args=[school])


def day_address(school: int, place: int, day: date) -> str:
    """Return where one day of one place stands in its month."""
    asked: dict[str, str | int] = {"month": month_key(day), "place": place}
    return f"{address(school)}?{urlencode(asked)}#{anchor(place, day)}"


def anchor(place: int, day: date) -> str:
    """Return the name of one day of one place on the page."""
    return f"day-{place}-{day.isoformat()}"
