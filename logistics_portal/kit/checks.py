"""Checks that stop a start with a sentence instead of a broken page."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from logistics_portal.kit.frontend import missing_files


@register(Tags.staticfiles)
def vendor_files_are_there(**_kwargs: Any) -> list[CheckMessage]:
    """Return one error for each front-end file that npm should have fetched."""
    return [
        Error(
            f"The front-end file {name} is missing.",
            hint="Run `make setup`: it fetches the packages of static/package-lock.json.",
            id="portal.E001",
        )
        for name in missing_files()
    ]
