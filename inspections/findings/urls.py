"""Addresses of findings."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from inspections.findings.views import lists, steps, tolerations

urlpatterns: list[URLPattern | URLResolver] = [
    path("findings/", lists.findings, name="findings"),
    path("findings/queue/", lists.queue, name="finding-queue"),
    path("findings/open/", lists.open_by_hand, name="finding-open"),
    path("findings/<int:pk>/", steps.finding_page, name="finding"),
    path("findings/<int:pk>/assign/", steps.assign, name="finding-assign"),
    path("findings/<int:pk>/remedy/", steps.remedy, name="finding-remedy"),
    path("findings/<int:pk>/accept/", steps.accept, name="finding-accept"),
    path("findings/<int:pk>/refuse/", steps.refuse, name="finding-refuse"),
    path("findings/<int:pk>/extension/", steps.ask_extension, name="finding-ask-extension"),
    path("findings/<int:pk>/extension/<int:request_pk>/", steps.extend, name="finding-extend"),
    path("findings/<int:pk>/withdrawal/", steps.ask_withdrawal, name="finding-ask-withdrawal"),
    path("findings/<int:pk>/withdraw/", steps.withdraw, name="finding-withdraw"),
    path("findings/<int:pk>/no-withdrawal/", steps.refuse_withdrawal, name="finding-refuse-withdrawal"),
    path("findings/<int:pk>/reopen/", steps.reopen, name="finding-reopen"),
    path("findings/<int:pk>/toleration/", tolerations.ask, name="finding-ask-toleration"),
    path("findings/<int:pk>/toleration/revoke/", tolerations.revoke, name="finding-revoke-toleration"),
    path("findings/<int:pk>/toleration/<int:request_pk>/", tolerations.prepare, name="finding-prepare-toleration"),
    path(
        "findings/<int:pk>/toleration/<int:request_pk>/decide/",
        tolerations.decide,
        name="finding-decide-toleration",
    ),
]
