"""Addresses of the hall."""

from __future__ import annotations

from django.urls import include, path

app_name = "schools"
urlpatterns = [
    path("", include("schools.register.urls")),
    path("", include("schools.terms.urls")),
    path("", include("schools.codes.urls")),
]
