"""Addresses of schools, places and proposals."""

from __future__ import annotations

from django.urls import path

from schools.register.views import imports, places, proposals, schools

urlpatterns = [
    path("", schools.school_list, name="list"),
    path("search/", schools.search, name="search"),
    path("add/", schools.add, name="add"),
    path("<int:pk>/", schools.school_page, name="school"),
    path("<int:pk>/edit/", schools.edit, name="edit"),
    path("<int:pk>/ask/<slug:kind>/", proposals.ask, name="ask"),
    path("places/<int:pk>/edit/", places.edit_place, name="place-edit"),
    path("places/<int:pk>/ask/<slug:kind>/", proposals.ask_place, name="place-ask"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/template.xlsx", imports.template, name="import-template"),
    path("imports/upload/", imports.upload, name="import-upload"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/progress/", imports.progress, name="import-progress"),
    path("imports/<int:pk>/mapping/", imports.mapping, name="import-mapping"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/errors.xlsx", imports.errors, name="import-errors"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/<int:pk>/", proposals.proposal_page, name="proposal"),
    path("proposals/<int:pk>/approve/", proposals.decide, {"step": "approve"}, name="proposal-approve"),
    path("proposals/<int:pk>/refuse/", proposals.decide, {"step": "refuse"}, name="proposal-refuse"),
    path("proposals/<int:pk>/withdraw/", proposals.decide, {"step": "withdraw"}, name="proposal-withdraw"),
]
