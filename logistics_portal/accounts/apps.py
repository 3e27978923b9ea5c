"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Units, people, posts."""

    name = "logistics_portal.accounts"
    label = "accounts"
    verbose_name = "机构与人员"
