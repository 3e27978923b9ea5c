"""Addresses of the report centre."""

from django.urls import path

from inspections.reports import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/reissue/", views.reissue, name="report-reissue"),
]
