"""Pages of calendars: list, draft, terms, special days, difference, publishing."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.dates import school_year
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails
from schools.terms import reach
from schools.terms.forms import DraftForm, ExtraForm, TermForm
from schools.terms.models import Edition
from schools.terms.services import calendars as services
from schools.terms.tables import EditionFilter, EditionTable


@signed_in
@require_safe
def calendar_list(request: SignedRequest) -> HttpResponseBase:
    """List the calendars that reach a person."""
    return table_page(
        request,
        EditionTable,
        reach.readable(request.user),
        template="schools/terms/list.html",
        filterset=EditionFilter,
        context={"may_draft": bool(reach.calendar_units(request.user))},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def draft(request: SignedRequest) -> HttpResponse:
    """Begin a draft of the own unit's calendar."""
    units = reach.calendar_units(request.user)
    form = DraftForm(request.POST or None, units=units, initial={"school_year": school_year(timezone.localdate())})
    if form.is_valid():
        require(request.user, Permission.CALENDAR_EDIT, at=form.cleaned_data["unit"])
        try:
            made = services.draft(by=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("schools:calendar", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    elif not units:
        require(request.user, Permission.CALENDAR_EDIT, at=request.user.live_posts[0].unit)
    return render(request, "schools/terms/draft.html", {"form": form})


@signed_in
@require_safe
def calendar_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a calendar; a draft with what publishing it would change."""
    edition = _readable(request, pk)
    unit = edition.unit.first_reviewer
    is_draft = edition.state == Edition.State.DRAFT
    context = {
        "edition": edition,
        "terms": edition.terms.order_by("first_date", "pk"),
        "extras": edition.extras.order_by("first_date", "pk"),
        "impact": services.impact(edition=edition) if is_draft else None,
        "may_edit": is_draft and request.user.can(Permission.CALENDAR_EDIT, at=unit),
        "may_publish": is_draft
        and request.user.can(Permission.CALENDAR_PUBLISH, at=unit)
        and not services.wrote_in(edition, request.user),
        "may_discard": is_draft and reach.may_discard(request.user, edition),
        "events": trails.events(on=edition),
    }
    return render(request, "schools/terms/calendar.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def term(request: SignedRequest, pk: int) -> HttpResponse:
    """Set a term of a draft."""
    edition = _writable(request, pk)
    form = TermForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        span = {"name": told["name"], "first": told["first_date"], "last": told["last_date"]}
        try:
            services.set_term(edition=edition, by=request.user, at=timezone.now(), **span)
            return redirect("schools:calendar", pk=edition.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "schools/terms/term.html", {"form": form, "edition": edition})


@signed_in
@require_http_methods(["GET", "POST"])
def extra(request: SignedRequest, pk: int) -> HttpResponse:
    """Add special days to a draft."""
    edition = _writable(request, pk)
    form = ExtraForm(request.POST or None)
    if form.is_valid():
        try:
            services.add_extra(edition=edition, by=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("schools:calendar", pk=edition.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "schools/terms/extra.html", {"form": form, "edition": edition})


@signed_in
@require_POST
def remove(request: SignedRequest, pk: int, what: str, row: int) -> HttpResponse:
    """Take a term or special days out of a draft."""
    edition = _writable(request, pk)
    now = timezone.now()
    if what == "term":
        services.remove_term(term=get_object_or_404(edition.terms, pk=row), by=request.user, at=now)
    else:
        services.remove_extra(extra=get_object_or_404(edition.extras, pk=row), by=request.user, at=now)
    return redirect("schools:calendar", pk=edition.pk)


@signed_in
@require_POST
def publish(request: SignedRequest, pk: int) -> HttpResponse:
    """Make a draft the calendar in force."""
    edition = _readable(request, pk)
    require(request.user, Permission.CALENDAR_PUBLISH, at=edition.unit.first_reviewer)
    return _settle(request, edition, services.publish, gettext("校历已发布。"))


@signed_in
@require_POST
def discard(request: SignedRequest, pk: int) -> HttpResponse:
    """Put a draft away: its clerks, or the head who will not publish it."""
    edition = _readable(request, pk)
    if not reach.may_discard(request.user, edition):
        raise PermissionDenied(Permission.CALENDAR_EDIT)
    return _settle(request, edition, services.discard, gettext("草稿已作废。"))


def _settle(request: SignedRequest, edition: Edition, act: Callable[..., object], news: str) -> HttpResponse:
    act(edition=edition, by=request.user, at=timezone.now())
    messages.success(request, news)
    return redirect("schools:calendar", pk=edition.pk)


def _readable(request: SignedRequest, pk: int) -> Edition:
    return get_object_or_404(reach.readable(request.user), pk=pk)


def _writable(request: SignedRequest, pk: int) -> Edition:
    edition = _readable(request, pk)
    require(request.user, Permission.CALENDAR_EDIT, at=edition.unit.first_reviewer)
    return edition
