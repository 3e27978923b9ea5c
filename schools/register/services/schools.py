"""What writes schools: added with their own unit, edited, their dated flags, closed, merged, moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, UnitPeriod, User
from logistics_portal.accounts.services.units import lock_tree
from logistics_portal.kit.dated import held
from logistics_portal.kit.dates import local_date, midnight
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.figures import closes_after, freeze_day_at
from schools.register.models import Enrolment, Place, School, Trait
from schools.register.rules import changes

COLUMNS = {
    Trait.Flag.BOARDING: "is_boarding",
    Trait.Flag.MEALS: "serves_meals",
    Trait.Flag.RURAL: "is_rural_compulsory",
    Trait.Flag.WEEKENDS: "keeps_weekends",
}


class Facts(TypedDict, total=False):
    """What is kept of a school besides its unit."""

    code: str
    name: str
    initials: str
    kind: str
    ownership: str
    division: str
    is_rural_compulsory: bool
    is_boarding: bool
    serves_meals: bool
    keeps_weekends: bool
    pupils: int
    boarders: int
    address: str
    phone: str
    opened_date: date


@transaction.atomic
def add_school(*, supervising: Unit, by: User | None, at: datetime, **facts: Unpack[Facts]) -> School:
    """Add a school: its own unit under the bureau that supervises it, the unit's first period, its dated flags (R2).

    Raises `NotAllowed` when the code is taken, or the bureau cannot supervise schools.
    """
    code = facts["code"].strip().upper()
    may_supervise(supervising)
    if Unit.objects.filter(code=code).exists() or School.objects.filter(code=code).exists():
        raise NotAllowed(gettext("代码 %(code)s 已被使用，请核对。") % {"code": code})
    opened = facts.setdefault("opened_date", local_date(at))
    name = facts["name"].strip()
    unit = Unit.objects.create(
        code=code,
        name=name,
        kind=Unit.Kind.SCHOOL,
        parent=supervising,
        path=f"{supervising.path}{code}/",
        division=facts.get("division") or supervising.division,
        from_date=opened,
    )
    UnitPeriod.objects.create(
        unit=unit, from_date=opened, code=code, name=name, kind=unit.kind, parent=supervising, reason=gettext("建校")
    )
    facts["code"], facts["name"], facts["division"] = code, name, unit.division
    facts["initials"] = facts.get("initials") or changes.initials(name)
    school = School.objects.create(unit=unit, **facts)
    Trait.objects.bulk_create(first_traits(school))
    records.log(by=by, verb="school.add", on=school, at=at, after=dict(facts))
    return school


def first_traits(school: School) -> list[Trait]:
    """Return the dated flags of a new school, from its first day on; not saved."""
    return [
        Trait(school=school, flag=flag, value=getattr(school, column), from_date=school.opened_date)
        for flag, column in COLUMNS.items()
    ]


def may_supervise(unit: Unit) -> None:
    """Refuse a unit under which no school can stand."""
    if unit.kind == Unit.Kind.SCHOOL or not unit.switched_on or unit.until_date is not None:
        raise NotAllowed(gettext("“%(name)s”不能作为学校的主管单位。") % {"name": unit.name})


@transaction.atomic
def edit_school(*, school: School, by: User | None, at: datetime, **facts: Unpack[Facts]) -> School:
    """Change what is kept of a school; the dated flags go through `set_trait`.

    A new name is the name of its unit from today on; the old one stays in the unit's history.
    """
    school = _locked(school)
    flags = set(COLUMNS.values())
    new = {name: value for name, value in facts.items() if name not in flags and getattr(school, name) != value}
    before = {name: getattr(school, name) for name in new}
    if "name" in new and "initials" not in new:
        new["initials"] = changes.initials(str(new["name"]))
    for name, value in new.items():
        setattr(school, name, value)
    if new:
        school.save(update_fields=list(new))
        records.log(by=by, verb="school.edit", on=school, at=at, before=before, after=new)
    if "name" in new:
        _rename(school, local_date(at))
    return school


@transaction.atomic
def set_trait(
    *, school: School, flag: str, value: bool, from_date: date, by: User | None, at: datetime
) -> Trait | None:
    """Say from which day a school boards, feeds, is rural or keeps weekends; nothing when it says so already (R4).

    Never back-dated over a day whose checks are closed. What was entered for later days gives way.
    """
    school = _locked(school)
    changes.not_over_closed_days(from_date, at, closes_after(at))
    rows = school.traits.filter(flag=flag)
    rows.filter(from_date__gte=from_date).delete()
    last = rows.order_by("-from_date").first()
    told = None
    if last is None or last.value != value:
        if last is not None:
            last.until_date = from_date - timedelta(days=1)
            last.save(update_fields=["until_date"])
        told = Trait.objects.create(school=school, flag=flag, value=value, from_date=from_date)
        after = {"flag": flag, "value": value, "from": from_date}
        records.log(by=by, verb="school.set_trait", on=school, at=at, after=after)
    elif last.until_date is not None:
        last.until_date = None
        last.save(update_fields=["until_date"])
    if from_date <= local_date(at):
        column = COLUMNS[Trait.Flag(flag)]
        setattr(school, column, value)
        school.save(update_fields=[column])
    return told


@transaction.atomic
def set_enrolment(*, school: School, year: int, pupils: int, boarders: int, by: User | None, at: datetime) -> Enrolment:
    """Record the pupils and boarders of a school on 1 October of a year; the newest are the school's own figures.

    The evaluation weighs by them (rights §4), so that they stand still once the year's data are frozen.
    """
    school = _locked(school)
    may_enrol(year, at)
    if boarders > pupils:
        raise NotAllowed(gettext("寄宿生数不能多于在校生数。"))
    told = {"pupils": pupils, "boarders": boarders}
    kept = Enrolment.objects.filter(school=school, year=year).values("pupils", "boarders").first()
    row, _new = Enrolment.objects.update_or_create(school=school, year=year, defaults=told)
    if not school.enrolments.filter(year__gt=year).exists():
        school.pupils, school.boarders = pupils, boarders
        school.save(update_fields=["pupils", "boarders"])
    records.log(by=by, verb="school.set_enrolment", on=school, at=at, before=kept or {}, after={"year": year, **told})
    return row


def may_enrol(year: int, at: datetime) -> None:
    """Refuse the pupils of a year whose 1 October has not come, or whose data are frozen."""
    freeze_day = freeze_day_at(at)
    if at < midnight(date(year, 10, 1)):
        raise NotAllowed(gettext("%(year)s 年的在校生数从 10 月 1 日起填报。") % {"year": year})
    if changes.year_frozen(year, at, freeze_day):
        raise NotAllowed(gettext("%(year)s 年的数据已冻结，在校生数不能再改。") % {"year": year})


@transaction.atomic
def reconcile_flags(*, on: date) -> int:
    """Bring the schools' own columns in step with the flags in force on a day; returns how many schools changed."""
    running = Trait.objects.filter(held(on))
    changed: set[int] = set()
    for flag, column in COLUMNS.items():
        for value in (True, False):
            differing = running.filter(flag=flag, value=value, **{f"school__{column}": not value})
            ids = list(differing.values_list("school_id", flat=True))
            School.objects.filter(pk__in=ids).update(**{column: value})
            changed.update(ids)
    return len(changed)


@transaction.atomic
def close_school(
    *, school: School, on: date, document: str, by: User | None, at: datetime, successor: School | None = None
) -> School:
    """Close a school after its last day, or merge it into another; its unit and places end with it, its history stays.

    Raises `NotAllowed` when it is closed already, the day lies before a closed day, or the successor cannot take over.
    """
    school = _locked(school)
    changes.not_over_closed_days(on, at, closes_after(at))
    if school.closed_date is not None:
        raise NotAllowed(gettext("这所学校已经撤并。"))
    if on < school.opened_date:
        raise NotAllowed(gettext("撤并日期不能早于建校日期。"))
    if successor is not None and (successor.pk == school.pk or successor.closed_date is not None):
        raise NotAllowed(gettext("接收学校必须是另一所在办学校。"))
    school.closed_date, school.successor = on, successor
    school.save(update_fields=["closed_date", "successor"])
    unit = school.unit
    unit.until_date, unit.successor = on, successor.unit if successor else None
    unit.save(update_fields=["until_date", "successor"])
    UnitPeriod.objects.filter(unit=unit, until_date__isnull=True).update(until_date=on, reason=document[:200])
    places = Place.objects.filter(school=school).filter(Q(until_date__isnull=True) | Q(until_date__gt=on))
    places.filter(from_date__lte=on).update(until_date=on)
    verb = "school.merge" if successor else "school.close"
    after = {"on": on, "successor": successor.code if successor else None}
    records.log(by=by, verb=verb, on=school, at=at, after=after, reason=document)
    return school


def not_closed(school: School) -> None:
    """Refuse to move a school whose end is decided, whether its last day has come or not."""
    if school.closed_date is not None:
        told = {"name": school.name, "day": school.closed_date}
        raise NotAllowed(gettext("“%(name)s”已批准撤并，办到 %(day)s，不能变更主管单位；请撤回或驳回这次申请。") % told)


def may_move(school: School, to: Unit) -> None:
    """Refuse the move of a school that ended or will end, and a bureau that cannot supervise it or does so already."""
    not_closed(school)
    may_supervise(to)
    if to.pk == school.unit.parent_id:
        raise NotAllowed(gettext("学校现在就由这个单位主管。"))


@transaction.atomic
def move_school(*, school: School, to: Unit, from_date: date, document: str, by: User | None, at: datetime) -> School:
    """Put a school under another bureau; its unit's path is rewritten, its history keeps the old reporting line (R113).

    Raises `NotAllowed` for a day still to come, since the tree is as it stands today, and over closed days.
    """
    lock_tree()
    school, to = _locked(school), Unit.objects.get(pk=to.pk)
    may_move(school, to)
    unit = school.unit
    if from_date > local_date(at):
        raise NotAllowed(gettext("请到 %(day)s 当天再办理，机构树以当天为准。") % {"day": from_date})
    changes.not_over_closed_days(from_date, at, closes_after(at))
    before: Mapping[str, object] = {"path": unit.path}
    unit.parent, unit.path = to, f"{to.path}{unit.code}/"
    unit.save(update_fields=["parent", "path"])
    next_period(unit, from_date, document)
    records.log(by=by, verb="school.move", on=school, at=at, before=before, after={"path": unit.path}, reason=document)
    return school


def _rename(school: School, today: date) -> None:
    unit = school.unit
    unit.name = school.name
    unit.save(update_fields=["name"])
    next_period(unit, today, gettext("更名"))


def next_period(unit: Unit, from_date: date, reason: str) -> None:
    """End a unit's running period the day before and begin the next; a period begun that very day is rewritten."""
    running = UnitPeriod.objects.filter(unit=unit, until_date__isnull=True)
    running.filter(from_date__lt=from_date).update(until_date=from_date - timedelta(days=1))
    UnitPeriod.objects.update_or_create(
        unit=unit,
        from_date=from_date,
        defaults={
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind,
            "parent": unit.parent,
            "reason": reason[:200],
        },
    )


def _locked(school: School) -> School:
    return School.objects.select_for_update(of=("self",)).select_related("unit__parent__parent").get(pk=school.pk)
