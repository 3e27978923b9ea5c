"""Tasks of this wing, gathered for Celery."""

from inspections.findings.tasks import climb_ladders

__all__ = ["climb_ladders"]
