"""Addresses of the campus wing."""

from __future__ import annotations

from django.urls import include, path

app_name = "campus"
urlpatterns = [
    path("", include("campus.assets.urls")),
]
