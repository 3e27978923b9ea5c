"""Addresses of this wing that scripts ask; their answers are JSON, and a change of shape gets a new number."""

from __future__ import annotations

from django.urls import URLPattern

from inspections.checks import urls as checks

app_name = "api"
urlpatterns: list[URLPattern] = [*checks.api]
