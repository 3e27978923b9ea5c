"""The ground: settings, the Celery app, who may see what, records, and the shared kit."""

from logistics_portal.celery import app as celery_app

__all__ = ["celery_app"]
