"""Addresses of codes."""

from __future__ import annotations

from django.urls import path

from schools.codes import views

urlpatterns = [
    path("<int:pk>/codes/", views.codes, name="codes"),
    path("<int:pk>/codes/missing/", views.make_missing, name="codes-missing"),
    path("<int:pk>/codes/sheet/", views.sheet, name="codes-sheet"),
    path("codes/<int:pk>/revoke/", views.revoke, name="code-revoke"),
    path("q/<slug:token>/", views.scan, name="scan"),
]
