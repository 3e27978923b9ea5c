"""Correcting a check after its slot has closed: the school asks, the first reviewer's office answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from inspections.checks import releasing, scope
from inspections.checks.figures import figures_on
from inspections.checks.forms import AskCorrectionForm, ReleaseForm
from inspections.checks.history import PARTS
from inspections.checks.models import Release
from inspections.checks.rules.releases import OPEN, State
from inspections.checks.tables import RELEASE_TONES
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import PortalForm
from logistics_portal.kit.marks import badge_html
from logistics_portal.records.trails import events


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the author, the vice principal or the principal ask to correct a check whose slot has closed."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    post = require(request.user, Permission.CHECK_CORRECT, at=row.school.unit)
    now, form = timezone.now(), AskCorrectionForm(request.POST or None)
    if (asked := releasing.open_release(row, now)) is not None:
        return redirect("inspections:release", asked.pk)
    if form.is_valid():
        try:
            made = releasing.ask(check=row, reason=form.cleaned_data["reason"], by=request.user, post=post, at=now)
            messages.success(request, gettext("已提交，等初审单位后勤部门同意更正。"))
            return redirect("inspections:release", made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"check": row, "form": form, "closed": releasing.why_not_asked(row, now)}
    return render(request, "inspections/checks/ask_correction.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a request for a correction, and let the first reviewer's office answer it."""
    row = get_object_or_404(scope.releases(request.user), pk=pk)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST":
        post = require(request.user, Permission.CHECK_RELEASE, at=row.check_row.school.unit)
        if form.is_valid():
            decide = releasing.release if form.cleaned_data["verb"] == "release" else releasing.refuse
            answer = form.cleaned_data["answer"]
            try:
                decide(release=row, answer=answer, by=request.user, post=post, at=timezone.now())
                return redirect("inspections:release", pk)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
    return render(request, "inspections/checks/release.html", _shown(request.user, row, form), status=_status(form))


@signed_in
@require_POST
def withdraw(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the one who asked take the request back."""
    row = get_object_or_404(scope.releases(request.user), pk=pk)
    post = require(request.user, Permission.CHECK_CORRECT, at=row.check_row.school.unit)
    try:
        releasing.withdraw(release=row, by=request.user, post=post, at=timezone.now())
        messages.success(request, gettext("已撤回更正申请。"))
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
    return redirect("inspections:release", pk)


def _status(form: PortalForm) -> int:
    return HTTPStatus.CONFLICT if form.non_field_errors() else HTTPStatus.OK


def _shown(user: User, row: Release, form: ReleaseForm) -> dict[str, Any]:
    now = timezone.now()
    stands, unit = row.stands(now), row.check_row.school.unit
    mine = row.asked_by_id == user.pk and user.can(Permission.CHECK_CORRECT, at=unit)
    waits = stands == State.REQUESTED
    return {
        "row": row,
        "check": row.check_row,
        "form": form,
        "status": badge_html(RELEASE_TONES[stands], stands.label),
        "days": figures_on(local_date(now)).release_use_working_days,
        "due": releasing.answer_dues([row])[row.pk] if waits else None,
        "may_answer": waits and row.asked_by_id != user.pk and user.can(Permission.CHECK_RELEASE, at=unit),
        "may_withdraw": mine and stands in OPEN,
        "may_correct": mine and stands == State.RELEASED,
        "events": events(on=row.check_row, parts=PARTS),
    }
