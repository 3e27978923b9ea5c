"""Addresses of incidents and vetoes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from inspections.incidents.views import decisions, incidents, vetoes

urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/new/", incidents.new_incident, name="incident-new"),
    path("incidents/new/<int:pk>/", incidents.report, name="incident-report"),
    path("incidents/softenings/", decisions.softenings, name="softenings"),
    path("incidents/softenings/<int:pk>/", decisions.decide_softening, name="softening"),
    path("incidents/grades/<int:pk>/", decisions.decide_grade, name="grade-decide"),
    path("incidents/responsibilities/<int:pk>/", decisions.decide_responsibility, name="responsibility-decide"),
    path("incidents/<int:pk>/", incidents.incident_page, name="incident"),
    path("incidents/<int:pk>/follow-up/", incidents.follow_up, name="incident-follow-up"),
    path("incidents/<int:pk>/pass-on/", incidents.pass_on, name="incident-pass-on"),
    path("incidents/<int:pk>/tell-health/", incidents.tell_health, name="incident-tell-health"),
    path("incidents/<int:pk>/end/", incidents.end, name="incident-end"),
    path("incidents/<int:pk>/finish/", incidents.finish, name="incident-finish"),
    path("incidents/<int:pk>/close/", incidents.close, name="incident-close"),
    path("incidents/<int:pk>/rectify/", incidents.rectify, name="incident-rectify"),
    path("incidents/<int:pk>/grade/", decisions.grade, name="incident-grade"),
    path("incidents/<int:pk>/responsibility/", decisions.responsibility, name="incident-responsibility"),
    path("incidents/<int:pk>/report-act/", decisions.report_act, name="incident-report-act"),
    path("incidents/<int:pk>/soften/", decisions.soften, name="incident-soften"),
    path("incidents/<int:pk>/veto/", vetoes.propose, name="incident-veto"),
    path("vetoes/", vetoes.veto_list, name="vetoes"),
    path("vetoes/<int:pk>/", vetoes.veto_page, name="veto"),
    path("vetoes/<int:pk>/second/", vetoes.second, name="veto-second"),
    path("vetoes/<int:pk>/confirm/", vetoes.confirm, name="veto-confirm"),
    path("vetoes/<int:pk>/send-back/", vetoes.send_back, name="veto-send-back"),
    path("vetoes/<int:pk>/refuse/", vetoes.refuse, name="veto-refuse"),
    path("vetoes/<int:pk>/lift/", vetoes.lift, name="veto-lift"),
    path("vetoes/liftings/<int:pk>/", vetoes.decide_lift, name="lifting-decide"),
]
