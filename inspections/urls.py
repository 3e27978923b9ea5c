"""Addresses of this wing, gathered from its rooms."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from inspections.checklists import urls as checklists
from inspections.checks import urls as checks
from inspections.dashboards import urls as dashboards
from inspections.evaluations import urls as evaluations
from inspections.findings import urls as findings
from inspections.incidents import urls as incidents
from inspections.reports import urls as reports
from inspections.schedules import urls as schedules

app_name = "inspections"
urlpatterns: list[URLPattern | URLResolver] = [
    *schedules.urlpatterns,
    *checks.urlpatterns,
    *findings.urlpatterns,
    *incidents.urlpatterns,
    *checklists.urlpatterns,
    *reports.urlpatterns,
    *evaluations.urlpatterns,
    *dashboards.urlpatterns,
]
