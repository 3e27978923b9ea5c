"""Addresses of background work."""

from django.urls import path

from logistics_portal.desk.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/rerun/", views.rerun, name="rerun"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
