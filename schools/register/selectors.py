"""What a school's page tells, who may do what on it, and what the search box finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Level, Permission, Role
from logistics_portal.accounts.selectors import acting_office
from logistics_portal.kit.components import Figure
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Job
from logistics_portal.records.selectors import trail
from schools.register.figures import closes_after, freeze_day_at
from schools.register.models import Enrolment, ImportFile, Place, Proposal, School
from schools.register.rules import changes

FOUND_AT_MOST = 20
NUMBERS = re.compile(r"([0-9]{1,9})")
PLACE_PAGES = {
    Place.Kind.CANTEEN: ("canteens:canteen", "canteens:add"),
    Place.Kind.DORMITORY: ("dormitories:building", "dormitories:add"),
    Place.Kind.CAMPUS: ("campus:campus", "campus:add"),
}
OF_SCHOOL = frozenset({Proposal.Kind.EDIT, Proposal.Kind.ENROL})
OF_PLACE = frozenset({Proposal.Kind.CLOSE_PLACE, Proposal.Kind.REOPEN_PLACE})
CITIES = frozenset({Unit.Kind.CITY, Unit.Kind.SPECIAL_COMMITTEE})


@dataclass(frozen=True)
class Rights:
    """What one person may do with a school."""

    edit: bool
    propose: bool
    close: bool
    add_place: bool
    close_place: bool


def rights_over(user: User, school: School, on: date) -> Rights:
    """Return what a person may do with a school; nothing once it is closed, no second end before."""
    if school.closed_date is not None and school.closed_date < on:
        return Rights(*[False] * 5)
    unit = school.unit
    edit = user.can(Permission.SCHOOL_EDIT, at=unit)
    return Rights(
        edit=edit,
        propose=edit or user.can(Permission.SCHOOL_PROPOSE, at=unit),
        close=school.closed_date is None and user.can(Permission.SCHOOL_CLOSE, at=unit),
        add_place=user.can(Permission.PLACE_ADD, at=unit),
        close_place=user.can(Permission.PLACE_CLOSE, at=unit),
    )


def open_enrolment_year(at: datetime) -> int | None:
    """Return the year whose pupils of 1 October may be told now, where there is one."""
    return changes.enrolment_year(at, freeze_day_at(at))


def enrolment_asked(school: School, held: Iterable[Enrolment], at: datetime) -> int | None:
    """Return the year whose pupils of 1 October are still to be told, while they may be."""
    year = open_enrolment_year(at)
    if year is None or school.opened_date > date(year, 10, 1) or any(row.year == year for row in held):
        return None
    return year


def pupils_on_first_october(schools: Iterable[int], year: int) -> dict[int, int]:
    """Return the pupils of schools on 1 October of a year, the weights of bureaus' results; unsaid is left out."""
    rows = Enrolment.objects.filter(school__in=list(schools), year=year)
    return dict(rows.values_list("school_id", "pupils"))


def found(user: User, text: str) -> QuerySet[School]:
    """Return the schools a person sees by name, pinyin initials or code, those that begin with the text first."""
    text = text.strip()[:60]
    begins = Q(name__startswith=text) | Q(initials__startswith=text.lower()) | Q(code=text.upper())
    rank = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = School.objects.visible_to(user).matching(text).select_related("unit__parent")
    return rows.annotate(rank=rank).order_by("rank", "closed_date", "code", "pk")[:FOUND_AT_MOST]


def bureaus_of(user: User) -> QuerySet[Unit]:
    """Return the bureaus a person may narrow a list to."""
    return Unit.objects.visible_to(user).bureaus().order_by("path", "pk")


def supervisors_for(user: User, permission: Permission) -> list[Unit]:
    """Return the bureaus under which a person may add schools."""
    posts = [post.unit for post in user.live_posts]
    return [unit for unit in dict.fromkeys(posts) if user.can(permission, at=unit)]


def facts_of(school: School) -> list[tuple[str, object]]:
    """Return the plain facts of a school as label and value."""
    yes, no = gettext("是"), gettext("否")
    ended = [(gettext("撤并日期"), school.closed_date.isoformat())] if school.closed_date else []
    chain = [unit.name for unit in _above(school.unit)]
    return [
        (gettext("学校名称"), school.name),
        (gettext("学校代码"), school.code),
        (gettext("主管单位"), " › ".join(reversed(chain))),
        (gettext("所在行政区划"), school.division),
        (gettext("学校类型"), school.get_kind_display()),
        (gettext("办学性质"), school.get_ownership_display()),
        (gettext("寄宿制"), yes if school.is_boarding else no),
        (gettext("供餐"), yes if school.serves_meals else no),
        (gettext("周末留宿"), yes if school.keeps_weekends else no),
        (gettext("农村义务教育"), yes if school.is_rural_compulsory else no),
        (gettext("在校生数"), f"{school.pupils:,}"),
        (gettext("寄宿生数"), f"{school.boarders:,}"),
        (gettext("地址"), school.address),
        (gettext("办公电话"), school.phone),
        (gettext("拼音首字母"), school.initials),
        (gettext("建校日期"), school.opened_date.isoformat()),
        *ended,
    ]


def _above(unit: Unit) -> list[Unit]:
    chain = []
    parent = unit.parent
    while parent is not None:
        chain.append(parent)
        parent = parent.parent
    return chain


@dataclass(frozen=True)
class PlaceLine:
    """A place on its school's page: where its file is, and whether it is in use."""

    place: Place
    page: str
    tone: str
    word: str


def places_of(school: School, on: date) -> list[PlaceLine]:
    """Return the places of a school: those in use first, by kind, the second canteen before the tenth."""
    kinds = list(Place.Kind)
    lines = [_line(place, on) for place in school.places.order_by("pk")]
    return sorted(
        lines, key=lambda it: (it.tone == "idle", kinds.index(Place.Kind(it.place.kind)), counted(it.place.name))
    )


def counted(name: str) -> list[tuple[str, int]]:
    """Return what names are put in order by, numbers in them counted and not spelt."""
    return [(part, 0) if part and not part.isdecimal() else ("", int(part or 0)) for part in NUMBERS.split(name)]


def _line(place: Place, on: date) -> PlaceLine:
    page = PLACE_PAGES[Place.Kind(place.kind)][0]
    if place.until_date is not None and place.until_date < on:
        return PlaceLine(place, page, "idle", gettext("已停用"))
    if place.from_date > on:
        return PlaceLine(place, page, "info", gettext("未启用"))
    if place.until_date is not None:
        return PlaceLine(place, page, "warn", gettext("将停用"))
    return PlaceLine(place, page, "good", gettext("在用"))


def decider_unit(proposal: Proposal) -> Unit:
    """Return the bureau that answers: the first reviewer for edits, figures and places, one above for the rest.

    A move between two cities goes to the province.
    """
    unit = proposal.school.unit
    if proposal.kind in OF_SCHOOL | OF_PLACE:
        right = Permission.SCHOOL_EDIT if proposal.kind in OF_SCHOOL else Permission.PLACE_CLOSE
        return acting_office(right, Level.FIRST, unit)
    return _root(unit) if _leaves_the_city(proposal) else acting_office(Permission.SCHOOL_END, Level.NEXT, unit)


def _leaves_the_city(proposal: Proposal) -> bool:
    """Say whether a school would move to another city; then the province answers."""
    target = proposal.target_unit
    return target is not None and _city_of(target) != _city_of(proposal.school.unit.first_reviewer)


def _city_of(unit: Unit) -> Unit | None:
    """Return the city or committee a bureau belongs to; the province belongs to none."""
    found: Unit | None = unit
    while found is not None and found.kind not in CITIES:
        found = found.parent
    return found


def approval_taken_back(proposal: Proposal) -> AuditRow | None:
    """Return the approval that was taken back again, from the trail; nothing where there was none."""
    if proposal.state not in {Proposal.State.REFUSED, Proposal.State.WITHDRAWN}:
        return None
    return next((row for row in trail(proposal) if row.verb == f"{proposal.kind}.agree"), None)


def is_too_late(proposal: Proposal, at: datetime) -> bool:
    """Say whether what was agreed to can take effect no more: the checks of its day are closed."""
    return changes.slots_closed(proposal.takes_effect, at, closes_after(at))


def may_decide(user: User, proposal: Proposal) -> bool:
    """Say whether a person may answer a proposal: another one than who asked, at the bureau that answers."""
    if proposal.asked_by_id == user.pk:
        return False
    unit = proposal.school.unit
    if proposal.kind in OF_SCHOOL:
        return user.can(Permission.SCHOOL_EDIT, at=unit)
    if proposal.kind in OF_PLACE:  # the school's own right to ask is the same one
        return user.can(Permission.PLACE_CLOSE, at=unit.first_reviewer)
    right = Permission.SCHOOL_MOVE_FAR if _leaves_the_city(proposal) else Permission.SCHOOL_END
    return user.can(right, at=unit)


def waiting_for(user: User) -> list[Proposal]:
    """Return what waits for a person's answer, oldest first; only bureaus answer."""
    rows = Proposal.objects.visible_to(user).filter(state=Proposal.State.REQUESTED).exclude(asked_by=user)
    related = ("school__unit__parent__parent__parent", "target_unit__parent__parent")
    oldest = rows.filter(_may_be_theirs(user)).select_related(*related).order_by("asked_at", "pk")
    return [row for row in oldest if may_decide(user, row)][:FOUND_AT_MOST]


def _may_be_theirs(user: User) -> Q:
    """Return what a person may answer; whether a move leaves the city is seen row by row."""
    of_school = user.where(Permission.SCHOOL_EDIT, "school__unit") & Q(kind__in=OF_SCHOOL)
    of_place = user.where(Permission.PLACE_CLOSE, "school__unit") & Q(kind__in=OF_PLACE)
    ends = user.where(Permission.SCHOOL_END, "school__unit") & ~Q(kind__in=OF_SCHOOL | OF_PLACE)
    moves = user.where(Permission.SCHOOL_MOVE_FAR, "school__unit") & Q(kind=Proposal.Kind.MOVE)
    return of_school | of_place | ends | moves


def _root(unit: Unit) -> Unit:
    while unit.parent is not None:
        unit = unit.parent
    return unit


def school_by_code(code: str) -> School:
    """Return the running school of a code, or refuse."""
    school = School.objects.filter(code=code.strip().upper(), closed_date__isnull=True).first()
    if school is None:
        raise NotAllowed(gettext("没有代码为 %(code)s 的在办学校。") % {"code": code})
    return school


def unit_by_code(code: str) -> Unit:
    """Return the bureau of a code, or refuse."""
    unit = Unit.objects.exclude(kind=Unit.Kind.SCHOOL).filter(code=code.strip().upper()).first()
    if unit is None:
        raise NotAllowed(gettext("没有代码为 %(code)s 的主管单位。") % {"code": code})
    return unit


def _yes(value: bool) -> str:
    return gettext("是") if value else gettext("否")


def wish_of(proposal: Proposal) -> list[tuple[str, object]]:
    """Return what a proposal asks for as label and value."""
    day_words = gettext("统计日期") if proposal.kind == Proposal.Kind.ENROL else gettext("生效日期")
    rows: list[tuple[str, object]] = [
        (gettext("学校"), proposal.school),
        (gettext("事项"), proposal.get_kind_display()),
        (gettext("场所"), proposal.place),
        (day_words, proposal.takes_effect.isoformat()),
        (gettext("接收学校"), proposal.successor),
        (gettext("新主管单位"), proposal.target_unit),
        (gettext("依据"), proposal.document),
    ]
    for name, value in proposal.changes.items():
        if name == "year":
            continue  # its day stands above
        field = School._meta.get_field(name)  # noqa: SLF001 - Django's documented way to a field
        told = _yes(value) if isinstance(value, bool) else dict(getattr(field, "choices", None) or ()).get(value, value)
        rows.append((str(getattr(field, "verbose_name", name)), told))
    asked = (gettext("申请人"), f"{proposal.asked_by} {timezone.localtime(proposal.asked_at):%Y-%m-%d %H:%M}")
    return [row for row in [*rows, asked] if row[1]]


def may_confirm_import(user: User, row: ImportFile, *, head: bool) -> bool:
    """Say whether a person may agree to a dry run: the uploader a small one, the head of the unit a big one."""
    if not head:
        return user.can(Permission.SCHOOL_IMPORT, at=row.unit)
    heads = [post for post in user.live_posts if post.role == Role.OFFICE_HEAD and post.unit_id == row.unit_id]
    return bool(heads) and row.by_id != user.pk


def job_of(kind: str, pk: int) -> Job | None:
    """Return the background work on an import, where there is one."""
    return Job.objects.filter(kind=kind, key=str(pk)).first()


def import_figures(figures: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of a dry run for its page."""
    words = [
        ("rows", gettext("读到"), ""),
        ("new", gettext("新增"), "good"),
        ("changed", gettext("变更"), "info"),
        ("same", gettext("相同"), ""),
        ("errors", gettext("有错"), "bad"),
        ("guessed", gettext("类型由校名推断"), "warn"),
        ("carried", gettext("主管单位沿用上一行"), "warn"),
    ]
    always = {"rows", "new", "changed", "same", "errors"}
    return [
        Figure(label, int(figures.get(key, 0)), tone=tone if figures.get(key) else "", unit=gettext("行"))
        for key, label, tone in words
        if figures and "rows" in figures and (key in always or figures.get(key))
    ]
