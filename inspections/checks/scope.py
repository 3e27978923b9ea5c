"""What a person may see of places and checks, with everything a page needs at hand."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from inspections.checks.models import Check, CheckQuerySet, Release
from logistics_portal.accounts.models import User
from logistics_portal.kit.prepared import prepared
from logistics_portal.kit.scoping import ScopedQuerySet, covers
from schools.register.models import Place, PlaceQuerySet

UP_TO_F = "school__unit__parent__parent__parent"


def places(user: User) -> PlaceQuerySet:
    """Return the places a person may see, with the units above them."""
    return Place.objects.visible_to(user).select_related(UP_TO_F)


def place(user: User, pk: int) -> Place:
    """Return one place a person may see, with the units above it, or answer that there is no such page."""
    found = next(iter(_place(pk)), None)
    if found is None or not covers(user.reach, found):
        raise Http404
    return found


@prepared
def _place(pk: int) -> QuerySet[Place]:
    return Place.objects.filter(pk=pk).select_related(UP_TO_F)


def own_places(user: User) -> PlaceQuerySet:
    """Return the places in use at the schools a person works for."""
    today = timezone.localdate()
    return places(user).living(on=today).filter(school__unit__in=[post.unit_id for post in user.live_posts])


def checks(user: User) -> CheckQuerySet:
    """Return the checks a person may see."""
    related = ("place__" + UP_TO_F, "school__unit__parent", "checklist", "version", "by", "post__unit")
    rows = Check.objects.visible_to(user).select_related(*related, "countersigned_by", "voided_by")
    return rows.defer("version__spec")


def releases(user: User) -> ScopedQuerySet[Release]:
    """Return the requests for corrections a person may see."""
    related = ("check_row__" + UP_TO_F, "check_row__place", "check_row__checklist", "asked_by", "decided_by")
    rows = Release.objects.visible_to(user).select_related(*related)
    return rows.defer("check_row__answers", "check_row__values")
