"""Addresses of exemptions."""

from __future__ import annotations

from django.urls import URLPattern, path

from inspections.schedules import views

urlpatterns: list[URLPattern] = [
    path("exemptions/", views.exemptions, name="exemptions"),
    path("exemptions/ask/", views.ask_exemption, name="exemption-ask"),
    path("exemptions/<int:pk>/", views.exemption, name="exemption"),
    path("exemptions/<int:pk>/withdraw/", views.withdraw_exemption, name="exemption-withdraw"),
    path("exemptions/<int:pk>/revoke/", views.revoke_exemption, name="exemption-revoke"),
]
