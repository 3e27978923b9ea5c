"""Row scoping: a user sees the rows at and below the units, schools and places their posts reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import ClassVar, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q


@dataclass(frozen=True)
class Reach:
    """What somebody's posts reach today: subtrees by path, listed schools by unit id, listed places by id."""

    paths: frozenset[str] = field(default_factory=frozenset)
    school_units: frozenset[int] = field(default_factory=frozenset)
    places: frozenset[int] = field(default_factory=frozenset)


class Viewer(Protocol):
    """Anyone who may look at rows: what this module needs to know of a user."""

    @property
    def reach(self) -> Reach: ...


class Scoped(models.Model):
    """A table whose rows belong to a unit.

    `unit_path` names the lookup that leads to the unit's path, `unit_key` the one that leads to the unit's id,
    and `place_key` the one that leads to a place, where the rows have one.
    """

    unit_path: ClassVar[str]
    unit_key: ClassVar[str]
    place_key: ClassVar[str] = ""

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Scoped)


def within(table: type[Scoped], reach: Reach) -> Q:
    """Return the condition that a row of `table` lies within `reach`; no reach, no rows."""
    condition = Q(pk__in=[])
    for path in sorted(reach.paths):
        condition |= Q(**{f"{table.unit_path}__startswith": path})
    if reach.school_units:
        condition |= Q(**{f"{table.unit_key}__in": reach.school_units})
    if reach.places and table.place_key:
        condition |= Q(**{f"{table.place_key}__in": reach.places})
    return condition


def covers(reach: Reach, row: Scoped) -> bool:
    """Say whether a row that was read with its unit lies within `reach`: `within`, for a row at hand."""
    return (
        any(str(_told(row, row.unit_path)).startswith(path) for path in reach.paths)
        or (bool(reach.school_units) and _told(row, row.unit_key) in reach.school_units)
        or (bool(reach.places and row.place_key) and _told(row, row.place_key) in reach.places)
    )


def _told(row: Scoped, lookup: str) -> object:
    return attrgetter(lookup.replace("__", "."))(row)


class ScopedQuerySet(models.QuerySet[Row]):
    """A queryset that can be narrowed to what one user may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Keep the rows that the posts of `viewer` reach. No post, no rows."""
        return self.filter(within(self.model, viewer.reach))
