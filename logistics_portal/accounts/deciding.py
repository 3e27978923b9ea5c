"""Who answers a request for a post: the bureau's security administrator, or a leader of the province.

Source: rights §1 (where a unit lacks a security administrator the one above acts) and §2, post.grant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from logistics_portal.accounts import selectors
from logistics_portal.accounts.models import PeopleImport, Post, PostRequest, Unit, User
from logistics_portal.accounts.permissions import OWN_LOG_ROLES, Permission, Role
from logistics_portal.accounts.rules import fits

SHOWN = 50
READ = 500  # a bureau above looks through so many, to find the schools whose bureau has nobody


def ask_right(unit: Unit) -> Permission | None:
    """Return the right to ask for a post at a unit, or nothing where posts are not asked for."""
    if unit.kind == Unit.Kind.SCHOOL:
        return Permission.POST_ASK
    return Permission.POST_GRANT_BUREAU if unit.kind == Unit.Kind.PROVINCE else None


def asking_unit(user: User) -> Unit | None:
    """Return the one unit for which this person asks, or nothing when it must be named (an office's schools)."""
    found = {}
    for post in user.live_posts:
        own_school = post.unit.kind == Unit.Kind.SCHOOL and post.allows(Permission.POST_ASK, at=post.unit)
        if own_school or (post.role == Role.SECURITY_ADMIN and post.unit.kind == Unit.Kind.PROVINCE):
            found[post.unit_id] = post.unit
    return next(iter(found.values())) if len(found) == 1 else None


def asks(user: User) -> bool:
    """Say whether this person asks for posts anywhere."""
    asking = {Role.OFFICE_CLERK.value, Role.PRINCIPAL.value, Role.VICE_PRINCIPAL_LOGISTICS.value}
    return bool(asking & user.roles) or asking_unit(user) is not None


def roles_to_ask(unit: Unit) -> list[Role]:
    """Return the posts that can be asked for at a unit."""
    return [role for role in Role if fits(role, unit.kind)]


def roles_to_grant(unit: Unit) -> list[Role]:
    """Return the posts that one person grants alone at a unit: at a school those of the own logs."""
    roles = roles_to_ask(unit)
    return [role for role in roles if role in OWN_LOG_ROLES] if unit.kind == Unit.Kind.SCHOOL else roles


def granting_unit(unit: Unit, on: date) -> Unit | None:
    """Return the bureau whose security administrator grants at a school: F, or the nearest above F that has one."""
    above = selectors.upwards(unit.first_reviewer)
    posts = Post.objects.in_force(on=on).filter(role=Role.SECURITY_ADMIN, unit__in=above, user__is_active=True)
    staffed = [post.unit for post in posts.select_related("unit")]
    return max(staffed, key=lambda bureau: len(bureau.path), default=None)


def deciders(unit: Unit, on: date) -> QuerySet[User]:
    """Return who may answer a request at a unit."""
    if unit.kind == Unit.Kind.PROVINCE:
        return selectors.holders(Permission.POST_CONFIRM, unit, on)
    bureau = granting_unit(unit, on)
    return selectors.people_in_post([Role.SECURITY_ADMIN], bureau, on) if bureau else User.objects.none()


def waits_for(request: PostRequest, on: date) -> str:
    """Return whose answer a request waits for, in words."""
    if request.unit.kind == Unit.Kind.PROVINCE:
        return gettext("等待省级分管领导确认。")
    bureau = granting_unit(request.unit, on)
    if bureau is None:
        return gettext("主管单位和上级都还没有安全管理员，请联系省级。")
    return gettext("等待%(unit)s安全管理员办理。") % {"unit": bureau.name}


def deciding_post(user: User, unit: Unit, on: date) -> Post | None:
    """Return the post under which a person answers requests at a unit, or nothing."""
    if unit.kind == Unit.Kind.PROVINCE:
        return user.post_for(Permission.POST_CONFIRM, at=unit)
    own = user.post_for(Permission.POST_GRANT_SCHOOL, at=unit)
    mine = [post for post in user.live_posts if post.role == Role.SECURITY_ADMIN and post.reaches(unit)]
    if own is not None or not mine:
        return own
    bureau = granting_unit(unit, on)
    return next((post for post in mine if bureau is not None and post.unit_id == bureau.pk), None)


def account_keepers(unit: Unit, on: date) -> QuerySet[User]:
    """Return the security administrators who answer for accounts at a unit: at a bureau those one above it."""
    if unit.kind == Unit.Kind.SCHOOL:
        return deciders(unit, on)
    return selectors.people_in_post([Role.SECURITY_ADMIN], unit.next_level, on)


def list_givers(unit: Unit, on: date) -> QuerySet[User]:
    """Return who may answer for a list of school users: the unit's office clerks, or those of the bureau above."""
    own = selectors.people_in_post([Role.OFFICE_CLERK], unit, on)
    return own if own.exists() else selectors.people_in_post([Role.OFFICE_CLERK], unit.next_level, on)


def not_answered_for(giver: User, schools: Iterable[Unit], on: date) -> list[Unit]:
    """Return the schools of a list for which this person is not a clerk who may answer, by the posts of that day."""
    known: dict[Unit, bool] = {}
    beyond = []
    for school in schools:
        bureau = school.first_reviewer
        if bureau not in known:
            known[bureau] = list_givers(bureau, on).filter(pk=giver.pk).exists()
        if not known[bureau]:
            beyond.append(school)
    return beyond


def second_persons(row: PeopleImport, on: date) -> QuerySet[User]:
    """Return who may be the second person of a long import: another security administrator here or one above."""
    posts = Post.objects.in_force(on=on).filter(role=Role.SECURITY_ADMIN, unit__in=[row.unit, row.unit.next_level])
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).exclude(pk=row.by_id)


def is_second(user: User, row: PeopleImport) -> bool:
    """Say whether this person may be the second one for an import."""
    units = {row.unit_id, row.unit.next_level.pk}
    posts = [post for post in user.live_posts if post.role == Role.SECURITY_ADMIN and post.unit_id in units]
    return row.needs_second and row.by_id != user.pk and bool(posts)


def carries_out(user: User, row: PeopleImport) -> bool:
    """Say whether an agreed import is this person's to carry out: the uploader's, or for a long one the second's."""
    return is_second(user, row) if row.needs_second else row.by_id == user.pk


def imports_waiting_for(user: User) -> list[PeopleImport]:
    """Return the agreed imports that wait for this person: one's own short ones, others' long ones as the second."""
    if Role.SECURITY_ADMIN not in user.roles:
        return []
    offices = {post.unit_id for post in user.live_posts if post.role == Role.SECURITY_ADMIN}
    here = offices.union(*(user.charge.next.get(pk, ()) for pk in offices))
    own, others = Q(by=user, needs_second=False), Q(unit__in=here, needs_second=True) & ~Q(by=user)
    rows = _open_imports(user).filter(own | others, agreed_at__isnull=False)
    return [row for row in rows[:SHOWN] if carries_out(user, row)]


def lists_waiting_for(user: User) -> list[PeopleImport]:
    """Return the imports whose list this clerk is said to have given and has not answered for yet."""
    if Role.OFFICE_CLERK not in user.roles:
        return []
    return list(_open_imports(user).filter(asked_by=user, agreed_at__isnull=True)[:SHOWN])


def own_imports(user: User) -> list[PeopleImport]:
    """Return the imports this person handed in that are still open, whoever's step is next."""
    return list(_open_imports(user).filter(by=user)[:SHOWN])


def _open_imports(user: User) -> QuerySet[PeopleImport]:
    rows = PeopleImport.objects.visible_to(user).filter(state=PeopleImport.State.CHECKED)
    return rows.select_related("unit__parent__parent", "file", "by", "asked_by").order_by("uploaded_at", "pk")


def import_waits_for(row: PeopleImport) -> str:
    """Return whose step an open import waits for, in words."""
    if not row.is_agreed:
        return gettext("等待名单提供人 %(name)s 核对同意，同意前不会写入任何内容。") % {"name": row.asked_by.full_name}
    if row.needs_second:
        return gettext("名单已核对同意；行数较多，等待本单位或上一级的另一位安全管理员确认。")
    return gettext("名单已核对同意，等待 %(name)s 导入。") % {"name": row.by.full_name}


def waiting_for(user: User, on: date) -> list[PostRequest]:
    """Return the requests that wait for this person's answer, the oldest first."""
    if not user.roles & {Role.SECURITY_ADMIN, Role.BUREAU_LEADER}:
        return []
    rows = PostRequest.objects.visible_to(user).filter(state=PostRequest.State.ASKED).exclude(asked_by=user)
    rows = rows.select_related("unit__parent__parent__parent", "asked_by").order_by("asked_at", "pk")
    return list(_answerable(user, rows[:READ], on))[:SHOWN]


def _answerable(user: User, rows: Iterable[PostRequest], on: date) -> Iterable[PostRequest]:
    known: dict[int, bool] = {}
    for row in rows:
        bureau = row.unit.first_reviewer.pk
        if bureau not in known:
            known[bureau] = deciding_post(user, row.unit, on) is not None
        if known[bureau]:
            yield row
