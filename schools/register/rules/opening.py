"""What opens a place."""

from __future__ import annotations

from datetime import date
from typing import Required, TypedDict


class Opening(TypedDict, total=False):
    """What a place is called, when it opens, from when it is checked; empty days mean today."""

    name: Required[str]
    from_date: date | None
    checked_from: date | None
