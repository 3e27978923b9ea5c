"""Posts granted, revoked and handed to somebody for a while; the pairs nobody may hold together are refused.

Source: table of roles and rights, post.*; granter and holder are two persons, a delegation lasts thirty days at most.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts import rules
from logistics_portal.accounts.drafts import Grant, StandIn
from logistics_portal.accounts.figures import DELEGATION, figure
from logistics_portal.accounts.models import ListedPlace, ListedSchool, Post, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date, months_before
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import book

CONFLICT_MONTHS = "CONFLICT_MONTHS", 12


@transaction.atomic
def grant_post(*, holder: User, grant: Grant, by: User | None, at: datetime) -> Post:
    """Give a person a post; `by` is nobody only when the portal is set up.

    Raises `NotAllowed` when the role does not fit the unit, when granter and holder are one, when nobody asked for a
    post that takes two persons, or when another post of the holder forbids it.
    """
    holder = User.objects.select_for_update().get(pk=holder.pk)
    refuse_grant(holder=holder, grant=grant, by=by)
    _refuse_unasked(holder, grant, by)
    post = Post.objects.create(
        user=holder,
        unit=grant.unit,
        role=grant.role,
        reach_kind=grant.reach_kind,
        from_date=grant.first,
        until_date=grant.last,
        granted_by=by,
        granted_at=at,
        asked_by=grant.asked_by,
        stands_in_for=grant.stands_in_for,
        reason=grant.reason,
    )
    _list(post, grant)
    _log(post, "post.grant", by, at, grant.reason)
    return post


def refuse_grant(*, holder: User, grant: Grant, by: User | None) -> None:
    """Raise `NotAllowed` with the reason why this person cannot get this post, if there is one."""
    if by is not None and by.pk == holder.pk:
        raise NotAllowed(gettext("不能给自己授予岗位，请由另一位安全管理员办理。"))
    if not holder.is_active:
        raise NotAllowed(gettext("%(name)s 的账号已停用，请先恢复账号。") % {"name": holder.full_name})
    refuse_misfit(grant)
    for held in _held_meanwhile(holder, grant):
        _refuse_pair(held, grant)
    if grant.role is Role.INSPECTOR:
        _refuse_recent(holder, grant)


def refuse_misfit(grant: Grant) -> None:
    """Raise `NotAllowed` when there is no such post, whoever is to hold it: wrong unit, wrong days, wrong reach."""
    if grant.last is not None and grant.last < grant.first:
        raise NotAllowed(gettext("终止日期不能早于起始日期。"))
    if not rules.fits(grant.role, grant.unit.kind):
        facts = {"role": grant.role.label, "unit": grant.unit.name}
        raise NotAllowed(gettext("“%(unit)s”不设“%(role)s”岗位。") % facts)
    if grant.schools and grant.role is not Role.INSPECTOR:
        raise NotAllowed(gettext("只有督学可以按学校划定范围。"))
    if any(not school.path.startswith(grant.unit.path) for school in grant.schools):
        raise NotAllowed(gettext("指定的学校必须在本单位范围内。"))


def _refuse_unasked(holder: User, grant: Grant, by: User | None) -> None:
    """Refuse a post that takes two persons while only one acts: asker, granter and, at the province, holder differ."""
    if by is None or grant.stands_in_for is not None:
        return
    asker = grant.asked_by
    if asker is None:
        if rules.must_be_asked_for(grant.role, grant.unit.kind):
            raise NotAllowed(gettext("“%(unit)s”的岗位须先有人提出申请，再由另一人授予。") % {"unit": grant.unit.name})
        return
    if asker.pk == by.pk:
        raise NotAllowed(gettext("自己提出的岗位申请，须由另一人办理。"))
    if grant.unit.kind == Unit.Kind.PROVINCE and asker.pk == holder.pk:
        raise NotAllowed(gettext("不能为自己申请岗位。"))


def _held_meanwhile(holder: User, grant: Grant) -> QuerySet[Post]:
    held = holder.posts.filter(revoked_at__isnull=True)
    held = held.filter(Q(until_date__isnull=True) | Q(until_date__gte=grant.first))
    if grant.last is not None:
        held = held.filter(from_date__lte=grant.last)
    return held.select_related("unit").prefetch_related("listed_schools__unit")


def _refuse_pair(held: Post, grant: Grant) -> None:
    role = Role(held.role)
    facts = {
        "held": role.label,
        "unit": held.unit.name,
        "role": grant.role.label,
        "at": grant.unit.name,
    }
    if role is grant.role and held.unit_id == grant.unit.pk and held.reach_kind == grant.reach_kind:
        raise NotAllowed(gettext("已经是“%(unit)s”的%(held)s，不必再授。") % facts)
    one = rules.Stand(role, held.unit.path, held.unit.kind)
    other = rules.Stand(grant.role, grant.unit.path, grant.unit.kind)
    inspected = [row.unit.path for row in held.listed_schools.all()] if role is Role.INSPECTOR else []
    mine = [school.path for school in grant.schools]
    if (
        rules.clash(one, other)
        or rules.covers_listed(grant.role, grant.unit.path, inspected)
        or rules.covers_listed(role, held.unit.path, mine)
    ):
        raise NotAllowed(
            gettext("已任“%(unit)s”%(held)s，不能同时任“%(at)s”%(role)s；请先撤销原岗位或另选他人。") % facts
        )


def _refuse_recent(holder: User, grant: Grant) -> None:
    """Refuse an inspector the schools where they held a post in the last months: twelve, unless set otherwise."""
    code, usual = CONFLICT_MONTHS
    months = book().number(code, grant.first, usual)
    since = months_before(grant.first, months)
    recent = holder.posts.filter(unit__in=grant.schools).filter(Q(until_date__isnull=True) | Q(until_date__gte=since))
    worked = recent.filter(Q(revoked_at__isnull=True) | Q(revoked_at__date__gte=since)).select_related("unit").first()
    if worked is not None:
        told = {"months": months, "unit": worked.unit.name}
        raise NotAllowed(gettext("督学近 %(months)s 个月在“%(unit)s”任过职，不能督导该校。") % told)


def _list(post: Post, grant: Grant) -> None:
    ListedSchool.objects.bulk_create([ListedSchool(post=post, unit=school) for school in grant.schools])
    ListedPlace.objects.bulk_create([ListedPlace(post=post, place_id=place) for place in grant.place_ids])


def refuse_own_level(held: Post, unit: Unit) -> None:
    """Raise `NotAllowed` unless the security administrator sits above the bureau; the province has nobody above."""
    if unit.kind != Unit.Kind.SCHOOL and held.unit_id == unit.pk and unit.kind != Unit.Kind.PROVINCE:
        raise NotAllowed(gettext("本单位的岗位由上一级安全管理员授予。"))


@transaction.atomic
def revoke_post(*, post: Post, reason: str, by: User, at: datetime) -> Post:
    """End a post at once; whoever stands in for its holder loses that post too."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.revoked_at is not None:
        raise NotAllowed(gettext("这个岗位已经撤销。"))
    _revoke(post, reason, by, at)
    for delegation in post.delegations.filter(revoked_at__isnull=True):
        _revoke(delegation, reason, by, at)
    return post


def _revoke(post: Post, reason: str, by: User, at: datetime) -> None:
    post.revoked_by, post.revoked_at = by, at
    post.save(update_fields=["revoked_by", "revoked_at"])
    _log(post, "post.revoke", by, at, reason)


@transaction.atomic
def delegate(*, post: Post, stand_in: StandIn, by: User, at: datetime) -> Post:
    """Let somebody stand in for the holder of a post over at most thirty days."""
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)
    _refuse_delegation(post, stand_in, by)
    if stand_in.first < local_date(at):
        raise NotAllowed(gettext("代理不能从过去的日期开始。"))
    schools = tuple(row.unit for row in post.listed_schools.select_related("unit"))
    places = tuple(post.listed_places.values_list("place_id", flat=True))
    days = (stand_in.first, stand_in.last)
    grant = Grant(Role(post.role), post.unit, *days, schools, places, stand_in.reason, stands_in_for=post)
    return grant_post(holder=stand_in.person, grant=grant, by=by, at=at)


def _refuse_delegation(post: Post, stand_in: StandIn, by: User) -> None:
    if post.user_id != by.pk or post.revoked_at is not None:
        raise NotAllowed(gettext("只能委托自己正在担任的岗位。"))
    if stand_in.person.pk == by.pk:
        raise NotAllowed(gettext("不能委托给自己。"))
    if not post.can_be_delegated:
        raise NotAllowed(gettext("这个岗位不能委托他人代理。"))
    days = figure(DELEGATION, stand_in.first)
    if not rules.delegation_fits(stand_in.first, stand_in.last, days):
        raise NotAllowed(gettext("代理最长 %(days)d 天，终止日期不能早于起始日期。") % {"days": days})
    if stand_in.first < post.from_date or (post.until_date is not None and stand_in.last > post.until_date):
        raise NotAllowed(gettext("代理期限必须在本人任期之内。"))


def _log(post: Post, verb: str, by: User | None, at: datetime, reason: str) -> None:
    told = {
        "role": post.role,
        "unit": post.unit_id,
        "reach_kind": post.reach_kind,
        "from_date": post.from_date,
        "until_date": post.until_date,
        "asked_by": post.asked_by_id,
    }
    granted = verb == "post.grant"
    before, after = ({}, told) if granted else (told, {})
    records.log(by=by, verb=verb, on=post.user, unit=post.unit, before=before, after=after, reason=reason, at=at)
    words = {"role": Role(post.role).label, "unit": post.unit.name}
    title = gettext_noop("授予岗位：%(unit)s %(role)s") if granted else gettext_noop("撤销岗位：%(unit)s %(role)s")
    records.notify(to=post.user, key=f"{verb}/{post.pk}", title=said(title, words), text=reason, at=at)
