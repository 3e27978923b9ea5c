"""Who may staff a unit or act on a person: the security administrator, and for own-log posts the principal."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from logistics_portal.accounts import deciding, selectors
from logistics_portal.accounts.forms import Offer
from logistics_portal.accounts.gate import SignedRequest, require
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import OWN_LOG_ROLES, Permission
from logistics_portal.accounts.services import posts
from logistics_portal.kit.errors import NotAllowed


def staffs(user: User, unit: Unit) -> bool:
    """Say whether this person gives posts at a unit without a second one."""
    right = selectors.direct_right(unit)
    return right is not None and user.can(right, at=unit)


def asks_at(user: User, unit: Unit) -> bool:
    """Say whether this person asks for posts at a unit."""
    right = deciding.ask_right(unit)
    return right is not None and user.can(right, at=unit)


def refuse_unless_direct(unit: Unit) -> None:
    """Raise `NotAllowed` where a security administrator grants only what somebody else asked for."""
    if unit.kind == Unit.Kind.SCHOOL:
        raise NotAllowed(gettext("学校岗位由校长、分管副校长或主管单位经办提出申请，请在“岗位申请”中办理。"))
    if unit.kind == Unit.Kind.PROVINCE:
        raise NotAllowed(gettext("省级岗位由安全管理员提出、分管领导确认，请到“岗位申请”提出。"))


def require_direct(user: User, unit: Unit) -> Post:
    """Return the post under which `user` gives posts at a unit alone, or refuse."""
    right = selectors.direct_right(unit)
    if right is None:
        raise PermissionDenied(Permission.POST_CONFIRM)
    return require(user, right, at=unit)


def offer_at(unit: Unit, *, asked: bool = False) -> Offer:
    """Return what a post at a unit can be: all that can be asked for, or what one person grants alone."""
    places, schools = selectors.grant_choices(unit)
    return Offer(deciding.roles_to_ask(unit) if asked else deciding.roles_to_grant(unit), places, schools)


def acts_on(user: User, post: Post) -> bool:
    """Say whether `user` answers for the holder of `post`."""
    return user.can(Permission.ACCOUNT_LOCK, at=post.unit) or _own_log(user, post) is not None


def require_over(user: User, permission: Permission, post: Post) -> Post:
    """Return the post under which `user` may act on the holder of `post`; own-log posts are the principal's too."""
    return _own_log(user, post) or require(user, permission, at=post.unit)


def seen_person(request: SignedRequest, pk: int, permission: Permission) -> tuple[User, Unit]:
    """Return a person within reach and the unit that answers for them, once the right to act on them is there.

    The right must hold at every unit where the person has a post today, so nobody ends a superior.
    """
    person = get_object_or_404(selectors.people_visible_to(request.user), pk=pk)
    latest = selectors.latest_post(person, request.user)
    require_over(request.user, permission, latest)
    for post in person.live_posts:
        posts.refuse_own_level(require_over(request.user, permission, post), post.unit)
    return person, latest.unit


def _own_log(user: User, post: Post) -> Post | None:
    return user.post_for(Permission.POST_GRANT_LOGS, at=post.unit) if post.role in OWN_LOG_ROLES else None
