"""Pages of places: their names and dates. The files behind them are the wings'."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from schools.register.forms import PlaceForm
from schools.register.models import Place
from schools.register.services import places as services


@signed_in
@require_http_methods(["GET", "POST"])
def edit_place(request: SignedRequest, pk: int) -> HttpResponse:
    """Rename a place, or change from when it is checked."""
    visible = Place.objects.visible_to(request.user).select_related("school__unit__parent__parent__parent")
    place = get_object_or_404(visible, pk=pk)
    require(request.user, Permission.PLACE_ADD, at=place.school.unit)
    form = PlaceForm(request.POST or None, initial={"name": place.name, "checked_from": place.checked_from})
    if form.is_valid():
        try:
            services.edit_place(place=place, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("已保存。"))
            return redirect("schools:school", pk=place.school_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "schools/register/edit_place.html", {"form": form, "place": place})
