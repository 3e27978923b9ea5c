"""The desk app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The page after sign-in, the inbox, health, the demo."""

    name = "logistics_portal.desk"
    label = "desk"
    verbose_name = "工作台"
