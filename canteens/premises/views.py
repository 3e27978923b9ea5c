"""Pages of canteens: list, file, who cooks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from canteens.premises import selectors, services
from canteens.premises.forms import AddForm, FileForm, SupplyForm
from canteens.premises.tables import CanteenFilter, CanteenTable, rows_for
from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails
from logistics_portal.records.selectors import trail
from schools.register import doors
from schools.register.models import Place


@signed_in
@require_safe
def canteen_list(request: SignedRequest) -> HttpResponseBase:
    """List the canteens a person may see."""
    rows = rows_for(Place.objects.visible_to(request.user))
    return table_page(request, CanteenTable, rows, template="canteens/premises/list.html", filterset=CanteenFilter)


@signed_in
@require_safe
def canteen_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show the file of a canteen and who has cooked when."""
    place = doors.place_for(request.user, pk, Place.Kind.CANTEEN)
    canteen = selectors.canteen_of(place)
    context = {
        "place": place,
        "canteen": canteen,
        "facts": selectors.facts_of(canteen) if canteen else [],
        "licence": selectors.licence_of(canteen, timezone.localdate()),
        "supplies": canteen.supplies.order_by("-from_date") if canteen else [],
        "may_change": doors.may_change(request.user, place),
        "events": trails.told(trail(canteen)[:20]) if canteen else [],
    }
    return render(request, "canteens/premises/canteen.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: SignedRequest, pk: int) -> HttpResponse:
    """Add a canteen to a school."""
    school = doors.school_for(request.user, pk)
    form = AddForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if form.is_valid():
        file = form.file()
        supply: services.FirstSupply = {"mode": file.pop("mode"), "operator_name": file.pop("operator_name")}
        try:
            made = services.open_canteen(
                school=school, opening=form.opening(), supply=supply, by=request.user, at=timezone.now(), **file
            )
            messages.success(request, gettext("已添加“%(name)s”。") % {"name": made.place.name})
            return redirect("canteens:canteen", pk=made.place_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "canteens/premises/add.html", {"form": form, "school": school})


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: SignedRequest, pk: int) -> HttpResponse:
    """Change the file of a canteen."""
    place = doors.place_to_change(request.user, pk, Place.Kind.CANTEEN)
    canteen = selectors.canteen_of(place)
    form = FileForm(request.POST or None, initial=selectors.typed_of(canteen, list(FileForm.base_fields)))
    if form.is_valid():
        services.keep_file(place=place, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, gettext("已保存。"))
        return redirect("canteens:canteen", pk=place.pk)
    return render(request, "canteens/premises/edit.html", {"form": form, "place": place})


@signed_in
@require_http_methods(["GET", "POST"])
def supply(request: SignedRequest, pk: int) -> HttpResponse:
    """Say who cooks from a day on."""
    place = doors.place_to_change(request.user, pk, Place.Kind.CANTEEN)
    form = SupplyForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if form.is_valid():
        now = timezone.now()
        try:
            canteen = selectors.canteen_of(place) or services.keep_file(place=place, by=request.user, at=now)
            services.set_supply(canteen=canteen, by=request.user, at=now, **form.cleaned_data)
            messages.success(request, gettext("已保存。"))
            return redirect("canteens:canteen", pk=place.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "canteens/premises/supply.html", {"form": form, "place": place})
