"""The canteens app."""

from django.apps import AppConfig


class CanteensConfig(AppConfig):
    """食堂."""

    name = "canteens"
    verbose_name = "食堂"
