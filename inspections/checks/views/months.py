"""A school's checks as a month calendar."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inspections.checks import month as months
from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.kit.dates import local_date
from schools.terms.monthbook import WEEKDAYS


@signed_in
@require_safe
def month(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a month of a school's checks: place by place, day by day, with the way to each record."""
    places, now = months.places_of(request.user, pk), timezone.now()
    if not places:
        raise Http404
    span, names = months.read(request.GET.get("month", ""), local_date(now)), WEEKDAYS
    chosen = [it for it in places if str(it.pk) == request.GET.get("place", "")]
    school = places[0].school
    context = {
        "school": school,
        "places": places,
        "chosen": chosen[0] if chosen else None,
        "month": months.month(chosen or places, span, request.user, now),
        "weekdays": names,
        "tabs": months.tabs(pk, school.code),
    }
    return render(request, "inspections/checks/month.html", context)
