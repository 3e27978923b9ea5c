"""Addresses of dormitory buildings."""

from __future__ import annotations

from django.urls import path

from dormitories.buildings import views

urlpatterns = [
    path("", views.building_list, name="list"),
    path("at/<int:pk>/add/", views.add, name="add"),
    path("<int:pk>/", views.building_page, name="building"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/rooms/", views.lay_out, name="rooms"),
    path("<int:pk>/beds/", views.beds, name="beds"),
]
