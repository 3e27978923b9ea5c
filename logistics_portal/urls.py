"""Every address of the portal. The wings are named, never imported."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
