"""Which role fits which unit, which two posts one person never holds together, how long a delegation lasts.

Source: table of roles, last column. No database, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from logistics_portal.accounts.permissions import BUREAU_ROLES, OWN_LOG_ROLES, PROVINCE_ROLES, SCHOOL_ROLES, Role

BUREAU_KINDS = frozenset({"province", "city", "special_committee", "functional_zone", "county"})
ASKED_KINDS = frozenset({"school", "province"})
DELEGATION_DAYS = 30  # what the database never lets pass; the figure in force may be shorter


class Near(Enum):
    """How two posts must stand to each other for their pair to be refused."""

    ANYWHERE = auto()
    SAME_UNIT = auto()
    SECOND_COVERS_FIRST = auto()
    SECOND_BELOW_PROVINCE = auto()


@dataclass(frozen=True)
class Pair:
    """Two groups of roles that one person never holds together."""

    first: frozenset[Role]
    second: frozenset[Role]
    near: Near


@dataclass(frozen=True)
class Stand:
    """A role at a unit, as far as the pairs ask."""

    role: Role
    path: str
    kind: str


ALONE = (Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR)
OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})
PAIRS: tuple[Pair, ...] = (
    *(Pair(frozenset({role}), frozenset(Role) - {role}, Near.ANYWHERE) for role in ALONE),
    Pair(SCHOOL_ROLES, OFFICE, Near.SECOND_COVERS_FIRST),
    Pair(frozenset({Role.LOGISTICS_OFFICER}), BUREAU_ROLES, Near.SECOND_COVERS_FIRST),
    Pair(frozenset({Role.FOOD_SAFETY_OFFICER}), frozenset({Role.FOOD_SAFETY_DIRECTOR}), Near.SAME_UNIT),
    Pair(
        frozenset({Role.INSPECTORATE_HEAD}),
        OFFICE | {Role.BUREAU_LEADER},
        Near.SAME_UNIT,
    ),
    Pair(frozenset({Role.INSPECTOR}), OFFICE, Near.SAME_UNIT),
    Pair(frozenset({Role.SCHEME_ADMIN}), BUREAU_ROLES, Near.SECOND_BELOW_PROVINCE),
)


def fits(role: Role, kind: str) -> bool:
    """Return whether a unit of that kind has such a post."""
    if role in SCHOOL_ROLES:
        return kind == "school"
    if role is Role.AUDITOR:
        return kind in ("province", "city")
    if role in PROVINCE_ROLES:
        return kind == "province"
    return kind in BUREAU_KINDS


def must_be_asked_for(role: Role, kind: str) -> bool:
    """Return whether such a post takes two persons: one asks, another grants (rights §2, post.grant)."""
    return kind in ASKED_KINDS and role not in OWN_LOG_ROLES


def clash(one: Stand, other: Stand) -> Pair | None:
    """Return the pair that forbids one person to hold both posts, or nothing."""
    for pair in PAIRS:
        for first, second in ((one, other), (other, one)):
            if first.role in pair.first and second.role in pair.second and _near(pair.near, first, second):
                return pair
    return None


def _near(near: Near, first: Stand, second: Stand) -> bool:
    if near is Near.SAME_UNIT:
        return first.path == second.path
    if near is Near.SECOND_COVERS_FIRST:
        return first.path.startswith(second.path)
    if near is Near.SECOND_BELOW_PROVINCE:
        return second.kind != "province"
    return True


def covers_listed(role: Role, path: str, listed: list[str]) -> bool:
    """Return whether an office post at `path` covers a school that the same person inspects."""
    return role in OFFICE and any(school.startswith(path) for school in listed)


def delegation_fits(first: date, last: date, days: int = DELEGATION_DAYS) -> bool:
    """Return whether a delegation lasts no longer than so many days."""
    return 0 <= (last - first).days <= days
