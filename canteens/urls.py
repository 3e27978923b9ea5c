"""Addresses of the canteens wing."""

from __future__ import annotations

from django.urls import include, path

app_name = "canteens"
urlpatterns = [
    path("", include("canteens.premises.urls")),
]
