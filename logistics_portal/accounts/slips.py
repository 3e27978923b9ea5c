"""One-time links on paper: shown once, to copy or print."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from logistics_portal.accounts.models import User
from logistics_portal.accounts.services.people import link_of


@never_cache
def show_slips(request: HttpRequest, people: Iterable[User]) -> HttpResponse:
    """Return the page with each person's one-time link; whoever gives it never sees a password."""
    slips = []
    for person in people:
        link = link_of(person)
        url = request.build_absolute_uri(reverse("accounts:set-password", args=[link.uid, link.token]))
        slips.append({"person": person, "url": url})
    return render(request, "accounts/slips.html", {"slips": slips})
