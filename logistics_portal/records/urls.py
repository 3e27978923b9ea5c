"""Addresses of the records."""

from django.urls import path, register_converter

from logistics_portal.records import views
from logistics_portal.records.names import RandomName

register_converter(RandomName, "random_name")

app_name = "records"
urlpatterns = [
    path("files/<random_name:name>/", views.attachment, name="attachment"),
]
