"""Tasks of this wing, gathered for Celery."""

__all__: list[str] = []
