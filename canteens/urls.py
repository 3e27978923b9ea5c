"""Addresses of the canteens wing."""

from __future__ import annotations

from django.urls import path

from canteens.premises import views

app_name = "canteens"
urlpatterns = [
    path("", views.canteen_list, name="list"),
    path("at/<int:pk>/add/", views.add, name="add"),
    path("<int:pk>/", views.canteen_page, name="canteen"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/supply/", views.supply, name="supply"),
]
