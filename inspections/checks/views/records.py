"""What was handed in: the list, one check with its revisions, signing it and declaring it void."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections.checks import acts, awaiting, history, month, people, scope
from inspections.checks.forms import PhotosLostForm, VoidForm
from inspections.checks.models import Check
from inspections.checks.rules.releases import OPEN
from inspections.checks.tables import LISTED, RELEASE_TONES, STATE_TONES, CheckFilter, CheckTable
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import table_page


@signed_in
@require_safe
def checks(request: SignedRequest) -> HttpResponseBase:
    """List the checks a person may see."""
    rows = Check.objects.visible_to(request.user).exclude(state=Check.State.SUPERSEDED)
    rows = rows.select_related("checklist", "school", "place", "by").only(*LISTED)
    tabs = month.tabs_for(request.user, request.GET.get("school", "")[:20])
    page = "inspections/checks/checks.html"
    return table_page(request, CheckTable, rows, template=page, filterset=CheckFilter, context={"tabs": tabs})


@signed_in
@require_safe
def check(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a check: every item, all revisions side by side, photos, findings, and who signed."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    sheet = history.lay_out(row)
    newest, now = sheet.revisions[-1], timezone.now()
    asked = history.asked(sheet.revisions)
    coming, given_up = history.to_come(sheet)
    open_one = next((it for it in asked if it.check_row_id == row.pk and it.stands(now) in OPEN), None)
    context = {
        "check": row,
        "status": badge_html(STATE_TONES.get(row.state, "idle"), row.get_state_display()),
        "sheet": sheet,
        "coming": coming,
        "given_up": given_up,
        "corrections": history.corrections(sheet),
        "newer": newest if newest.pk != row.pk else None,
        "may": acts.steps_open(row, request.user, {it.by_id for it in sheet.revisions}, open_one, now),
        "asked": [(it, badge_html(RELEASE_TONES[it.stands(now)], it.stands(now).label)) for it in asked],
        "facts_rows": history.facts(row, sheet),
        "events": history.events(row, sheet.revisions),
    }
    return render(request, "inspections/checks/check.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def countersign(request: SignedRequest, pk: int) -> HttpResponse:
    """Sign a check as the second person, with the password given not long ago."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    if request.method != "POST":
        return redirect("inspections:check", pk)
    require(request.user, Permission.CHECK_COUNTERSIGN, at=row.school.unit)
    post = people.signer(request.user, row.place, acts.template_of(row), author=row.by)
    if post is None:
        raise PermissionDenied(gettext("这次检查不由您签字。"))
    try:
        acts.countersign(check=row, by=request.user, post=post, at=timezone.now())
        messages.success(request, gettext("已复核签字。"))
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
    return redirect("inspections:check", pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def photos_lost(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a school stop waiting for photos that cannot come any more."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    post = require(request.user, Permission.CHECK_CORRECT, at=row.school.unit)
    form = PhotosLostForm(request.POST or None)
    if form.is_valid():
        why = form.cleaned_data["reason"]
        try:
            last = awaiting.give_up_all(check=row, why=why, by=request.user, post=post, at=timezone.now())
            return redirect("inspections:check", last.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/checks/photos_lost.html", {"check": row, "form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask_void(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a school ask that a check be declared void."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    post = require(request.user, Permission.CHECK_VOID_ASK, at=row.school.unit)
    form = VoidForm(request.POST or None)
    if form.is_valid():
        try:
            acts.ask_void(check=row, reason=form.cleaned_data["reason"], by=request.user, post=post, at=timezone.now())
            return redirect("inspections:check", pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/checks/ask_void.html", {"check": row, "form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the first reviewer's office declare a check void after its school asked."""
    row = get_object_or_404(scope.checks(request.user), pk=pk)
    post = require(request.user, Permission.CHECK_VOID, at=row.school.unit)
    form = VoidForm(request.POST or None)
    if form.is_valid():
        try:
            acts.void(check=row, reason=form.cleaned_data["reason"], by=request.user, post=post, at=timezone.now())
            return redirect("inspections:check", pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/checks/void.html", {"check": row, "form": form})
