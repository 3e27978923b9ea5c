"""Posts asked for by one person and granted by another; until then they give no right.

Source: rights §2, post.grant: at a school asked by PR, VP or OC@F and granted by SE@F; at the province SE → BL.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts import deciding, rules
from logistics_portal.accounts.drafts import Ask, Grant, NewPerson
from logistics_portal.accounts.models import PostRequest, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import people, posts
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import Said, said


@transaction.atomic
def ask(*, ask: Ask, by: User, at: datetime) -> PostRequest:
    """Write down that a post is asked for, and tell those who may grant it.

    Raises `NotAllowed` for what could not be granted anyway: a misfit, a forbidden pair, a login name of another
    person, a post for oneself at the province, the same post asked for already.
    """
    grant, new = ask.grant, ask.person
    username = new.username.strip().casefold()
    if not rules.must_be_asked_for(grant.role, grant.unit.kind) and grant.unit.kind != Unit.Kind.SCHOOL:
        raise NotAllowed(gettext("这个单位的岗位由上一级安全管理员直接授予，不必申请。"))
    posts.refuse_misfit(grant)
    _refuse_holder(grant, new, by)
    same = PostRequest.objects.filter(unit=grant.unit, role=grant.role, username=username)
    if same.filter(state=PostRequest.State.ASKED).exists():
        raise NotAllowed(gettext("已为%(name)s申请过这个岗位，正在办理。") % {"name": new.full_name})
    request = PostRequest.objects.create(
        unit=grant.unit,
        role=grant.role,
        username=username,
        full_name=new.full_name.strip(),
        phone=new.phone.strip(),
        first_date=grant.first,
        last_date=grant.last,
        school_units=[school.pk for school in grant.schools],
        places=list(grant.place_ids),
        reason=grant.reason,
        asked_by=by,
        asked_at=at,
    )
    told = {"role": grant.role, "username": username, "first_date": grant.first, "last_date": grant.last}
    records.log(by=by, verb="post.ask", on=request, after=told, reason=grant.reason, at=at)
    _tell_deciders(request, at)
    return request


def _refuse_holder(grant: Grant, new: NewPerson, by: User) -> None:
    known = people.known_person(new)
    if known is None:
        return
    if grant.unit.kind == Unit.Kind.PROVINCE and known.pk == by.pk:
        raise NotAllowed(gettext("不能为自己申请岗位。"))
    posts.refuse_grant(holder=known, grant=grant, by=None)


def _tell_deciders(request: PostRequest, at: datetime) -> None:
    words = {"unit": request.unit.name, "name": request.full_name, "role": Role(request.role).label}
    records.notify(
        to=deciding.deciders(request.unit, local_date(at)).exclude(pk=request.asked_by_id),
        key=f"post.ask/{request.pk}",
        title=said(gettext_noop("岗位申请：%(unit)s %(name)s，%(role)s"), words),
        text=request.reason,
        url=_page(request),
        at=at,
    )


@transaction.atomic
def grant(*, request: PostRequest, by: User, at: datetime) -> tuple[User, bool]:
    """Grant what was asked for; return the holder, and whether the account is new and needs a one-time link."""
    request = _open(request, by)
    new = NewPerson(request.username, request.full_name, request.phone)
    holder = people.known_person(new)
    is_new = holder is None
    holder = holder or people.create_person(new=new, unit=request.unit, by=by, at=at)
    schools = tuple(Unit.objects.filter(pk__in=request.school_units).order_by("pk"))
    asked = Grant(
        Role(request.role),
        request.unit,
        request.first_date,
        request.last_date,
        schools,
        tuple(request.places),
        request.reason,
        asked_by=request.asked_by,
    )
    request.post = posts.grant_post(holder=holder, grant=asked, by=by, at=at)
    _close(request, PostRequest.State.GRANTED, by, at)
    records.log(by=by, verb="post.grant", on=request, after={"state": request.state}, at=at)
    _tell_asker(request, gettext_noop("已授予岗位：%(name)s，%(role)s"), _next_step(request, holder, is_new), at)
    return holder, is_new


@transaction.atomic
def refuse(*, request: PostRequest, reason: str, by: User, at: datetime) -> PostRequest:
    """Send a request back with the reason; nobody gets a post."""
    request = _open(request, by)
    request.answer = reason[:200]
    _close(request, PostRequest.State.REFUSED, by, at)
    records.log(by=by, verb="post.refuse", on=request, after={"state": request.state}, reason=reason, at=at)
    _tell_asker(request, gettext_noop("岗位申请已退回：%(name)s，%(role)s"), reason, at)
    return request


@transaction.atomic
def withdraw(*, request: PostRequest, by: User, at: datetime) -> PostRequest:
    """Take one's own request back while nobody has answered it."""
    request = PostRequest.objects.select_for_update().get(pk=request.pk)
    if request.asked_by_id != by.pk:
        raise NotAllowed(gettext("只能撤回自己提出的申请。"))
    if not request.is_open:
        raise NotAllowed(gettext("这项申请已经办理过了。"))
    _close(request, PostRequest.State.WITHDRAWN, None, at)
    records.log(by=by, verb="post.withdraw", on=request, after={"state": request.state}, at=at)
    return request


def _open(request: PostRequest, by: User) -> PostRequest:
    rows = PostRequest.objects.select_for_update(of=("self",)).select_related("unit", "asked_by")
    request = rows.get(pk=request.pk)
    if not request.is_open:
        raise NotAllowed(gettext("这项申请已经办理过了。"))
    if request.asked_by_id == by.pk:
        raise NotAllowed(gettext("自己提出的岗位申请，须由另一人办理。"))
    return request


def _close(request: PostRequest, state: PostRequest.State, by: User | None, at: datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, by, at
    request.save(update_fields=["state", "decided_by", "decided_at", "answer", "post"])


def _next_step(request: PostRequest, holder: User, is_new: bool) -> str | Said:
    """Return what the asker at the province does next: only a security administrator hands out one-time links."""
    if is_new and request.unit.kind == Unit.Kind.PROVINCE:
        return said(gettext_noop("账号“%(name)s”已建立，请到其人员页面发一次性链接。"), {"name": holder.username})
    return ""


def _tell_asker(request: PostRequest, title: str, text: str | Said, at: datetime) -> None:
    words = {"name": request.full_name, "role": Role(request.role).label}
    key = f"post.answer/{request.pk}"
    records.notify(to=request.asked_by, key=key, title=said(title, words), text=text, url=_page(request), at=at)


def _page(request: PostRequest) -> str:
    return reverse("accounts:request", args=[request.pk])
