"""Addresses of the province's figures."""

from django.urls import path

from logistics_portal.desk.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.figure_list, name="list"),
    path("changes/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("changes/<int:pk>/refuse/", views.refuse, name="refuse"),
    path("changes/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:code>/", views.figure, name="figure"),
    path("<slug:code>/propose/", views.propose, name="propose"),
]
