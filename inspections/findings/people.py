"""Who mends a finding, who may take which step of it, and who is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from django.db.models import Q

from inspections.findings.models import Finding
from inspections.findings.rules import Origin, Severity
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import SCHOOL_ROLES, Permission, Role
from schools.register.models import Place

FIXERS = frozenset(SCHOOL_ROLES - {Role.PRINCIPAL, Role.PARTY_SECRETARY})
REVIEWING = Permission.FINDING_ACCEPT  # who holds it over a school watches its findings
OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})
UP_TO_F = "school__unit__parent__parent__parent"
FIRST, NEXT, PROVINCE, SCHOOL = "F", "C", "P", "school"


class Act(StrEnum):
    """What a person may do with a finding."""

    REMEDY = "remedy"
    ASSIGN = "assign"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK_EXTENSION = "ask_extend"
    EXTEND = "extend"
    ASK_WITHDRAWAL = "ask_withdraw"
    WITHDRAW = "withdraw"
    REFUSE_WITHDRAWAL = "no_withdraw"
    REOPEN = "reopen"
    ASK_TOLERATION = "ask_tolerate"
    PREPARE_TOLERATION = "fwd_tolerate"
    DECIDE_TOLERATION = "tolerate"
    REVOKE_TOLERATION = "end_tolerate"


NEEDED = {
    Act.ASSIGN: Permission.FINDING_ASSIGN,
    Act.REMEDY: Permission.FINDING_REMEDY,
    Act.ACCEPT: Permission.FINDING_ACCEPT,
    Act.REFUSE: Permission.FINDING_ACCEPT,
    Act.ASK_EXTENSION: Permission.FINDING_EXTEND_ASK,
    Act.EXTEND: Permission.FINDING_EXTEND,
    Act.ASK_WITHDRAWAL: Permission.FINDING_ASSIGN,
    Act.WITHDRAW: Permission.FINDING_WITHDRAW,
    Act.REFUSE_WITHDRAWAL: Permission.FINDING_WITHDRAW,
    Act.REOPEN: Permission.FINDING_REOPEN,
    Act.ASK_TOLERATION: Permission.FINDING_TOLERATE_ASK,
    Act.PREPARE_TOLERATION: Permission.FINDING_TOLERATE_PREPARE,
    Act.DECIDE_TOLERATION: Permission.FINDING_TOLERATE,
    Act.REVOKE_TOLERATION: Permission.FINDING_TOLERATE,
}


def permission_for(act: Act, finding: Finding) -> Permission:
    """Return the permission an act needs: the school itself verifies only minor findings of its own checks."""
    if act in {Act.ACCEPT, Act.REFUSE} and is_minor_own(finding):
        return Permission.FINDING_ACCEPT_MINOR
    return NEEDED[act]


def is_minor_own(finding: Finding) -> bool:
    """Say whether a finding is a minor one of the school's own check."""
    return finding.severity == Severity.MINOR and finding.origin == Origin.OWN_CHECK


def post_for(user: User, act: Act, finding: Finding) -> Post | None:
    """Return the post under which a person may take a step, or nothing; its moment is not looked at here."""
    unit = finding.school.unit
    if act == Act.ASK_WITHDRAWAL:
        posts = (post for post in user.live_posts if post.role == Role.VICE_PRINCIPAL_LOGISTICS)
        return next((post for post in posts if post.unit_id == unit.pk), None)
    post = user.post_for(permission_for(act, finding), at=unit)
    if post is None and act == Act.REMEDY and finding.fixer_id == user.pk:
        return next((it for it in user.live_posts if it.unit_id == unit.pk), None)
    return post


def verifies_at(user: User, unit: Unit) -> bool:
    """Say whether a person sits in the office that verifies the remedies of a bureau's schools."""
    return any(post.unit_id == unit.pk and post.role in OFFICE for post in user.live_posts)


def at_school_of(user: User, permission: Permission, to: str = "school__unit") -> Q:
    """Return the condition that a finding lies at a school over which a person holds a right today.

    The first reviewer that acts and is told is the school's present one, whoever it was when the finding was raised.
    """
    return user.where(permission, to)


def verifiable_by(user: User) -> Q:
    """Return the condition that a remedied finding waits for this very person: theirs to verify, and not their work."""
    minor_own = Q(severity=Severity.MINOR.value, origin=Origin.OWN_CHECK.value)
    theirs = at_school_of(user, Permission.FINDING_ACCEPT)
    theirs |= at_school_of(user, Permission.FINDING_ACCEPT_MINOR) & minor_own
    own = Q(remedied_by=user) | Q(fixer=user, fixer__isnull=False)
    return theirs & ~own


def fixers_at(place: Place, *, on: date) -> list[User]:
    """Return who may be made responsible at a place: people of the school whose post covers it."""
    return Callers([place.school.unit_id], FIXERS, on).at(place.school.unit_id, FIXERS, place.pk)


class Callers:
    """The people behind words like `office_head@F`, read once for many units."""

    def __init__(self, units: Iterable[int], roles: Collection[str], on: date) -> None:
        held = Post.objects.in_force(on=on).filter(unit__in=set(units), role__in=set(roles), user__is_active=True)
        self.posts: dict[tuple[int, str], list[Post]] = defaultdict(list)
        for post in held.select_related("user").prefetch_related("listed_places").order_by("pk"):
            self.posts[post.unit_id, post.role].append(post)

    def at(self, unit_id: int, roles: Iterable[str], place_id: int) -> list[User]:
        """Return who holds one of these posts at a unit and whose reach covers a place."""
        found = (post for role in sorted(roles) for post in self.posts.get((unit_id, str(role)), ()))
        return list({post.user_id: post.user for post in found if _covers(post, place_id)}.values())

    def told(self, finding: Finding, words: Iterable[str]) -> list[User]:
        """Return the people a rung names: `fixer`, `role@school`, `role@F`, `role@C`, `role@P`.

        A finding given to nobody calls the school's logistics officers in the fixer's place.
        """
        people: dict[int, User] = {}
        for word in words:
            for person in self._behind(finding, word):
                people[person.pk] = person
        return list(people.values())

    def _behind(self, finding: Finding, word: str) -> list[User]:
        role, _at, level = word.partition("@")
        if role == "fixer":
            if finding.fixer is not None:
                return [finding.fixer]
            role, level = str(Role.LOGISTICS_OFFICER), SCHOOL
        unit = level_units(finding).get(level)
        return self.at(unit, [role], finding.place_id) if unit is not None else []


def level_units(finding: Finding) -> dict[str, int]:
    """Return the units of a finding's line by level, as it stands today: the school, F, C and P."""
    first = finding.school.unit.first_reviewer
    above = first.next_level
    return {SCHOOL: finding.school.unit_id, FIRST: first.pk, NEXT: above.pk, PROVINCE: _top(above).pk}


def _top(unit: Unit) -> Unit:
    while unit.parent is not None:
        unit = unit.parent
    return unit


def _covers(post: Post, place_id: int) -> bool:
    if post.reach_kind != Post.ReachKind.PLACES:
        return True
    return any(row.place_id == place_id for row in post.listed_places.all())
