"""Static files under hashed names, and under plain ones where nothing has been collected."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ForgivingManifestStorage(ManifestStaticFilesStorage):
    """Hashed names once files are collected; before that (tests, first start) the plain name."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Return the hashed name, or the plain one for a file that is not there."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name
