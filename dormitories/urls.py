"""Addresses of the dormitories wing."""

from __future__ import annotations

from django.urls import include, path

app_name = "dormitories"
urlpatterns = [
    path("", include("dormitories.buildings.urls")),
]
