"""Addresses of the canteens wing."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "canteens"
urlpatterns: list[URLPattern] = []
