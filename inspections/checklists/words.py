"""The words of a version in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

Json = Mapping[str, Any]


def text_of(word: Json) -> str:
    """Return a word or text of a version in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return str(word.get("zh" if chinese else "en") or word.get("zh", ""))
