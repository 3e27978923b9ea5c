"""Addresses of checks."""

from __future__ import annotations

from django.urls import URLPattern, path

from inspections.checks.views import filling, months, records, releasing, sending

urlpatterns: list[URLPattern] = [
    path("today/", filling.today, name="today"),
    path("today/<int:place>/", filling.at_place, name="at-place"),
    path("today/<int:place>/<slug:checklist>/<str:day>/<int:seq>/", filling.fill, name="fill"),
    path("checks/", records.checks, name="checks"),
    path("checks/school/<int:pk>/", months.month, name="check-month"),
    path("checks/<int:pk>/", records.check, name="check"),
    path("checks/<int:pk>/receipt/", filling.receipt, name="receipt"),
    path("checks/<int:pk>/correct/", filling.correct, name="correct"),
    path("checks/<int:pk>/ask-correction/", releasing.ask, name="correct-ask"),
    path("corrections/<int:pk>/", releasing.release, name="release"),
    path("corrections/<int:pk>/withdraw/", releasing.withdraw, name="release-withdraw"),
    path("checks/<int:pk>/countersign/", records.countersign, name="countersign"),
    path("checks/<int:pk>/photos-lost/", records.photos_lost, name="check-photos-lost"),
    path("checks/<int:pk>/ask-void/", records.ask_void, name="void-ask"),
    path("checks/<int:pk>/void/", records.void, name="void"),
]

api: list[URLPattern] = [
    path("session", sending.session, name="session"),
    path("checks", sending.hand_in, name="checks"),
    path("checks/<uuid:client_id>", sending.check, name="check"),
    path("checks/<uuid:client_id>/photos/<slug:sha256>", sending.photo, name="check-photo"),
    path("checks/<uuid:client_id>/photos/<slug:sha256>/lost", sending.give_up, name="check-photo-lost"),
]
