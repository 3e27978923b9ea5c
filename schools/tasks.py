"""All background work of the hall, gathered for Celery."""

from schools.register.tasks import apply_changes, apply_import, reconcile_flags, sweep_imports

__all__ = ["apply_changes", "apply_import", "reconcile_flags", "sweep_imports"]
