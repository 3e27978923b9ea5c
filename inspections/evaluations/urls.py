"""Addresses of the annual evaluation."""

from django.urls import path

from inspections.evaluations import views

urlpatterns = [
    path("evaluations/", views.evaluations, name="evaluations"),
    path("evaluations/run/", views.run_year, name="evaluation-run-year"),
    path("evaluations/runs/<int:pk>/", views.run, name="evaluation-run"),
    path("evaluations/<int:pk>/", views.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/rows/<slug:part>/<slug:figure>/", views.rows, name="evaluation-rows"),
]
