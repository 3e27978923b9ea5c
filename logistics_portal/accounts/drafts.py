"""What is about to be written: a person, a post, a unit, and on what grounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role


@dataclass(frozen=True)
class NewPerson:
    """What is known of a person to be given an account."""

    username: str
    full_name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Grant:
    """A role at a unit over some days; with `schools` or `places` it reaches these alone.

    `asked_by` is who asked for it, `stands_in_for` the post it stands in for.
    """

    role: Role
    unit: Unit
    first: date
    last: date | None = None
    schools: tuple[Unit, ...] = ()
    place_ids: tuple[int, ...] = ()
    reason: str = ""
    asked_by: User | None = None
    stands_in_for: Post | None = None

    @property
    def reach_kind(self) -> Post.ReachKind:
        """Return how far the post reaches."""
        if self.schools:
            return Post.ReachKind.SCHOOLS
        return Post.ReachKind.PLACES if self.place_ids else Post.ReachKind.UNIT


@dataclass(frozen=True)
class Ask:
    """A post asked for, and who is to hold it: a known person under their login name, or a new one."""

    grant: Grant
    person: NewPerson


@dataclass(frozen=True)
class StandIn:
    """Who stands in for the holder of a post, from when to when, and why."""

    person: User
    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True)
class NewUnit:
    """What is known of a unit to be made."""

    code: str
    name: str
    kind: str
    division: str = ""
    name_en: str = ""
    switched_on: bool = True


@dataclass(frozen=True)
class Cause:
    """From which day something holds, on what grounds, who confirms it and when."""

    on: date
    reason: str
    by: User | None
    at: datetime
