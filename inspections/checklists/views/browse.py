"""Reading check-lists: all of them, one version, two side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inspections.checklists import pages, selectors
from inspections.checklists.models import Version, VersionQuerySet
from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.accounts.permissions import Role

DRAFT, DISCARDED = Version.State.DRAFT, Version.State.DISCARDED
DRAFTERS = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD, Role.SCHEME_ADMIN})


@signed_in
@require_safe
def checklists(request: SignedRequest) -> HttpResponse:
    """Show the check-lists in force, and the drafts that wait."""
    today = timezone.localdate()
    seen = Version.objects.visible_to(request.user)
    drafts = may_see_drafts(request)
    context = {
        "held": selectors.catalogue(seen.in_force(on=today)),
        "coming": selectors.catalogue(seen.filter(state=Version.State.PUBLISHED, valid_from__gt=today)),
        "drafts": selectors.catalogue(seen.filter(state=DRAFT)) if drafts else [],
        "may_add": pages.adding_unit(request.user) is not None,
        "may_upload": Role.SCHEME_ADMIN in request.user.roles,
    }
    return render(request, "inspections/checklists/list.html", context)


@signed_in
@require_safe
def version(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one version: its items, its limits in force, its history."""
    seen = Version.objects.visible_to(request.user)
    row = get_object_or_404(readable(seen, request).select_related("checklist", "unit__parent", "base"), pk=pk)
    others = readable(seen, request).filter(checklist=row.checklist)
    page = pages.version_page(request.user, row, selectors.catalogue(others), timezone.localdate())
    return render(request, "inspections/checklists/version.html", page)


@signed_in
@require_safe
def compare(request: SignedRequest, pk: int, other: int) -> HttpResponse:
    """Show what differs between two versions of one check-list."""
    rows = readable(Version.objects.visible_to(request.user), request).select_related("checklist", "unit")
    after = get_object_or_404(rows, pk=pk)
    before = get_object_or_404(rows, pk=other, checklist=after.checklist)
    context = {"before": before, "after": after, "changes": pages.changes_between(before, after)}
    return render(request, "inspections/checklists/compare.html", context)


def readable(rows: VersionQuerySet, request: SignedRequest) -> VersionQuerySet:
    """Leave drafts out for those who have no part in them."""
    return rows if may_see_drafts(request) else rows.exclude(state__in=[DRAFT, DISCARDED])


def may_see_drafts(request: SignedRequest) -> bool:
    """Say whether a person works on check-lists: a bureau's office, or the scheme's administrator."""
    return bool(request.user.roles & DRAFTERS)
