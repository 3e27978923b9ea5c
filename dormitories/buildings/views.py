"""Pages of dormitory buildings: list, file, rooms in a grid."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dormitories.buildings import selectors, services
from dormitories.buildings.forms import AddForm, BedsForm, FileForm, LayOutForm
from dormitories.buildings.tables import BuildingFilter, BuildingTable
from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails
from logistics_portal.records.selectors import trail
from schools.register import doors
from schools.register.models import Place

KIND = Place.Kind.DORMITORY


@signed_in
@require_safe
def building_list(request: SignedRequest) -> HttpResponseBase:
    """List the dormitory buildings a person may see."""
    rows = Place.objects.visible_to(request.user).filter(kind=KIND).select_related("building", "school__unit__parent")
    template = "dormitories/buildings/list.html"
    return table_page(request, BuildingTable, rows, template=template, filterset=BuildingFilter)


@signed_in
@require_safe
def building_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show the file of a building and its rooms, floor by floor."""
    place = doors.place_for(request.user, pk, KIND)
    building = selectors.building_of(place)
    context = {
        "place": place,
        "building": building,
        "facts": selectors.facts_of(building) if building else [],
        "floors": selectors.floors_of(building) if building else [],
        "may_change": doors.may_change(request.user, place),
        "events": trails.told(trail(building)[:20]) if building else [],
    }
    return render(request, "dormitories/buildings/building.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: SignedRequest, pk: int) -> HttpResponse:
    """Add a dormitory building to a school."""
    school = doors.school_for(request.user, pk)
    form = AddForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if form.is_valid():
        try:
            made = services.open_building(
                school=school, opening=form.opening(), by=request.user, at=timezone.now(), **form.file()
            )
            messages.success(request, gettext("已添加“%(name)s”。") % {"name": made.place.name})
            return redirect("dormitories:building", pk=made.place_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "dormitories/buildings/add.html", {"form": form, "school": school})


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: SignedRequest, pk: int) -> HttpResponse:
    """Change the file of a building."""
    place = doors.place_to_change(request.user, pk, KIND)
    typed = selectors.typed_of(selectors.building_of(place), list(FileForm.base_fields))
    form = FileForm(request.POST or None, initial=typed)
    if form.is_valid():
        services.keep_file(place=place, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, gettext("已保存。"))
        return redirect("dormitories:building", pk=place.pk)
    return render(request, "dormitories/buildings/edit.html", {"form": form, "place": place})


@signed_in
@require_http_methods(["GET", "POST"])
def lay_out(request: SignedRequest, pk: int) -> HttpResponse:
    """Enter the rooms of some floors at once."""
    place = doors.place_to_change(request.user, pk, KIND)
    building = selectors.building_of(place)
    form = LayOutForm(request.POST or None, initial={"first": 1, "last": building.floors if building else 1})
    if building is None:
        messages.error(request, gettext("请先登记这栋楼的档案。"))
        return redirect("dormitories:edit", pk=place.pk)
    if form.is_valid():
        told = form.cleaned_data
        floors = range(told["first"], told["last"] + 1)
        new = services.lay_out(
            building=building, floors=floors, rooms=told["rooms"], beds=told["beds"], by=request.user, at=timezone.now()
        )
        messages.success(request, gettext("新增 %(new)s 间，已有的房间保持不变。") % {"new": new})
        return redirect("dormitories:building", pk=place.pk)
    return render(request, "dormitories/buildings/lay_out.html", {"form": form, "place": place})


@signed_in
@require_http_methods(["GET", "POST"])
def beds(request: SignedRequest, pk: int) -> HttpResponse:
    """Change the beds of single rooms of a floor."""
    place = doors.place_to_change(request.user, pk, KIND)
    building = selectors.building_of(place)
    rooms = selectors.rooms_on(building, request.GET.get("floor", ""))
    form = BedsForm(request.POST or None, rooms=rooms)
    if building is not None and form.is_valid():
        number = services.set_beds(building=building, beds=form.beds(), by=request.user, at=timezone.now())
        messages.success(request, gettext("已修改 %(number)s 间。") % {"number": number})
        return redirect("dormitories:building", pk=place.pk)
    return render(request, "dormitories/buildings/beds.html", {"form": form, "place": place, "rooms": rooms})
