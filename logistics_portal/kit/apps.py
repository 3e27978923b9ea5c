"""The kit as a Django app: it lets every wing plug itself in."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from logistics_portal.kit import checks  # noqa: F401 - registers the checks


class KitConfig(AppConfig):
    """Finds each wing's `portal.py` once all tables are known."""

    name = "logistics_portal.kit"
    label = "kit"

    def ready(self) -> None:
        """Let the wings plug into the sockets."""
        autodiscover_modules("portal")
