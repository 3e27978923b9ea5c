"""Pages of closures: list, asking, declaring, deciding."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails
from schools.register.forms import AnswerForm
from schools.register.models import School
from schools.register.selectors import bureaus_of
from schools.terms import reach
from schools.terms.forms import ClosureForm, DeclareForm, RevokeForm
from schools.terms.models import Closure
from schools.terms.services import closures as services
from schools.terms.tables import STATES, ClosureFilter, ClosureTable

State = Closure.State
CONFLICT = 409


@signed_in
@require_safe
def closure_list(request: SignedRequest) -> HttpResponseBase:
    """List the closures a person may see."""
    rows = Closure.objects.visible_to(request.user).select_related("unit", "requested_by")
    posts = request.user.live_posts
    context = {
        "may_ask": reach.own_school(request.user) is not None,
        "may_declare": any(request.user.can(Permission.CLOSURE_DECLARE, at=post.unit) for post in posts),
    }
    template = "schools/terms/closures.html"
    return table_page(request, ClosureTable, rows, template=template, filterset=ClosureFilter, context=context)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedRequest) -> HttpResponse:
    """Ask for a closure of the own school."""
    school = reach.own_school(request.user)
    if school is None:
        raise PermissionDenied(Permission.CLOSURE_REQUEST)
    return _form(request, ClosureForm(request.POST or None), school.unit)


@signed_in
@require_http_methods(["GET", "POST"])
def ask_for(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask for a closure of one school, as its calendar leads here."""
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent")
    school = get_object_or_404(visible, pk=pk)
    if not reach.may_ask(request.user, school, timezone.localdate()):
        raise PermissionDenied(Permission.CLOSURE_REQUEST)
    return _form(request, ClosureForm(request.POST or None), school.unit)


@signed_in
@require_http_methods(["GET", "POST"])
def declare(request: SignedRequest) -> HttpResponse:
    """Declare a closure of every school below a unit."""
    units = bureaus_of(request.user)
    form = DeclareForm(request.POST or None, units=units)
    if not any(request.user.can(Permission.CLOSURE_DECLARE, at=post.unit) for post in request.user.live_posts):
        raise PermissionDenied(Permission.CLOSURE_DECLARE)
    declarer = None
    if form.is_valid():
        declarer = require(request.user, Permission.CLOSURE_DECLARE, at=form.cleaned_data["unit"]).unit
    return _form(request, form, None, declarer)


@signed_in
@require_safe
def closure_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a closure, and the answer to it."""
    return _page(request, _visible(request, pk), AnswerForm())


def _page(request: SignedRequest, closure: Closure, form: AnswerForm | RevokeForm, status: int = 200) -> HttpResponse:
    asked = closure.state == State.REQUESTED
    context = {
        "closure": closure,
        "tone": STATES[closure.state],
        "may_answer": asked and reach.may_answer(request.user, closure),
        "together": reach.counted_together(closure, timezone.now()) if asked else 0,
        "awaited": reach.awaited(closure, timezone.now()) if asked else "",
        "may_withdraw": asked and closure.requested_by_id == request.user.pk,
        "may_revoke": closure.state == State.APPROVED and reach.may_revoke(request.user, closure),
        "form": form,
        "revocation": form if isinstance(form, RevokeForm) else RevokeForm(),
        "events": trails.events(on=closure),
    }
    return render(request, "schools/terms/closure.html", context, status=status)


@signed_in
@require_POST
def decide(request: SignedRequest, pk: int, step: str) -> HttpResponse:
    """Approve, refuse, withdraw or revoke a closure."""
    closure = _visible(request, pk)
    allowed = {
        "withdraw": closure.requested_by_id == request.user.pk,
        "revoke": reach.may_revoke(request.user, closure),
    }.get(step)
    if not (reach.may_answer(request.user, closure) if allowed is None else allowed):
        raise PermissionDenied(Permission.CLOSURE_DECIDE)
    form = RevokeForm(request.POST) if step == "revoke" else AnswerForm(request.POST, reasoned=step == "refuse")
    status = 200
    try:
        if form.is_valid():
            _act(closure, step, request, form.cleaned_data["reason" if step == "revoke" else "answer"])
            return redirect("schools:closure", pk=closure.pk)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        status = CONFLICT
    return _page(request, _visible(request, pk), form, status)


def _act(closure: Closure, step: str, request: SignedRequest, answer: str) -> None:
    now = timezone.now()
    if step == "withdraw":
        services.withdraw(closure=closure, by=request.user, at=now)
    elif step == "revoke":
        services.revoke(closure=closure, by=request.user, at=now, reason=answer)
    elif step == "approve":
        services.approve(closure=closure, by=request.user, at=now, answer=answer)
    else:
        services.refuse(closure=closure, by=request.user, at=now, answer=answer)


def _form(request: SignedRequest, form: ClosureForm, unit: Unit | None, declarer: Unit | None = None) -> HttpResponse:
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = services.ask(
                unit=unit or told["unit"],
                declared_by_unit=declarer,
                first=told["first_date"],
                last=told["last_date"],
                reason=told["reason"],
                keeps_boarders=told["keeps_boarders"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, gettext("已提交，另一位有权的人批准后生效。"))
            return redirect("schools:closure", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "schools/terms/ask.html", {"form": form, "unit": unit})


def _visible(request: SignedRequest, pk: int) -> Closure:
    related = (*reach.CLOSURE_UNITS, "requested_by", "decided_by", "revoked_by")
    return get_object_or_404(Closure.objects.visible_to(request.user).select_related(*related), pk=pk)
