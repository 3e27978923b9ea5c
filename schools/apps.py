"""The schools app."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """学校."""

    name = "schools"
    verbose_name = "学校"
