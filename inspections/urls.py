"""Addresses of this wing, gathered from its rooms."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from inspections.checks import urls as checks
from inspections.findings import urls as findings
from inspections.schedules import urls as schedules

app_name = "inspections"
urlpatterns: list[URLPattern | URLResolver] = [
    *schedules.urlpatterns,
    *checks.urlpatterns,
    *findings.urlpatterns,
]
