"""The org tree as it stood on a day, and who may be shown to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from logistics_portal.accounts.models import Post, PostRequest, Unit, UnitChange, UnitPeriod, User
from logistics_portal.accounts.models.people import able_offices
from logistics_portal.accounts.permissions import RISING, Level, Permission, Role
from logistics_portal.kit.dated import held
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.scoping import within
from logistics_portal.records.models import AuditRow

SCHOOLS_OFFERED = 500


@dataclass(frozen=True)
class Standing:
    """How a unit stood on a day: its code, name, kind, whom it reported to, and its path in that day's tree."""

    unit_id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str


def unit_at(unit: Unit, on: date) -> UnitPeriod | None:
    """Return the period of a unit that holds on a day, or nothing while it did not exist."""
    return _held(on).filter(unit=unit).first()


def tree_at(on: date) -> dict[int, Standing]:
    """Return every unit that existed on a day, by id, as it stood then: names, codes, parents and paths of that day."""
    periods = {period.unit_id: period for period in _held(on)}
    paths: dict[int, str] = {}
    return {
        unit_id: Standing(
            unit_id, period.code, period.name, period.kind, period.parent_id, _path(unit_id, periods, paths)
        )
        for unit_id, period in periods.items()
    }


def below_at(unit: Unit, on: date) -> frozenset[int]:
    """Return the ids of a unit and of everything under it in the tree of that day."""
    tree = tree_at(on)
    top = tree.get(unit.pk)
    if top is None:
        return frozenset()
    return frozenset(standing.unit_id for standing in tree.values() if standing.path.startswith(top.path))


def _held(on: date) -> QuerySet[UnitPeriod]:
    return UnitPeriod.objects.filter(held(on))


def _path(unit_id: int, periods: dict[int, UnitPeriod], known: dict[int, str]) -> str:
    if unit_id not in known:
        period = periods[unit_id]
        above = period.parent_id
        known[unit_id] = (_path(above, periods, known) if above in periods else "") + f"{period.code}/"
    return known[unit_id]


def people_visible_to(viewer: User) -> QuerySet[User]:
    """Return the people with a post, past or present, where the viewer's posts reach, and the viewer."""
    return User.objects.filter(Q(posts__in=Post.objects.visible_to(viewer)) | Q(pk=viewer.pk)).distinct()


def unused_people(before: datetime) -> QuerySet[User]:
    """Return the people who can sign in and have neither worked, nor signed in, nor been let in again since."""
    moments = ("seen_at", "last_login", "reopened_at")
    unused = Q(is_active=True, created_at__lt=before)
    for name in moments:
        unused &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": before})
    return User.objects.filter(unused)


def posts_of(person: User, viewer: User) -> QuerySet[Post]:
    """Return a person's posts, past and present, that the viewer may see, newest first."""
    rows = Post.objects.all() if person.pk == viewer.pk else Post.objects.visible_to(viewer)
    rows = rows.filter(user=person).select_related("unit__parent", "granted_by", "revoked_by", "stands_in_for__user")
    return rows.order_by("-from_date", "-pk")


def latest_post(person: User, viewer: User) -> Post:
    """Return the latest post of a person that the viewer sees; its unit answers for the person."""
    post = posts_of(person, viewer).first()
    if post is None:
        raise NotAllowed(gettext("%(name)s 没有任何岗位，请先授予岗位。") % {"name": person.full_name})
    return post


def colleague(viewer: User, username: str) -> User:
    """Return the person within reach who signs in under a name, or refuse."""
    found = people_visible_to(viewer).filter(username=username.strip().casefold(), is_active=True).first()
    if found is None:
        raise NotAllowed(gettext("本单位范围内没有登录名“%(name)s”。") % {"name": username})
    return found


def unit_named(viewer: User, text: str) -> Unit:
    """Return the one unit within reach that a code or a whole name means, or refuse with what to do."""
    text = text.strip()
    units = Unit.objects.visible_to(viewer).filter(Q(code=text.upper()) | Q(name=text), until_date__isnull=True)
    found = list(units.order_by("code")[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise NotAllowed(gettext("有几个单位都叫“%(text)s”，请填代码。") % {"text": text})
    raise NotAllowed(gettext("范围内没有“%(text)s”，请核对代码或全称。") % {"text": text})


def grant_right(unit: Unit) -> Permission:
    """Return the right that ending a post at a unit asks for."""
    return Permission.POST_GRANT_SCHOOL if unit.kind == Unit.Kind.SCHOOL else Permission.POST_GRANT_BUREAU


def direct_right(unit: Unit) -> Permission | None:
    """Return the right to staff a unit without a second person; at the province nobody has it."""
    if unit.kind == Unit.Kind.SCHOOL:
        return Permission.POST_GRANT_LOGS
    return None if unit.kind == Unit.Kind.PROVINCE else Permission.POST_GRANT_BUREAU


def grant_choices(unit: Unit) -> tuple[list[tuple[int, str]], list[Unit]]:
    """Return what a post at a unit can be narrowed to: the places of a school, the schools of a bureau."""
    if unit.kind == Unit.Kind.SCHOOL:
        school = getattr(unit, "school", None)
        return ([(place.pk, place.name) for place in school.places.order_by("kind", "pk")] if school else [], [])
    schools = Unit.objects.below(unit).filter(kind=Unit.Kind.SCHOOL, until_date__isnull=True)
    return [], list(schools.order_by("code")[:SCHOOLS_OFFERED])


def request_facts(request: PostRequest) -> list[tuple[str, str]]:
    """Return what a post request asks for, as pairs of label and value."""
    last = request.last_date.isoformat() if request.last_date else gettext("长期")
    schools = Unit.objects.filter(pk__in=request.school_units).order_by("code").values_list("name", flat=True)
    places = [str(row.place) for row in request.post.listed_places.select_related("place")] if request.post else []
    school = getattr(request.unit, "school", None) if request.places and not places else None
    if school is not None:
        places = [str(place) for place in school.places.filter(pk__in=request.places).order_by("kind", "pk")]
    rows = [
        (gettext("单位"), request.unit.name),
        (gettext("岗位"), request.title),
        (gettext("姓名"), request.full_name),
        (gettext("登录名"), request.username),
        (gettext("手机"), request.phone),
        (gettext("任期"), f"{request.first_date.isoformat()} – {last}"),
        (gettext("只负责这些学校"), "、".join(schools)),
        (gettext("只负责这些场所"), "、".join(places)),
        (gettext("依据"), request.reason),
        (gettext("提出人"), request.asked_by.full_name),
        (gettext("办理人"), request.decided_by.full_name if request.decided_by else ""),
        (gettext("退回理由"), request.answer),
    ]
    return [(label, value) for label, value in rows if value]


def change_facts(change: UnitChange) -> list[tuple[str, str]]:
    """Return what a change would do, as pairs of label and value."""
    facts = change.facts
    rows = [
        (gettext("名称"), facts.get("name")),
        (gettext("代码"), facts.get("code")),
        (gettext("新的上级"), _name_of(facts.get("parent"))),
        (gettext("承接单位"), _name_of(facts.get("successor"))),
        (gettext("生效日期"), change.on_date.isoformat()),
        (gettext("依据"), change.reason),
        (gettext("提出人"), change.asked_by.full_name),
    ]
    return [(label, str(value)) for label, value in rows if value]


def _name_of(pk: object) -> str:
    return Unit.objects.filter(pk=pk).values_list("name", flat=True).first() or "" if isinstance(pk, int) else ""


def acts_visible_to(viewer: User) -> QuerySet[AuditRow]:
    """Return the audit rows of the units within reach; whoever sees the whole province sees those of no unit too."""
    condition = within(AuditRow, viewer.reach)
    if any(path.count("/") == 1 for path in viewer.reach.paths):
        condition |= Q(unit__isnull=True)
    return AuditRow.objects.filter(condition).select_related("by", "post", "unit")


def holders(permission: Permission, at: Unit, on: date) -> QuerySet[User]:
    """Return the people whose post of a day may use `permission` at a unit."""
    posts = Post.objects.in_force(on=on).filter(unit__in=upwards(at)).select_related("unit__parent", "user")
    able = [post.user_id for post in posts if post.allows(permission, at=at)]
    return User.objects.filter(pk__in=able, is_active=True)


def answerers(permission: Permission, at: Unit, on: date) -> list[User]:
    """Return who is called for an answer at a unit: the clerks of the office that may give it, else whoever may."""
    people = list(holders(permission, at, on).order_by("pk"))
    clerks = Post.objects.in_force(on=on).filter(user__in=people, role=Role.OFFICE_CLERK).values_list("user", flat=True)
    return [person for person in people if person.pk in set(clerks)] or people


def acting_office(permission: Permission, level: Level, at: Unit) -> Unit:
    """Return the office that uses a right at a unit: F or C, or the nearest above it with anybody for it (rights §1).

    Where nobody has it all the way up, F or C itself.
    """
    office = meant = at.first_reviewer if level is Level.FIRST else at.first_reviewer.next_level
    able = able_offices(permission, level) if permission in RISING else frozenset({office.pk})
    while office.pk not in able:
        if office.parent is None:
            return meant
        office = office.next_level
    return office


def people_in_post(roles: Iterable[str], unit: Unit, on: date) -> QuerySet[User]:
    """Return the people who hold one of these roles at a unit on a day and can sign in."""
    posts = Post.objects.in_force(on=on).filter(unit=unit, role__in=list(roles))
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk")


def upwards(unit: Unit) -> QuerySet[Unit]:
    """Return a unit and everything above it."""
    codes = unit.path.strip("/").split("/")
    return Unit.objects.filter(path__in=["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))])
