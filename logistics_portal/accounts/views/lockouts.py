"""Who is locked out now, and the way back in before the time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from logistics_portal.accounts import lockout, selectors
from logistics_portal.accounts.acting import seen_person
from logistics_portal.accounts.forms import ReleaseForm
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import lockouts as services


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def lockouts(request: SignedRequest) -> HttpResponse:
    """List the names and addresses that are locked within reach; an address is released here with a reason."""
    post = request.user.main_post
    if post is None:
        raise PermissionDenied(Permission.ACCOUNT_LOCK)
    require(request.user, Permission.ACCOUNT_LOCK, at=post.unit)
    now = timezone.now()
    addresses = _addresses(request.user, post.unit, now)
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        address = form.cleaned_data["address"]
        if address not in addresses:
            raise Http404
        services.release_address(address=address, reason=form.cleaned_data["reason"], by=request.user, at=now)
        messages.success(request, gettext("已解除，陌生名字可以在那里重新登录。"))
        return redirect("accounts:lockouts")
    context = {"names": _names(request.user, now), "addresses": addresses, "form": form}
    return render(request, "accounts/lockouts.html", {**context, "most": settings.SPRAY_NAMES})


def _names(user: User, now: datetime) -> list[dict[str, Any]]:
    """Return the locked names of people within reach, each with its person."""
    rows = lockout.locked_names(now)
    found = selectors.people_visible_to(user).filter(username__in={row["username"] for row in rows})
    people = {person.username: person for person in found}
    return [{**row, "person": people[row["username"]]} for row in rows if row["username"] in people]


def _addresses(user: User, unit: Unit, now: datetime) -> list[str]:
    """Return the full addresses a person may see: at the province all, else those their own people sign in from."""
    full = lockout.full_addresses(now)
    if unit.kind == Unit.Kind.PROVINCE:
        return full
    names = selectors.people_visible_to(user).values("username")
    return [address for address in full if lockout.used_by(address, names, now)]


@signed_in
@fresh
@require_POST
def release(request: SignedRequest, pk: int) -> HttpResponse:
    """Let a person try to sign in again at once."""
    person, unit = seen_person(request, pk, Permission.ACCOUNT_LOCK)
    services.release_name(person=person, unit=unit, by=request.user, at=timezone.now())
    messages.success(request, gettext("%(name)s 现在可以重新登录。") % {"name": person.full_name})
    return redirect("accounts:lockouts")
