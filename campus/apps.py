"""The campus app."""

from django.apps import AppConfig


class CampusConfig(AppConfig):
    """校园."""

    name = "campus"
    verbose_name = "校园"
