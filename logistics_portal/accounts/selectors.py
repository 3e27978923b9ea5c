"""The org tree as it stood on a day, and who may be shown to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from logistics_portal.accounts.models import Post, Unit, UnitPeriod, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.scoping import within


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
    return UnitPeriod.objects.filter(Q(until_date__isnull=True) | Q(until_date__gte=on), from_date__lte=on)


def _path(unit_id: int, periods: dict[int, UnitPeriod], known: dict[int, str]) -> str:
    if unit_id not in known:
        period = periods[unit_id]
        above = period.parent_id
        known[unit_id] = (_path(above, periods, known) if above in periods else "") + f"{period.code}/"
    return known[unit_id]


def people_visible_to(viewer: User) -> QuerySet[User]:
    """Return the people with a post, past or present, where the viewer's posts reach."""
    return User.objects.filter(posts__in=Post.objects.visible_to(viewer)).distinct()


def granters_at(unit: Unit, on: date) -> QuerySet[User]:
    """Return who may grant posts at a unit, for the sentence that tells people whom to ask."""
    return holders(Permission.POST_GRANT_SCHOOL, unit.first_reviewer, on)


def holders(permission: Permission, at: Unit, on: date) -> QuerySet[User]:
    """Return the people whose post of a day may use `permission` at a unit."""
    posts = Post.objects.in_force(on=on).filter(unit__in=_upwards(at)).select_related("unit__parent", "user")
    able = [post.user_id for post in posts if post.allows(permission, at=at)]
    return User.objects.filter(pk__in=able, is_active=True)


def people_in_post(roles: Iterable[str], unit: Unit, on: date) -> QuerySet[User]:
    """Return the people who hold one of these roles at a unit on a day and can sign in."""
    posts = Post.objects.in_force(on=on).filter(unit=unit, role__in=list(roles))
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk")


def _upwards(unit: Unit) -> Iterable[Unit]:
    codes = unit.path.strip("/").split("/")
    return Unit.objects.filter(path__in=["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))])


def users_within(viewer: User) -> Q:
    """Return the condition that a post lies within what a viewer's posts reach."""
    return within(Post, viewer.reach)
