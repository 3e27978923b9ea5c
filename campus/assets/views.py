"""Pages of campuses: list, register of facilities kind by kind."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campus.assets import selectors, services
from campus.assets.forms import AddForm, EditForm
from campus.assets.models import Facility
from campus.assets.tables import CampusFilter, CampusTable, rows_for
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from schools.register import doors
from schools.register.forms import OpeningForm
from schools.register.models import Place

KIND = Place.Kind.CAMPUS


@signed_in
@require_safe
def campus_list(request: SignedRequest) -> HttpResponseBase:
    """List the campuses a person may see."""
    rows = rows_for(Place.objects.visible_to(request.user))
    return table_page(request, CampusTable, rows, template="campus/assets/list.html", filterset=CampusFilter)


@signed_in
@require_safe
def campus_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show kind by kind what a campus has, has not, or has not said."""
    place = doors.place_for(request.user, pk, KIND)
    context = {
        "place": place,
        "lines": selectors.register_of(place, timezone.localdate()),
        "may_change": doors.may_change(request.user, place),
    }
    return render(request, "campus/assets/campus.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: SignedRequest, pk: int) -> HttpResponse:
    """Add a campus to a school."""
    school = doors.school_for(request.user, pk)
    form = OpeningForm(request.POST or None, initial={"from_date": timezone.localdate(), "name": gettext("校园")})
    if form.is_valid():
        try:
            made = services.open_campus(school=school, opening=form.opening(), by=request.user, at=timezone.now())
            messages.success(request, gettext("已添加“%(name)s”。") % {"name": made.name})
            return redirect("campus:campus", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "campus/assets/add.html", {"form": form, "school": school})


@signed_in
@require_http_methods(["GET", "POST"])
def add_facility(request: SignedRequest, pk: int) -> HttpResponse:
    """Enter a facility of a campus."""
    place = doors.place_to_change(request.user, pk, KIND)
    initial = {"kind": request.GET.get("kind", ""), "from_date": timezone.localdate()}
    form = AddForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.add_facility(place=place, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("已登记。"))
            return redirect("campus:campus", pk=place.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "campus/assets/add_facility.html", {"form": form, "place": place})


@signed_in
@require_http_methods(["GET", "POST"])
def edit_facility(request: SignedRequest, pk: int) -> HttpResponse:
    """Change what is kept of a facility."""
    reach = "place__school__unit__parent__parent__parent"
    facility = get_object_or_404(Facility.objects.visible_to(request.user).select_related(reach), pk=pk)
    require(request.user, Permission.PLACE_ADD, at=facility.place.school.unit)
    initial = {name: getattr(facility, name) for name in EditForm.base_fields}
    form = EditForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.edit_facility(facility=facility, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("已保存。"))
            return redirect("campus:campus", pk=facility.place_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "campus/assets/edit_facility.html", {"form": form, "facility": facility})


@signed_in
@require_POST
def say_none(request: SignedRequest, pk: int, kind: str) -> HttpResponse:
    """Record that a campus has none of a kind."""
    if kind not in Facility.Kind.values:
        raise Http404
    place = doors.place_to_change(request.user, pk, KIND)
    services.say_none(place=place, kind=kind, by=request.user, at=timezone.now())
    messages.success(request, gettext("已登记“无”。"))
    return redirect("campus:campus", pk=place.pk)
