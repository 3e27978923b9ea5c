"""The dormitories app."""

from django.apps import AppConfig


class DormitoriesConfig(AppConfig):
    """宿舍."""

    name = "dormitories"
    verbose_name = "宿舍"
