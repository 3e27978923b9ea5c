"""Addresses of the desk."""

from django.urls import path

from logistics_portal.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.open_all_notices, name="open-all-notices"),
    path("inbox/<int:pk>/", views.open_notice, name="open-notice"),
    path("me/", views.me, name="me"),
    path("menu/", views.menu, name="menu"),
    path("kit/", views.kit, name="kit"),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
