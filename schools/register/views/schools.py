"""Pages of schools: list, search, one school, adding and editing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk.selectors import panels_for
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails
from logistics_portal.records.selectors import trail
from schools.register import selectors
from schools.register.forms import AddForm, SchoolFacts
from schools.register.models import Place, School
from schools.register.services import schools as services
from schools.register.services.proposals import LIVING
from schools.register.tables import SchoolFilter, SchoolTable


@signed_in
@require_safe
def school_list(request: SignedRequest) -> HttpResponseBase:
    """List the schools a person may see."""
    rows = School.objects.visible_to(request.user).select_related("unit__parent")
    may_add = bool(selectors.supervisors_for(request.user, Permission.SCHOOL_CREATE))
    return table_page(
        request,
        SchoolTable,
        rows,
        template="schools/register/list.html",
        filterset=SchoolFilter,
        context={"may_add": may_add},
    )


@signed_in
@require_safe
def search(request: SignedRequest) -> HttpResponse:
    """Find schools by name, initials or code: a page or JSON; a single hit leads straight there."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    rows = list(selectors.found(request.user, text)) if text else []
    if request.GET.get("as") == "json" or "application/json" in request.headers.get("Accept", ""):
        told = [
            {
                "name": row.name,
                "code": row.code,
                "unit": str(row.unit.parent),
                "url": reverse("schools:school", args=[row.pk]),
            }
            for row in rows
        ]
        return JsonResponse({"results": told})
    if len(rows) == 1:
        return redirect("schools:school", pk=rows[0].pk)
    return render(request, "schools/register/search.html", {"rows": rows, "text": text})


@signed_in
@require_safe
def school_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show everything about one school."""
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent", "successor")
    school = get_object_or_404(visible, pk=pk)
    today = timezone.localdate()
    rights = selectors.rights_over(request.user, school, today)
    enrolments = list(school.enrolments.order_by("-year"))
    context = {
        "school": school,
        "rights": rights,
        "ended": school.closed_date is not None and school.closed_date < today,
        "enrolment_year": selectors.enrolment_asked(school, enrolments, timezone.now()) if rights.propose else None,
        "facts": selectors.facts_of(school),
        "places": selectors.places_of(school, today),
        "place_pages": [(Place.Kind(kind).label, urls[1]) for kind, urls in selectors.PLACE_PAGES.items()],
        "traits": school.traits.order_by("flag", "-from_date"),
        "enrolments": enrolments,
        "periods": school.unit.periods.select_related("parent").order_by("-from_date"),
        "proposals": school.proposals.filter(state__in=LIVING).order_by("asked_at", "pk"),
        "panels": panels_for(request, "school", school),
        "events": trails.told(trail(school)[:30]),
    }
    return render(request, "schools/register/school.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: SignedRequest) -> HttpResponse:
    """Let a bureau add a school under itself."""
    units = selectors.supervisors_for(request.user, Permission.SCHOOL_CREATE)
    if not units:
        raise PermissionDenied(Permission.SCHOOL_CREATE)
    form = AddForm(request.POST or None, units=units)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            school = services.add_school(
                supervising=facts.pop("supervising"), by=request.user, at=timezone.now(), **facts
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("已添加“%(name)s”，请接着登记它的场所。") % {"name": school.name})
            return redirect("schools:school", pk=school.pk)
    return render(request, "schools/register/add.html", {"form": form})


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the bureau change the plain facts of a school."""
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent")
    school = get_object_or_404(visible, pk=pk)
    require(request.user, Permission.SCHOOL_EDIT, at=school.unit)
    if not selectors.rights_over(request.user, school, timezone.localdate()).edit:
        raise PermissionDenied(Permission.SCHOOL_EDIT)
    initial = {name: getattr(school, name) for name in SchoolFacts.base_fields}
    form = SchoolFacts(request.POST or None, initial=initial)
    if form.is_valid():
        services.edit_school(school=school, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, gettext("已保存。"))
        return redirect("schools:school", pk=school.pk)
    return render(request, "schools/register/edit.html", {"form": form, "school": school})
