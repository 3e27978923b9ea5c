"""Pages of posts: granted, revoked, handed to a stand-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from logistics_portal.accounts import selectors
from logistics_portal.accounts.acting import offer_at, refuse_unless_direct, require_direct, require_over
from logistics_portal.accounts.forms import DelegateForm, GrantForm, UnitForm
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import Post, Unit
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import posts as services
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import ReasonForm


@signed_in
@require_http_methods(["GET", "POST"])
def pick_unit(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask at which unit the next post of a person is to be."""
    person = get_object_or_404(selectors.people_visible_to(request.user), pk=pk)
    form = UnitForm(request.POST or None)
    if form.is_valid():
        try:
            unit = selectors.unit_named(request.user, form.cleaned_data["unit"])
            refuse_unless_direct(unit)
            return redirect("accounts:grant", pk=pk, unit_pk=unit.pk)
        except NotAllowed as refusal:
            form.add_error("unit", str(refusal))
    title = gettext("授予岗位：%(name)s") % {"name": person.full_name}
    context = {"form": form, "title": title, "back": reverse("accounts:person", args=[pk]), "button": gettext("下一步")}
    return render(request, "accounts/form.html", context)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def grant(request: SignedRequest, pk: int, unit_pk: int) -> HttpResponse:
    """Give a person a post at a unit."""
    person = get_object_or_404(selectors.people_visible_to(request.user), pk=pk)
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_pk)
    held = require_direct(request.user, unit)
    start = {"first": timezone.localdate()}
    form = GrantForm(request.POST or None, unit=unit, offer=offer_at(unit), initial=start)
    if form.is_valid():
        try:
            services.refuse_own_level(held, unit)
            services.grant_post(holder=person, grant=form.grant(), by=request.user, at=timezone.now())
            messages.success(request, gettext("已授予岗位，本人会收到消息。"))
            return redirect("accounts:person", pk=pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    title = gettext("授予岗位：%(name)s，%(unit)s") % {"name": person.full_name, "unit": unit.name}
    back = reverse("accounts:person", args=[pk])
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": back})


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def revoke(request: SignedRequest, pk: int) -> HttpResponse:
    """End one post at once."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("unit__parent", "user"), pk=pk)
    held = require_over(request.user, selectors.grant_right(post.unit), post)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.refuse_own_level(held, post.unit)
            services.revoke_post(post=post, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, gettext("岗位已撤销，即刻生效。"))
            return redirect("accounts:person", pk=post.user_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "accounts/revoke.html", {"form": form, "post": post})


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def delegate(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a colleague stand in for one's own post."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("unit__parent"), pk=pk)
    require(request.user, Permission.POST_DELEGATE, at=post.unit)
    form = DelegateForm(request.POST or None, initial={"first": timezone.localdate()})
    if form.is_valid():
        try:
            stand_in = selectors.colleague(request.user, form.cleaned_data["username"])
            services.delegate(post=post, stand_in=form.stand_in(stand_in), by=request.user, at=timezone.now())
            messages.success(request, gettext("已委托代理，到期自动结束。"))
            return redirect("accounts:person", pk=request.user.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    title = gettext("委托代理：%(unit)s %(role)s") % {"unit": post.unit.name, "role": post.title}
    back = reverse("accounts:person", args=[request.user.pk])
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": back})
