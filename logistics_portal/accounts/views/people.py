"""Pages of people: list, one person, new account, one-time link, ended everywhere."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts import selectors
from logistics_portal.accounts.acting import acts_on, offer_at, require_direct, seen_person, staffs
from logistics_portal.accounts.forms import NewPersonForm, PersonForm
from logistics_portal.accounts.gate import SignedRequest, fresh, signed_in
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import OWN_LOG_ROLES, Permission, Role
from logistics_portal.accounts.services import people as services
from logistics_portal.accounts.services import posts
from logistics_portal.accounts.slips import show_slips
from logistics_portal.accounts.tables import RANK, PeopleFilter, PeopleTable
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import ReasonForm
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails


@signed_in
@require_safe
def people(request: SignedRequest) -> HttpResponseBase:
    """List the people a security administrator, an auditor or a principal (own-log posts only) answers for."""
    post = request.user.main_post
    may_staff = post is not None and staffs(request.user, post.unit)
    sees_all = post is not None and _may(request.user, Permission.ACCOUNT_CREATE, post.unit)
    if post is None or not (sees_all or may_staff):
        raise PermissionDenied(Permission.ACCOUNT_CREATE)
    rows = Post.objects.visible_to(request.user).select_related("user", "unit").annotate(rank=RANK)
    rows = rows if sees_all else rows.filter(role__in=sorted(OWN_LOG_ROLES))
    may_import = request.user.can(Permission.ACCOUNT_CREATE, at=post.unit)
    may_pick = may_import and post.unit.kind in {Unit.Kind.PROVINCE, Unit.Kind.CITY}
    context = {"may_import": may_import, "may_staff": may_staff, "may_pick": may_pick, "unit": post.unit}
    return table_page(
        request, PeopleTable, rows, template="accounts/people.html", filterset=PeopleFilter, context=context
    )


def _may(user: User, permission: Permission, unit: Unit) -> bool:
    return user.can(permission, at=unit) or user.can(Permission.AUDIT_READ, at=unit)


@signed_in
@require_safe
def person(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one person: posts past and present, and what was done to the account."""
    shown = get_object_or_404(selectors.people_visible_to(request.user), pk=pk)
    rows = selectors.posts_of(shown, request.user)
    unit = rows[0].unit if rows else None
    is_self = shown.pk == request.user.pk
    may_act = not is_self and bool(rows) and acts_on(request.user, rows[0])
    if not (is_self or may_act) and (unit is None or not request.user.can(Permission.AUDIT_READ, at=unit)):
        raise PermissionDenied(Permission.ACCOUNT_LOCK)
    may_grant = may_act and Role.SECURITY_ADMIN in request.user.roles
    context = {"person": shown, "posts": rows, "may_act": may_act, "may_grant": may_grant, "is_self": is_self}
    return render(request, "accounts/person.html", {**context, "events": trails.events(on=shown, parts={"post": Post})})


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def person_new(request: SignedRequest, pk: int) -> HttpResponse:
    """Make an account with its first post at a unit; the answer shows the one-time link, once."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    if unit.kind == Unit.Kind.PROVINCE:
        return redirect("accounts:unit-ask", pk=pk)
    held = require_direct(request.user, unit)
    start = {"first": timezone.localdate()}
    form = NewPersonForm(request.POST or None, unit=unit, offer=offer_at(unit), initial=start)
    if form.is_valid():
        at = timezone.now()
        try:
            posts.refuse_own_level(held, unit)
            with transaction.atomic():
                known = services.known_person(form.person())
                made = known or services.create_person(new=form.person(), unit=unit, by=request.user, at=at)
                posts.grant_post(holder=made, grant=form.grant(), by=request.user, at=at)
            return show_slips(request, [] if known else [made])
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    title = gettext("新建人员：%(unit)s") % {"unit": unit.name}
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": _unit_page(unit)})


def _unit_page(unit: Unit) -> str:
    return reverse("accounts:unit", args=[unit.pk])


@signed_in
@fresh
@require_POST
def link(request: SignedRequest, pk: int) -> HttpResponse:
    """Give a person a new one-time link; the old password and open sessions end."""
    shown, unit = seen_person(request, pk, Permission.ACCOUNT_CREATE)
    services.issue_link(person=shown, unit=unit, by=request.user, at=timezone.now())
    shown.refresh_from_db()
    return show_slips(request, [shown])


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def lock(request: SignedRequest, pk: int) -> HttpResponse:
    """End every post, session and the account of a person with one click."""
    shown, _unit = seen_person(request, pk, Permission.ACCOUNT_LOCK)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.revoke_everything(
                person=shown, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, gettext("已撤销全部岗位，账号停用，所有设备已退出。"))
            return redirect("accounts:person", pk=pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "accounts/lock.html", {"form": form, "person": shown})


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def unlock(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a locked account be used again, also one switched off because nobody used it."""
    shown, _unit = seen_person(request, pk, Permission.ACCOUNT_LOCK)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.unlock(person=shown, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, gettext("账号已恢复。没有撤销的岗位继续有效；忘记密码请再发一次性链接。"))
        return redirect("accounts:person", pk=pk)
    title = gettext("恢复账号：%(name)s") % {"name": shown.full_name}
    back = reverse("accounts:person", args=[pk])
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": back})


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: SignedRequest, pk: int) -> HttpResponse:
    """Change a person's name and how to reach them; everybody may change their own."""
    shown = request.user if pk == request.user.pk else seen_person(request, pk, Permission.ACCOUNT_CREATE)[0]
    start = {"full_name": shown.full_name, "phone": shown.phone, "email": shown.email}
    form = PersonForm(request.POST or None, initial=start)
    if form.is_valid():
        services.edit_person(person=shown, new=form.typed(), by=request.user, at=timezone.now())
        messages.success(request, gettext("已保存。"))
        return redirect("accounts:person", pk=pk)
    title = gettext("联系方式：%(name)s") % {"name": shown.full_name}
    back = reverse("accounts:person", args=[pk])
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": back})
