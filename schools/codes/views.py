"""Pages of codes: the list, the sheet to print, one revoked, and the address that a phone opens."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from schools.codes import selectors, services
from schools.codes.forms import CodeForm, RevokeForm
from schools.codes.models import Code
from schools.register.models import School

OPENS = "inspections:at-place"  # the wing that answers for a place, by name


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: SignedRequest, pk: int) -> HttpResponse:
    """List a school's codes, and let those who keep its places make one more."""
    school = _school(request, pk)
    now, may = timezone.now(), request.user.can(Permission.PLACE_ADD, at=school.unit)
    places = selectors.places_in_use(school, timezone.localdate(now))
    form = CodeForm(request.POST or None, places=places)
    if request.method == "POST":
        require(request.user, Permission.PLACE_ADD, at=school.unit)
        if form.is_valid():
            try:
                services.make(by=request.user, at=now, **form.cleaned_data)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, gettext("已生成，可打印。"))
                return redirect("schools:codes", pk)
    context = {
        "school": school,
        "codes": list(selectors.codes_of(school)),
        "lacking": selectors.without_code(school, timezone.localdate(now)),
        "form": form if may and places else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "schools/codes/codes.html", context, status=status)


@signed_in
@require_POST
def make_missing(request: SignedRequest, pk: int) -> HttpResponse:
    """Make a code for every place in use that has none."""
    school = _school(request, pk)
    require(request.user, Permission.PLACE_ADD, at=school.unit)
    lacking = selectors.without_code(school, timezone.localdate())
    services.make_missing(places=lacking, by=request.user, at=timezone.now())
    messages.success(request, gettext("已生成，可打印。"))
    return redirect("schools:codes", pk)


@signed_in
@require_safe
def sheet(request: SignedRequest, pk: int) -> HttpResponse:
    """Show the codes of a school as an A4 sheet to be cut up."""
    school = _school(request, pk)
    rows = selectors.living_codes(school, timezone.localdate())
    drawn = [(code, selectors.drawn(selectors.address_of(code, request))) for code in rows]
    return render(request, "schools/codes/sheet.html", {"school": school, "codes": drawn})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a code that is lost, or hangs in the wrong place, open nothing any more."""
    visible = Code.objects.visible_to(request.user).select_related("place__school__unit__parent__parent__parent")
    code = get_object_or_404(visible, pk=pk)
    require(request.user, Permission.PLACE_ADD, at=code.place.school.unit)
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        try:
            services.revoke(code=code, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("已作废。这个位置可以重新生成二维码。"))
            return redirect("schools:codes", code.place.school_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "schools/codes/revoke.html", {"form": form, "code": code}, status=status)


@signed_in
@require_safe
def scan(request: SignedRequest, token: str) -> HttpResponse:
    """Open what a scanned code stands for, within the reach of whoever scanned it."""
    visible = Code.objects.visible_to(request.user).select_related("place__school")
    code = get_object_or_404(visible, token=token)
    if code.revoked_at is not None:
        return render(request, "schools/codes/revoked.html", {"code": code}, status=HTTPStatus.GONE)
    return redirect(reverse(OPENS, args=[code.place_id]))


def _school(request: SignedRequest, pk: int) -> School:
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent")
    return get_object_or_404(visible, pk=pk)
