"""Pages of the province's figures."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk.figures import selectors, services
from logistics_portal.desk.figures.forms import AnswerForm, WishForm
from logistics_portal.desk.figures.pages import page_of
from logistics_portal.desk.figures.services import Hand, Wish
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Parameter, ParameterChange


@signed_in
@require_safe
def figure_list(request: SignedRequest) -> HttpResponse:
    """List the figures theme by theme, with their value of today."""
    selectors.require_reader(request.user)
    groups = selectors.groups(timezone.localdate())
    theme = request.GET.get("theme", "")
    shown = [group for group in groups if group.key == theme]
    context = {
        "groups": shown or groups,
        "tabs": selectors.tabs_of(groups),
        "theme": theme if shown else "",
        "fixed": [] if shown else selectors.fixed_limits(),
    }
    return render(request, "desk/figures/figure_list.html", context)


@signed_in
@require_safe
def figure(request: SignedRequest, code: str) -> HttpResponse:
    """Show one figure: its value, every value it had, and the change that waits."""
    page = page_of(_values(request, code), request.user, timezone.localdate())
    return render(request, "desk/figures/figure.html", page | {"form": AnswerForm()})


@signed_in
@require_http_methods(["GET", "POST"])
def propose(request: SignedRequest, code: str) -> HttpResponse:
    """Ask for a new value from a day on."""
    rows = _values(request, code)
    form = WishForm(request.POST or None, figure=rows[0])
    post = require(request.user, Permission.PARAMETER_SET, at=selectors.province())
    if form.is_valid():
        typed = form.cleaned_data
        try:
            wish = Wish(typed["value"], typed["first"], typed["reason"])
            services.propose(code=code, wish=wish, hand=Hand(request.user, post, timezone.now()))
            messages.success(request, gettext("已提交，由省级后勤部门负责人确认后按期生效。"))
            return redirect("figures:figure", code)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = page_of(rows, request.user, timezone.localdate()) | {"form": form}
    return render(request, "desk/figures/propose.html", context)


@signed_in
@require_POST
def confirm(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a proposed value hold from its day on."""
    change, hand = _change(request, pk, Permission.PARAMETER_CONFIRM)
    services.confirm(change=change, answer=_answer(request), hand=hand)
    messages.success(request, gettext("已确认，按期生效。"))
    return redirect("figures:figure", change.code)


@signed_in
@require_POST
def refuse(request: SignedRequest, pk: int) -> HttpResponse:
    """Turn a proposed value down."""
    change, hand = _change(request, pk, Permission.PARAMETER_CONFIRM)
    services.refuse(change=change, answer=_answer(request), hand=hand)
    messages.success(request, gettext("已驳回，参数不变。"))
    return redirect("figures:figure", change.code)


@signed_in
@require_POST
def withdraw(request: SignedRequest, pk: int) -> HttpResponse:
    """Take a proposed value back."""
    change, hand = _change(request, pk, Permission.PARAMETER_SET)
    services.withdraw(change=change, hand=hand)
    messages.success(request, gettext("已撤回。"))
    return redirect("figures:figure", change.code)


def _values(request: SignedRequest, code: str) -> list[Parameter]:
    selectors.require_reader(request.user)
    rows = selectors.values_of(code)
    if not rows:
        raise Http404(code)
    return rows


def _change(request: SignedRequest, pk: int, permission: Permission) -> tuple[ParameterChange, Hand]:
    selectors.require_reader(request.user)
    change = get_object_or_404(selectors.changes(), pk=pk)
    post = require(request.user, permission, at=selectors.province())
    return change, Hand(request.user, post, timezone.now())


def _answer(request: SignedRequest) -> str:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise NotAllowed(gettext("意见最多 500 字，且只能是文字。"))
    return str(form.cleaned_data["answer"])
