"""Addresses of dashboards."""

from __future__ import annotations

from django.urls import URLPattern, path

from inspections.dashboards import views

urlpatterns: list[URLPattern] = [
    path("board/", views.home, name="board-home"),
    path("board/schools/<int:pk>/", views.school, name="board-school"),
    path("board/schools/<int:pk>/slots/", views.school_slots, name="board-school-slots"),
    path("board/<slug:code>/", views.board, name="board"),
    path("board/<slug:code>/items/", views.items, name="board-items"),
    path("board/<slug:code>/items/<slug:item>/", views.item, name="board-item"),
    path("board/<slug:code>/slots/", views.slots, name="board-slots"),
    path("board/<slug:code>/days/", views.days, name="board-days"),
    path("board/<slug:code>/vetoes/", views.vetoes, name="board-vetoes"),
    path("board/<slug:code>/unchecked/", views.unchecked, name="board-unchecked"),
    path("board/<slug:code>/unchecked/remind/", views.remind, name="board-remind"),
    path("board/<slug:code>/schools/", views.schools, name="board-schools"),
]
