"""Addresses of campuses and their facilities."""

from __future__ import annotations

from django.urls import path

from campus.assets import views

urlpatterns = [
    path("", views.campus_list, name="list"),
    path("at/<int:pk>/add/", views.add, name="add"),
    path("<int:pk>/", views.campus_page, name="campus"),
    path("<int:pk>/facilities/add/", views.add_facility, name="add-facility"),
    path("<int:pk>/none/<slug:kind>/", views.say_none, name="say-none"),
    path("facilities/<int:pk>/edit/", views.edit_facility, name="edit-facility"),
]
