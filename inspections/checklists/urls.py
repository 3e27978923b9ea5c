"""Addresses of check-lists."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from inspections.checklists.views import browse, edit

urlpatterns: list[URLPattern | URLResolver] = [
    path("checklists/", browse.checklists, name="checklists"),
    path("checklists/upload/", edit.upload, name="checklist-upload"),
    path("checklists/definition.yaml", edit.definition, name="checklist-definition"),
    path("checklists/<slug:code>/add/", edit.add, name="checklist-add"),
    path("checklists/versions/<int:pk>/", browse.version, name="checklist-version"),
    path("checklists/versions/<int:pk>/compare/<int:other>/", browse.compare, name="checklist-compare"),
    path("checklists/versions/<int:pk>/publish/", edit.publish, name="checklist-publish"),
    path("checklists/versions/<int:pk>/retire/", edit.retire, name="checklist-retire"),
    path("checklists/versions/<int:pk>/discard/", edit.discard, name="checklist-discard"),
]
