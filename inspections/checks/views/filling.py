"""Today's duties, the form of one slot, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from inspections.checks import awaiting, duties, faults, history, quiet, releasing, scope, selectors, services, sittings
from inspections.checks.figures import figures_on
from inspections.checks.forms import Sent, read
from inspections.checks.models import Check, Release
from inspections.checks.pages import Filled
from inspections.checks.rules.verdicts import Refusal
from inspections.checks.sittings import Sitting
from inspections.findings.models import Finding
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.context import aim_at
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import Clash, NotAllowed
from schools.register.models import Place
from schools.terms.selectors import calendar_for

MINE = 10
UP_TO_F = "school__unit__parent__parent__parent"


@signed_in
@require_safe
def today(request: SignedRequest) -> HttpResponse:
    """Show what is to be checked now, and which findings wait for me."""
    now = timezone.now()
    met, words = _met(request.user, list(scope.own_places(request.user)), now)
    mine = [it for it in met if it.fills]
    findings = Finding.objects.visible_to(request.user).open().select_related("place", "school", "item")
    context = {
        "mine": mine,
        "others": [it for it in met if not it.fills],
        "next": duties.next_of(mine),
        "progress": duties.progress_words(mine),
        "findings": findings.order_by("due_at", "pk")[:MINE],
        "quiet": words,
        "day": local_date(now),
    }
    return render(request, "inspections/checks/today.html", context)


@signed_in
@require_safe
def at_place(request: SignedRequest, place: int) -> HttpResponse:
    """Open what a person scanned on the wall: the one form they can fill in there now, else all that is due there."""
    where = scope.place(request.user, place)
    now = timezone.now()
    met, words = _met(request.user, [where], now)
    waiting = [it for it in met if it.waits and not it.stands_in]
    if len(waiting) == 1:
        return redirect(waiting[0].url)
    findings = Finding.objects.visible_to(request.user).open().filter(place=where).select_related("place", "item")
    context = {
        "place": where,
        "mine": [it for it in met if it.fills],
        "others": [it for it in met if not it.fills],
        "findings": findings.order_by("due_at", "pk")[:MINE],
        "quiet": words,
        "day": local_date(now),
    }
    return render(request, "inspections/checks/place.html", context)


def _met(user: User, places: list[Place], now: datetime) -> tuple[list[duties.Duty], list[str]]:
    """Return the slots of some places as a person meets them, and what the calendar took off the day."""
    day = local_date(now)
    calendars = calendar_for({it.school_id for it in places}, day - selectors.LOOK_BACK, day)
    rows = selectors.rows_to_do(places, now, day, calendars=calendars)
    return duties.of(user, rows), quiet.told(places, calendars, day)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: SignedRequest, place: int, checklist: str, day: str, seq: int) -> HttpResponse:
    """Let a person fill in the form of one slot and hand it in."""
    where = scope.place(request.user, place)
    require(request.user, Permission.CHECK_SUBMIT, at=where.school.unit)
    slot = (sittings.read_day(day), seq)
    aim_at(where, f"{where.school.name}{where.name} {slot[0].isoformat()}")
    try:
        sitting = sittings.sit(request.user, where, checklist, slot, request.POST.get("ticket", ""))
        if request.method == "POST":
            return _sent(request, sitting)
        sittings.require_begun(sitting, timezone.now())
    except NotAllowed as refusal:
        return _closed(request, where, str(refusal))
    standing = sittings.standing_of(sitting.ticket)
    if standing is not None and (
        standing.state == Check.State.RECEIVED or awaiting.is_answered(standing, sitting.form)
    ):
        return redirect("inspections:check", standing.pk)
    stage = sittings.next_stage(sitting.form, standing)
    return _form(request, sitting, Screen(stage, Filled(last=sitting.last())))


def _sent(request: SignedRequest, sitting: Sitting) -> HttpResponse:
    aim_at(sitting.place, sitting.label)
    sent = read(request.POST, request.FILES, sitting.asked, (it.code for it in sitting.form.rules))
    if section := request.POST.get("rest"):
        answers, lost = sitting.rest(section, sent.answers), sittings.photos_lost(sent)
        filled = Filled(answers, {}, sitting.last(), sent.fixers, lost)
        return _form(request, sitting, Screen(sent.stage, filled, sent))
    try:
        receipt = services.hand_in(paper=sitting.paper(sent), hand=sitting.hand, at=timezone.now())
    except (NotAllowed, Clash) as refusal:
        return _form_again(request, sitting, Screen(sent.stage, Filled(), sent), refusal)
    return redirect("inspections:receipt", receipt.check.pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the author, the vice principal or the principal write a new revision, with a reason."""
    check = get_object_or_404(scope.checks(request.user), pk=pk)
    require(request.user, Permission.CHECK_CORRECT, at=check.school.unit)
    try:
        sitting = sittings.sit_again(request.user, check)
        if request.method == "POST":
            return _corrected(request, sitting)
        release = releasing.usable(check, request.user, timezone.now())
        if release is None and timezone.now() > sitting.ticket.slot.closes_at:
            return redirect("inspections:correct-ask", pk)
    except NotAllowed as refusal:
        return _closed(request, check.place, str(refusal))
    return _form(request, sitting, Screen("", sittings.as_stored(sitting, check), correcting=check, release=release))


def _corrected(request: SignedRequest, sitting: Sitting) -> HttpResponse:
    aim_at(sitting.place, sitting.label)
    sent = read(request.POST, request.FILES, sitting.asked, (it.code for it in sitting.form.rules))
    try:
        receipt = services.correct(paper=sitting.paper(sent), hand=sitting.hand, at=timezone.now())
    except (NotAllowed, Clash) as refusal:
        screen = Screen("", Filled(), sent, correcting=sittings.standing_of(sitting.ticket))
        return _form_again(request, sitting, screen, refusal)
    return redirect("inspections:receipt", receipt.check.pk)


@signed_in
@require_safe
def receipt(request: SignedRequest, pk: int) -> HttpResponse:
    """Show the receipt: number, time, what was found, and what comes next."""
    check = get_object_or_404(scope.checks(request.user), pk=pk)
    now = timezone.now()
    rows = selectors.rows_to_do(scope.own_places(request.user).filter(school=check.school_id), now, local_date(now))
    context = {
        "check": check,
        "corrected": history.corrected_by(check),
        "failures": history.failures(check),
        "next": duties.next_of(duties.of(request.user, rows)),
        "photo_limit": figures_on(local_date(check.handed_in_at)).photos_a_school_day,
    }
    return render(request, "inspections/checks/receipt.html", context)


@dataclass(frozen=True, slots=True)
class Screen:
    """How a form is shown this time: which stage, filled with what, and after what."""

    stage: str
    filled: Filled
    sent: Sent | None = None
    correcting: Check | None = None
    release: Release | None = None
    status: int = HTTPStatus.OK


def _form(request: HttpRequest, sitting: Sitting, screen: Screen) -> HttpResponse:
    slot, sent, filled = sitting.ticket.slot, screen.sent, screen.filled
    context: dict[str, Any] = {
        "place": sitting.place,
        "slot": slot,
        "view": sitting.page(screen.stage, filled),
        "ticket": sitting.ticket.sealed(),
        "client_id": sent.client_id if sent else uuid4(),
        "reason": sent.reason if sent else "",
        "late": slot.due_at < timezone.now() or screen.correcting is not None,
        "correcting": screen.correcting,
        "release": screen.release,
        "stop_days": faults.stop_days(slot.date, timezone.now()),
        "summary": filled.errors.get(""),
        "reason_error": filled.errors.get(faults.REASON, ""),
        "draft": sitting.draft_key(screen.stage, screen.correcting),
        "photo_room": sitting.scarce_room(timezone.now()),
        "stands_in": sitting.hand.stands_in,
        "photos_again": sent is not None and bool(sent.photos),
    }
    return render(request, "inspections/checks/fill.html", context, status=screen.status)


def _form_again(request: HttpRequest, sitting: Sitting, screen: Screen, refusal: Exception) -> HttpResponse:
    """Show the form with everything typed kept, and each mistake at its place."""
    sent = screen.sent
    refusals = refusal.refusals if isinstance(refusal, faults.Refused) else [Refusal("", str(refusal))]
    status = HTTPStatus.CONFLICT if isinstance(refusal, Clash) else HTTPStatus.UNPROCESSABLE_ENTITY
    filled = sittings.as_typed(sent, refusals, sitting.last()) if sent else screen.filled
    return _form(request, sitting, replace(screen, filled=filled, status=status))


def _closed(request: HttpRequest, place: Place, sentence: str) -> HttpResponse:
    status = HTTPStatus.OK if request.method in {"GET", "HEAD"} else HTTPStatus.CONFLICT
    context = {"place": place, "sentence": sentence}
    return render(request, "inspections/checks/closed.html", context, status=status)
