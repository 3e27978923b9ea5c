"""How a wing's page finds the school or place it is about, within reach and with the right to change it."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from logistics_portal.accounts.gate import require
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from schools.register.models import Place, School

REACH = "unit__parent__parent__parent"


def school_for(user: User, pk: int) -> School:
    """Return a school a person may add places to; out of reach 404, without the right 403."""
    school = get_object_or_404(School.objects.visible_to(user).select_related(REACH), pk=pk)
    require(user, Permission.PLACE_ADD, at=school.unit)
    return school


def place_for(user: User, pk: int, kind: str) -> Place:
    """Return a place of one kind that a person may see; else 404."""
    rows = Place.objects.visible_to(user).select_related(f"school__{REACH}")
    return get_object_or_404(rows, pk=pk, kind=kind)


def place_to_change(user: User, pk: int, kind: str) -> Place:
    """Return a place of one kind whose file a person may change; out of reach 404, without the right 403."""
    place = place_for(user, pk, kind)
    require(user, Permission.PLACE_ADD, at=place.school.unit)
    return place


def may_change(user: User, place: Place) -> bool:
    """Say whether a person may change the file of a place."""
    return user.can(Permission.PLACE_ADD, at=place.school.unit)
