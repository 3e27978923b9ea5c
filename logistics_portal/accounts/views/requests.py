"""Pages of posts asked for: the list, asking, one request, its answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts import deciding, selectors
from logistics_portal.accounts.acting import offer_at, staffs
from logistics_portal.accounts.forms import AnswerForm, AskForm, UnitForm
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import PostRequest, Unit
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import requests as services
from logistics_portal.accounts.slips import show_slips
from logistics_portal.accounts.tables import REQUEST_TONES, RequestFilter, RequestTable
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails


@signed_in
@require_safe
def requests(request: SignedRequest) -> HttpResponseBase:
    """List the posts asked for where a person asks, answers or watches."""
    post = request.user.main_post
    if post is None:
        raise PermissionDenied(Permission.POST_REQUEST_SEE)
    require(request.user, Permission.POST_REQUEST_SEE, at=post.unit)
    rows = PostRequest.objects.visible_to(request.user).select_related("unit", "asked_by")
    own = deciding.asking_unit(request.user)
    context = {"may_ask": deciding.asks(request.user), "staffed": own if own and staffs(request.user, own) else None}
    template = "accounts/requests.html"
    return table_page(request, RequestTable, rows, template=template, filterset=RequestFilter, context=context)


@signed_in
@require_http_methods(["GET", "POST"])
def request_new(request: SignedRequest) -> HttpResponse:
    """Lead to the form of the unit that a person asks for; an office clerk names the school first."""
    if not deciding.asks(request.user):
        raise PermissionDenied(Permission.POST_ASK)
    own = deciding.asking_unit(request.user)
    if own is not None:
        return redirect("accounts:unit-ask", pk=own.pk)
    form = UnitForm(request.POST or None)
    if form.is_valid():
        try:
            unit = selectors.unit_named(request.user, form.cleaned_data["unit"])
            return redirect("accounts:unit-ask", pk=unit.pk)
        except NotAllowed as refusal:
            form.add_error("unit", str(refusal))
    back = reverse("accounts:requests")
    context = {"form": form, "title": gettext("申请岗位：选学校"), "back": back, "button": gettext("下一步")}
    return render(request, "accounts/form.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask for a post at a unit, for a new person or one who has an account."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    right = deciding.ask_right(unit)
    if right is None:
        raise PermissionDenied(Permission.POST_GRANT_BUREAU)
    require(request.user, right, at=unit)
    start = {"first": timezone.localdate()}
    form = AskForm(request.POST or None, unit=unit, offer=offer_at(unit, asked=True), initial=start)
    if form.is_valid():
        try:
            made = services.ask(ask=form.ask(), by=request.user, at=timezone.now())
            messages.success(request, gettext("已提出，办理结果会告诉您。"))
            return redirect("accounts:request", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    title = gettext("申请岗位：%(unit)s") % {"unit": unit.name}
    context = {"form": form, "title": title, "back": reverse("accounts:requests"), "button": gettext("提出申请")}
    return render(request, "accounts/form.html", context)


@signed_in
@require_safe
def request_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one request: who, which post, why, and whose step is next."""
    return _page(request, _found(request, pk), AnswerForm())


def _found(request: SignedRequest, pk: int) -> PostRequest:
    rows = PostRequest.objects.visible_to(request.user).select_related(
        "unit__parent__parent__parent", "asked_by", "decided_by", "post"
    )
    found = get_object_or_404(rows, pk=pk)
    require(request.user, Permission.POST_REQUEST_SEE, at=found.unit)
    return found


def _page(request: SignedRequest, asked: PostRequest, form: AnswerForm) -> HttpResponse:
    today = timezone.localdate()
    may_answer = asked.is_open and deciding.deciding_post(request.user, asked.unit, today) is not None
    context = {
        "asked": asked,
        "status": badge_html(REQUEST_TONES.get(asked.state, "idle"), asked.get_state_display()),
        "rows": selectors.request_facts(asked),
        "form": form,
        "may_answer": may_answer and asked.asked_by_id != request.user.pk,
        "may_withdraw": asked.is_open and asked.asked_by_id == request.user.pk,
        "waits_for": deciding.waits_for(asked, today) if asked.is_open and not may_answer else "",
        "may_open": asked.post is not None and request.user.can(Permission.ACCOUNT_LOCK, at=asked.unit),
        "events": trails.events(on=asked),
    }
    return render(request, "accounts/request.html", context)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def answer(request: SignedRequest, pk: int) -> HttpResponse:
    """Grant what was asked for, or send it back; a new person's one-time link is shown to who may hand it over."""
    asked = _found(request, pk)
    form = AnswerForm(request.POST or None)
    if deciding.deciding_post(request.user, asked.unit, timezone.localdate()) is None:
        raise PermissionDenied(Permission.POST_GRANT_SCHOOL)
    if not form.is_valid():
        return _page(request, asked, form)
    at = timezone.now()
    if form.cleaned_data["decision"] == "refuse":
        services.refuse(request=asked, reason=form.cleaned_data["reason"], by=request.user, at=at)
        messages.success(request, gettext("已退回，申请人会看到理由。"))
        return redirect("accounts:request", pk=pk)
    holder, is_new = services.grant(request=asked, by=request.user, at=at)
    if is_new and asked.unit.kind == Unit.Kind.SCHOOL:
        return show_slips(request, [holder])
    messages.success(request, gettext("已授予岗位，申请人和本人会收到消息。"))
    return redirect("accounts:request", pk=pk)


@signed_in
@require_POST
def withdraw(request: SignedRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    services.withdraw(request=_found(request, pk), by=request.user, at=timezone.now())
    messages.success(request, gettext("申请已撤回。"))
    return redirect("accounts:request", pk=pk)
