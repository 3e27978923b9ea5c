"""Who may fill in a form, who signs it, and who is called when something is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext

from inspections.checklists.rules.forms import Template
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Permission, Role
from schools.register.models import Place

OFFICE = "county_office"
ALIASES: dict[str, Role] = {
    "security_officer": Role.LOGISTICS_OFFICER,
    "fire_manager": Role.VICE_PRINCIPAL_LOGISTICS,
    "duty_teacher": Role.DORM_KEEPER,
    "duty_leader": Role.VICE_PRINCIPAL_LOGISTICS,
    OFFICE: Role.OFFICE_CLERK,
}
STAND_INS = frozenset({Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL})
SIGNERS = frozenset({Role.PRINCIPAL, Role.PARTY_SECRETARY})


def roles_of(words: Iterable[str]) -> list[str]:
    """Return the posts that a check-list's words for duties stand for."""
    return list(dict.fromkeys(ALIASES.get(word, word) for word in words))


def doer(user: User, place: Place, template: Template) -> tuple[Post, bool] | None:
    """Return the post under which a person fills in a form and whether they stand in, or nothing: not theirs."""
    meant = roles_of(template.done_by)
    posts = [post for post in user.live_posts if post.allows(Permission.CHECK_SUBMIT, at=place.school.unit)]
    posts = [post for post in posts if _covers(post, place)]
    own = next((post for post in posts if post.role in meant), None)
    if own is not None:
        return own, False
    other = next((post for post in posts if post.role in STAND_INS), None)
    return (other, True) if other is not None else None


def filled_by(template: Template) -> str:
    """Return whose form it is, in words: 由宿管员填报."""
    labels = {str(role): str(role.label) for role in Role}
    names = [labels[role] for role in roles_of(template.done_by) if role in labels]
    return gettext("由%(roles)s填报") % {"roles": gettext("、").join(names)} if names else ""


def signer(user: User, place: Place, template: Template, *, author: User) -> Post | None:
    """Return the post under which a person signs a check, or nothing; who filled it in never signs."""
    if user.pk == author.pk or not template.countersign:
        return None
    posts = [post for post in user.live_posts if post.allows(Permission.CHECK_COUNTERSIGN, at=place.school.unit)]
    meant = frozenset(roles_of([template.countersign])) | SIGNERS
    return next((post for post in posts if post.role in meant), None)


def holders(unit: Unit, roles: Collection[str], *, on: date) -> list[User]:
    """Return the people who hold one of these posts at a unit on a day."""
    posts = Post.objects.in_force(on=on).filter(unit=unit, role__in=roles, user__is_active=True)
    return list({post.user_id: post.user for post in posts.select_related("user").order_by("pk")}.values())


def called(school: Unit, words: Collection[str], *, on: date) -> list[User]:
    """Return the people behind a check-list's words: at the school, and the first reviewer's office; one query."""
    inside = roles_of(word for word in words if word != OFFICE)
    units = {school.pk: inside}
    if OFFICE in words:
        units[school.first_reviewer.pk] = [str(Role.OFFICE_CLERK)]
    posts = Post.objects.in_force(on=on).filter(unit__in=units, user__is_active=True).select_related("user")
    return list({it.user_id: it.user for it in posts.order_by("pk") if it.role in units[it.unit_id]}.values())


def fixers(school: Unit, *, on: date) -> list[User]:
    """Return who at a school may be made responsible for mending a finding."""
    roles = [
        Role.LOGISTICS_OFFICER,
        Role.FOOD_SAFETY_OFFICER,
        Role.FOOD_SAFETY_DIRECTOR,
        Role.DORM_KEEPER,
        Role.VICE_PRINCIPAL_LOGISTICS,
    ]
    return holders(school, roles, on=on)


def _covers(post: Post, place: Place) -> bool:
    if post.reach_kind != Post.ReachKind.PLACES:
        return True
    return any(row.place_id == place.pk for row in post.listed_places.all())
