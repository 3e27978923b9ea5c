"""Pages of exemptions: the list, asking, answering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inspections.schedules import services
from inspections.schedules.forms import AnswerForm, ExemptionForm
from inspections.schedules.models import Exemption
from inspections.schedules.services import Wish
from inspections.schedules.tables import TONES, ExemptionFilter, ExemptionTable
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.scoping import ScopedQuerySet
from logistics_portal.kit.tables import table_page
from logistics_portal.records.photos import keep_photo
from logistics_portal.records.trails import events
from schools.register.models import Place

UP_TO_C = "place__school__unit__parent__parent__parent"


@signed_in
@require_safe
def exemptions(request: SignedRequest) -> HttpResponseBase:
    """List the exemptions a person may see."""
    rows = Exemption.objects.visible_to(request.user).select_related("place__school", "checklist")
    return table_page(
        request,
        ExemptionTable,
        rows,
        template="inspections/schedules/exemptions.html",
        filterset=ExemptionFilter,
        context={"may_ask": _asks_for(request.user)},
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask_exemption(request: SignedRequest) -> HttpResponse:
    """Let a school ask that checks of a place be free."""
    places = Place.objects.visible_to(request.user).living(on=timezone.localdate())
    places = places.filter(school__unit__in=_asks_for(request.user)).select_related("school__unit")
    form = ExemptionForm(request.POST or None, request.FILES or None, places=places.order_by("school", "kind", "name"))
    if form.is_valid():
        post = require(request.user, Permission.EXEMPTION_REQUEST, at=form.cleaned_data["place"].school.unit)
        try:
            with transaction.atomic():
                row = services.request(wish=_wish(request, form), by=request.user, post=post, at=timezone.now())
            who = services.awaited(row, timezone.now())
            messages.success(request, gettext("已提交，待%(who)s批准后生效。") % {"who": who})
            return redirect("inspections:exemption", row.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/schedules/ask_exemption.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def exemption(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a request, and let the one whose turn it is answer."""
    row = get_object_or_404(_exemptions(request.user), pk=pk)
    right, unit = services.permission_to_decide(row, timezone.now()), row.place.school.unit
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        post = require(request.user, right, at=unit)
        if form.is_valid():
            decide = services.approve if form.cleaned_data["verb"] == "approve" else services.refuse
            try:
                answer = form.cleaned_data["answer"]
                decide(exemption=row, answer=answer, by=request.user, post=post, at=timezone.now())
                return redirect("inspections:exemption", pk)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
    return render(request, "inspections/schedules/exemption.html", _shown(request.user, row, form))


@signed_in
@require_POST
def withdraw_exemption(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a school take its request back."""
    row = get_object_or_404(_exemptions(request.user), pk=pk)
    post = require(request.user, Permission.EXEMPTION_REQUEST, at=row.place.school.unit)
    return _done(request, row, lambda: services.withdraw(exemption=row, by=request.user, post=post, at=timezone.now()))


@signed_in
@require_POST
def revoke_exemption(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the first reviewer take an approval back while nothing of it has closed."""
    row = get_object_or_404(_exemptions(request.user), pk=pk)
    post = require(request.user, Permission.EXEMPTION_DECIDE, at=row.place.school.unit)
    at, by = timezone.now(), request.user
    return _done(request, row, lambda: services.revoke(exemption=row, reason="", by=by, post=post, at=at))


def _done(request: SignedRequest, row: Exemption, act: Callable[[], Exemption]) -> HttpResponse:
    try:
        act()
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
    return redirect("inspections:exemption", row.pk)


def _exemptions(user: User) -> ScopedQuerySet[Exemption]:
    related = (UP_TO_C, "checklist", "requested_by", "decided_by", "evidence")
    return Exemption.objects.visible_to(user).select_related(*related)


def _asks_for(user: User) -> list[int]:
    """Return the units for which a person may ask."""
    return [post.unit_id for post in user.live_posts if post.allows(Permission.EXEMPTION_REQUEST, at=post.unit)]


def _wish(request: SignedRequest, form: ExemptionForm) -> Wish:
    typed = form.cleaned_data
    files, place = typed.get("evidence") or [], typed["place"]
    evidence = None
    if files:
        unit, now = place.school.unit, timezone.now()
        evidence = keep_photo(upload=files[0], unit=unit, place=place, by=request.user, at=now)
    return Wish(
        place=place,
        checklist=typed["checklist"],
        first_date=typed["first_date"],
        last_date=typed["last_date"],
        reason=typed["reason"],
        text=typed["text"],
        evidence=evidence,
    )


def _shown(user: User, row: Exemption, form: AnswerForm) -> dict[str, Any]:
    unit, now = row.place.school.unit, timezone.now()
    asked = row.state == Exemption.State.REQUESTED
    right = services.permission_to_decide(row, now)
    return {
        "row": row,
        "form": form,
        "tone": TONES[row.state],
        "awaited": services.awaited(row, now) if asked else "",
        "may_answer": asked and user.can(right, at=unit) and row.requested_by_id != user.pk,
        "may_withdraw": asked and user.can(Permission.EXEMPTION_REQUEST, at=unit),
        "may_revoke": row.state == Exemption.State.APPROVED and user.can(Permission.EXEMPTION_DECIDE, at=unit),
        "late": right == Permission.EXEMPTION_DECIDE_LATE,
        "events": events(on=row),
    }
