"""Who is told what by the clock: checks not handed in, a night without roll call, slots that were missed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from inspections.checks.figures import call_figures_on
from inspections.checks.people import roles_of
from inspections.checks.rules.calls import Call, is_called
from inspections.checks.selectors import LOOK_BACK, Row, rows_between
from inspections.schedules.models import Missed
from inspections.schedules.rules import ScheduleKind, Standing, stage_dues
from inspections.schedules.versions import wordings
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import ONE_DAY, last_day_before, local_date
from logistics_portal.records.models import Notice
from logistics_portal.records.sayings import Named, Said, said
from logistics_portal.records.services import notify
from schools.register.models import Place, PlaceQuerySet

AT_ONCE = 1000
WAITING = frozenset({Standing.OPEN, Standing.RECEIVING, Standing.OVERDUE})
STAGE_ALARM_HOURS = timedelta(hours=6)
RECENT = timedelta(days=4)  # a daily or weekly slot that falls due today is dated no earlier


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds which post at which unit today."""

    by_unit: dict[tuple[int, str], list[User]]

    def at(self, unit: int, roles: Iterable[str]) -> list[User]:
        """Return the people with one of these posts at a unit."""
        return [user for role in roles for user in self.by_unit.get((unit, str(role)), ())]


def holders_at(units: Collection[int], roles: Collection[str], *, on: date) -> Holders:
    """Return who holds these posts at many units; one query."""
    posts = Post.objects.in_force(on=on).filter(unit__in=units, role__in=roles, user__is_active=True)
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    for post in posts.select_related("user").order_by("pk"):
        found[post.unit_id, post.role].append(post.user)
    return Holders(found)


def remind(*, at: datetime, call: Call) -> int:
    """Tell who has checks still open that this round of reminders names: the doer and the logistics officer, or
    the vice principal.
    """
    today, told = local_date(at), 0
    for places in _chunks(_living(today)):
        waiting = [row for row in _called(places, today, at, call) if row.standing in WAITING]
        by_school: dict[int, list[Row]] = defaultdict(list)
        for row in waiting:
            by_school[row.place.school.unit_id].append(row)
        people = holders_at(by_school, _reminded(waiting, call), on=today)
        for unit, rows in by_school.items():
            to = people.at(unit, _reminded(rows, call))
            told += notify(
                to=to,
                key=f"checks-open:{today}:{call}:{unit}",
                title=_words(rows, today),
                url=reverse("inspections:today"),
                urgency=Notice.Urgency.REMINDER,
                at=at,
            )
    return told


def call_missing_stages(*, at: datetime) -> int:
    """Call the people a stage of the night names when it was not handed in by its due; each stage once a night."""
    told = 0
    for places in _chunks(_living(local_date(at), Place.Kind.DORMITORY)):
        evening = local_date(at)
        rows = rows_between(places, evening - ONE_DAY, evening, at)
        late = [(row, code) for row in rows for code in _late_stages(row, at)]
        schools = {row.place.school.unit_id for row, _code in late}
        people = holders_at(schools, [Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL], on=evening)
        for row, code in late:
            told += _call(row, code, people, at)
    return told


def list_for_offices(*, at: datetime) -> int:
    """Put the buildings without roll call on each first reviewer's list at night; one line per office."""
    today, missing = local_date(at), Counter[Unit]()
    for places in _chunks(_living(today, Place.Kind.DORMITORY)):
        rows = rows_between(places, today, today, at)
        missing.update(row.place.school.unit.first_reviewer for row in rows if _first_stage_late(row, at))
    return _tell_offices(missing, f"no-roll:{today}", gettext_noop("%(count)s 栋宿舍楼今晚没有按时点名"), at)


def tell_missed(*, at: datetime) -> int:
    """Tell each school and its first reviewer what was written down as missed since yesterday morning."""
    today = local_date(at)
    rows = Missed.objects.filter(written_at__gt=at - ONE_DAY, written_at__lte=at, superseded=Missed.Superseded.NO)
    schools: Counter[int] = Counter(rows.values_list("school__unit", flat=True))
    people = holders_at(schools, [Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS], on=today)
    told = 0
    for unit, count in schools.items():
        to = people.at(unit, [Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS])
        title = said(gettext_noop("有 %(count)s 项检查漏检"), {"count": count})
        url = reverse("inspections:today")
        told += notify(to=to, key=f"missed:{today}:{unit}", title=title, url=url, at=at)
    offices: Counter[Unit] = Counter()
    for school in Unit.objects.filter(pk__in=schools).select_related("parent__parent__parent"):
        offices[school.first_reviewer] += schools[school.pk]
    return told + _tell_offices(offices, f"missed:{today}", gettext_noop("辖区昨日以来新记漏检 %(count)s 项"), at)


def _tell_offices(counts: Counter[Unit], key: str, words: str, at: datetime) -> int:
    people = holders_at([unit.pk for unit in counts], [Role.OFFICE_CLERK], on=local_date(at))
    told = 0
    for unit, count in counts.items():
        to = people.at(unit.pk, [Role.OFFICE_CLERK])
        title = said(words, {"count": count})
        told += notify(to=to, key=f"{key}:{unit.pk}", title=title, url=reverse("inspections:checks"), at=at)
    return told


def _living(today: date, kind: str = "") -> PlaceQuerySet:
    rows = Place.objects.living(on=today).filter(checked_from__lte=today)
    rows = rows.filter(kind=kind) if kind else rows
    return rows.select_related("school__unit__parent__parent__parent").order_by("school", "pk")


def _chunks(rows: PlaceQuerySet) -> Iterator[list[Place]]:
    """Yield places a thousand at a time, a school never split."""
    some: list[Place] = []
    for place in rows.iterator(chunk_size=AT_ONCE):
        if len(some) >= AT_ONCE and some[-1].school_id != place.school_id:
            yield some
            some = []
        some.append(place)
    if some:
        yield some


def _called(places: Sequence[Place], today: date, at: datetime, call: Call) -> list[Row]:
    """Return the slots that a round of reminders names; monthly ones are looked for further back."""
    held = wordings(today - LOOK_BACK, today).rows
    monthly = sorted({it.checklist_id for it in held if it.schedule.kind == ScheduleKind.MONTHLY})
    rows = [row for row in rows_between(places, today - RECENT, today, at) if row.wording.checklist_id not in monthly]
    if monthly:
        rows += rows_between(places, today - LOOK_BACK, today, at, checklists=monthly)
    figures = call_figures_on(today)
    return [
        row
        for row in rows
        if at <= row.slot.due_at and is_called(row.wording.schedule.kind, row.slot.due_at, today, call, figures)
    ]


def _reminded(rows: Iterable[Row], call: Call) -> list[str]:
    if call == Call.SECOND:
        return [Role.VICE_PRINCIPAL_LOGISTICS]
    meant = [role for row in rows for role in roles_of(row.wording.spec.template.done_by)]
    return list(dict.fromkeys([*meant, Role.LOGISTICS_OFFICER]))


def _words(rows: Sequence[Row], today: date) -> Said:
    names = {(row.wording.checklist_id, row.slot.due_at, row.name): _name(row, today) for row in rows}
    words = {"count": len(rows), "names": list(names.values())}
    return said(gettext_noop("还有 %(count)s 项检查没有提交：%(names)s"), words)


def _name(row: Row, today: date) -> str:
    """Return the form's name, and its last day where that is not today."""
    last = last_day_before(row.slot.due_at)
    if last == today:
        return row.name
    return gettext("%(name)s（%(day)s 截止）") % {"name": row.name, "day": last.isoformat()}


def _late_stages(row: Row, at: datetime) -> list[str]:
    """Return the stages of a night that should be in by now and are not, called while it can still help."""
    if row.standing not in WAITING:
        return []
    stages = row.wording.spec.template.stages
    codes = [it.code for it in stages]
    done = codes.index(row.check.stage) + 1 if row.check and row.check.stage in codes else 0
    dues = stage_dues([{"code": it.code, "due": it.due} for it in stages], row.slot.date)
    return [it.code for it in stages[done:] if it.alarm and dues[it.code] <= at < dues[it.code] + STAGE_ALARM_HOURS]


def _first_stage_late(row: Row, at: datetime) -> bool:
    stages = row.wording.spec.template.stages
    return bool(stages) and stages[0].code in _late_stages(row, at)


def _call(row: Row, code: str, people: Holders, at: datetime) -> int:
    stage = next(it for it in row.wording.spec.template.stages if it.code == code)
    words = {"place": row.place.name, "stage": Named(stage.zh, stage.en)}
    return notify(
        to=people.at(row.place.school.unit_id, roles_of(stage.alarm)),
        key=f"stage:{row.place.pk}:{row.slot.date}:{code}",
        title=said(gettext_noop("%(place)s“%(stage)s”没有按时提交，请立即核实"), words),
        url=row.url,
        urgency=Notice.Urgency.ALARM,
        at=at,
    )
