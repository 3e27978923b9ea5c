"""The codes of a school, and what they look like."""

from __future__ import annotations

import io
from datetime import date

import qrcode
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathImage

from logistics_portal.kit.scoping import ScopedQuerySet
from schools.codes.models import Code
from schools.register.models import Place, PlaceQuerySet, School

QUIET_ZONE = 4  # modules of white around a code, as readers expect


def codes_of(school: School) -> ScopedQuerySet[Code]:
    """Return the codes of a school's places, living ones first."""
    rows = Code.objects.filter(place__school=school).select_related("place", "made_by", "revoked_by")
    return rows.order_by("revoked_at", "place__kind", "place__name", "label", "pk")


def living_codes(school: School, on: date) -> list[Code]:
    """Return the codes to be printed: not revoked, at places in use."""
    rows = codes_of(school).filter(revoked_at__isnull=True, place__in=places_in_use(school, on))
    return list(rows.order_by("place__kind", "place__name", "label", "pk"))


def places_in_use(school: School, on: date) -> PlaceQuerySet:
    """Return the places of a school that are in use on a day."""
    return Place.objects.filter(school=school).living(on=on).order_by("kind", "name", "pk")


def without_code(school: School, on: date) -> list[Place]:
    """Return the places in use that have no code at their own door."""
    coded = Code.objects.filter(place__school=school, revoked_at__isnull=True, label="")
    return list(places_in_use(school, on).exclude(pk__in=coded.values("place")))


def address_of(code: Code, request: HttpRequest) -> str:
    """Return the whole address that a code shows: the portal's public one where it is set."""
    path = reverse("schools:scan", args=[code.token])
    public = str(settings.PORTAL_ADDRESS).rstrip("/")
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def drawn(text: str) -> SafeString:
    """Return a text as a QR code, an SVG that prints sharp at any size and survives a quarter of it being dirty."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE, image_factory=SvgPathImage)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out)
    svg = out.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn here from an address, no text of a person in it
