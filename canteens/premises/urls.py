"""Addresses of canteens."""

from __future__ import annotations

from django.urls import path

from canteens.premises import views

urlpatterns = [
    path("", views.canteen_list, name="list"),
    path("at/<int:pk>/add/", views.add, name="add"),
    path("<int:pk>/", views.canteen_page, name="canteen"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/supply/", views.supply, name="supply"),
]
