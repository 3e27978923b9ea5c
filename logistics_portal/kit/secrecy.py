"""What must not be written down: the secret half of a one-time link."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"(/password/(?:reset/key|[^/\s]+)/)[^/\s]+")


def masked(text: str) -> str:
    """Return `text` with the secret of every one-time link taken out."""
    return _LINK.sub(r"\1…", text)


class MaskLinks(logging.Filter):
    """Takes the secrets of one-time links out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the line; every line is let through."""
        line = record.getMessage()
        if "/password/" in line:
            record.msg, record.args = masked(line), None
        return True
