"""The inspections app."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """检查与督导."""

    name = "inspections"
    verbose_name = "检查与督导"
