"""Pages of one school's days: a month or a term with its reasons, and the whole year."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.kit.dates import Span, month_key, month_of, read_month, school_year
from logistics_portal.kit.errors import NotAllowed
from schools.register.models import School
from schools.terms import monthbook, reach
from schools.terms.selectors import reading_of
from schools.terms.yearbook import year_of

YEARS = range(2009, 2101)


@signed_in
@require_safe
def own(request: SignedRequest) -> HttpResponse:
    """Lead a person of a school to its calendar."""
    school = reach.school_of(request.user)
    if school is None:
        raise Http404
    return redirect("schools:month", pk=school.pk)


@signed_in
@require_safe
def month(request: SignedRequest, pk: int) -> HttpResponse:
    """Show what kind of day each day of a month or term is for a school, and why."""
    school = _visible(request, pk)
    today = timezone.localdate()
    span = _month(request.GET.get("month", ""), today)
    view = monthbook.TERM if request.GET.get("view") == monthbook.TERM else monthbook.MONTH
    reading = reading_of(school, span.first, span.last)
    make = monthbook.term_book if view == monthbook.TERM else monthbook.month_book
    context = {
        "school": school,
        "book": make(school, reading, span),
        "view": view,
        "tabs": monthbook.tabs_of(school, span.first),
        "month": month_key(span.first),
        "today": today,
        "may_ask": reach.may_ask(request.user, school, today),
    }
    return render(request, "schools/terms/month.html", context)


@signed_in
@require_safe
def year(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a school's year day by day."""
    school = _visible(request, pk)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == len("2026") else 0
    start = wanted if wanted in YEARS else school_year(today)
    near = today if school_year(today) == start else date(start, 9, 1)
    context = {
        "school": school,
        "year": year_of(school, start),
        "before": start - 1 if start - 1 in YEARS else None,
        "after": start + 1 if start + 1 in YEARS else None,
        "tabs": monthbook.tabs_of(school, near),
        "today": today,
        "may_ask": reach.may_ask(request.user, school, today),
    }
    return render(request, "schools/terms/year.html", context)


def _visible(request: SignedRequest, pk: int) -> School:
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent")
    return get_object_or_404(visible, pk=pk)


def _month(text: str, today: date) -> Span:
    """Return the month asked for, or this one where the text names none within reason."""
    try:
        span = read_month(text) if text else month_of(today)
    except NotAllowed:
        return month_of(today)
    return span if span.first.year in YEARS else month_of(today)
