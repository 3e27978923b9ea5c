"""Pages of the org tree: list, one unit with its history, changes asked for and confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from logistics_portal.accounts import selectors
from logistics_portal.accounts.acting import asks_at, staffs
from logistics_portal.accounts.drafts import Cause
from logistics_portal.accounts.forms import CHANGE_FORMS, DecideForm
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import Unit, UnitChange
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import units as services
from logistics_portal.accounts.tables import UnitFilter, UnitTable
from logistics_portal.kit.components import Crumb
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.paging import page_of
from logistics_portal.kit.tables import table_page
from logistics_portal.records import trails


@signed_in
@require_safe
def units(request: SignedRequest) -> HttpResponseBase:
    """List the bureaus a person may see, in the order of the tree."""
    rows = Unit.objects.visible_to(request.user).exclude(kind=Unit.Kind.SCHOOL).select_related("parent")
    waiting = UnitChange.objects.visible_to(request.user).filter(state__in=services.PENDING)
    waiting = waiting.select_related("unit", "asked_by").order_by("on_date", "pk")
    context = {"waiting": waiting[:50]}
    return table_page(request, UnitTable, rows, template="accounts/units.html", filterset=UnitFilter, context=context)


@signed_in
@require_safe
def unit(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one unit: where it hangs, what hangs below, how it stood before, what is asked for."""
    shown = get_object_or_404(Unit.objects.visible_to(request.user).select_related("parent", "successor"), pk=pk)
    children = Unit.objects.visible_to(request.user).filter(parent=shown).order_by("kind", "code")
    up = Unit.objects.visible_to(request.user).filter(children=shown).first()
    context = {
        "unit": shown,
        "crumbs": [Crumb(gettext("各级机构"), reverse("accounts:units"))] + ([_crumb(up)] if up else []),
        "page": page_of(children, request.GET.get("page")),
        "periods": shown.periods.select_related("parent").order_by("-from_date"),
        "changes": shown.changes.filter(state__in=services.PENDING)
        .select_related("asked_by")
        .order_by("on_date", "pk"),
        "may_change": request.user.can(Permission.UNIT_CHANGE, at=shown),
        "may_grant": staffs(request.user, shown),
        "may_ask": asks_at(request.user, shown),
        "kinds": [kind for kind in UnitChange.Kind if _fits(kind, shown)],
        "events": trails.events(on=shown),
    }
    return render(request, "accounts/unit.html", context)


def _crumb(above: Unit) -> Crumb:
    return Crumb(above.name, reverse("accounts:unit", args=[above.pk]))


def _fits(kind: UnitChange.Kind, shown: Unit) -> bool:
    """Say whether such a change makes sense for a unit; schools change in the register."""
    if shown.until_date is not None or shown.kind == Unit.Kind.SCHOOL:
        return False
    if kind == UnitChange.Kind.SWITCH_ON:
        return shown.kind == Unit.Kind.FUNCTIONAL_ZONE and not shown.switched_on
    return shown.parent_id is not None or kind in {UnitChange.Kind.CREATE, UnitChange.Kind.RENAME}


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a change to the tree; a second person confirms it."""
    shown = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.UNIT_CHANGE, at=shown)
    if kind not in CHANGE_FORMS or not _fits(UnitChange.Kind(kind), shown):
        raise Http404
    form = CHANGE_FORMS[kind](request.POST or None, initial={"on_date": timezone.localdate()})
    if form.is_valid():
        cause = Cause(form.on, form.cleaned_data["reason"], request.user, timezone.now())
        try:
            services.ask_change(unit=shown, kind=kind, facts=form.facts(), cause=cause)
            messages.success(request, gettext("已提出，待省级部门负责人确认后生效。"))
            return redirect("accounts:unit", pk=pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    title = gettext("%(kind)s：%(unit)s") % {"kind": UnitChange.Kind(kind).label, "unit": shown.name}
    back = reverse("accounts:unit", args=[pk])
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": back})


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def decide(request: SignedRequest, pk: int) -> HttpResponse:
    """Confirm a change that somebody else asked for, or send it back."""
    rows = UnitChange.objects.visible_to(request.user).select_related("unit__parent", "asked_by")
    change = get_object_or_404(rows, pk=pk)
    require(request.user, Permission.UNIT_CONFIRM, at=change.unit)
    form = DecideForm(request.POST or None, agreed=change.state == UnitChange.State.AGREED)
    if form.is_valid():
        try:
            _decide(change, form, request)
            return redirect("accounts:unit", pk=change.unit_id)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "change": change, "facts": selectors.change_facts(change)}
    return render(request, "accounts/decide.html", context)


def _decide(change: UnitChange, form: DecideForm, request: SignedRequest) -> None:
    at = timezone.now()
    if form.cleaned_data["decision"] == "confirm":
        done = services.confirm_change(change=change, by=request.user, at=at)
        ahead = gettext("已确认，将于 %(day)s 自动生效。") % {"day": done.on_date}
        messages.success(request, ahead if done.state == UnitChange.State.AGREED else gettext("已确认，变更生效。"))
        return
    services.refuse_change(change=change, reason=form.cleaned_data["reason"], by=request.user, at=at)
    messages.success(request, gettext("已退回，机构没有变化。"))
