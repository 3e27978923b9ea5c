"""The figures of telling people as the province has set them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from logistics_portal.kit.dates import local_date
from logistics_portal.records.hours import DEFAULTS, Hours
from logistics_portal.records.selectors import book

DIGESTS = ("DIGEST_MORNING_AT", "DIGEST_EVENING_AT")
QUIET_FROM, QUIET_UNTIL = "QUIET_FROM", "QUIET_UNTIL"


def hours_at(at: datetime) -> Hours:
    """Return when the digests go and the night is quiet, by the figures of the day of a moment."""
    held, day = book(), local_date(at)
    return replace(
        DEFAULTS,
        digests=tuple(held.clock(code, day, usual) for code, usual in zip(DIGESTS, DEFAULTS.digests, strict=True)),
        quiet_from=held.clock(QUIET_FROM, day, DEFAULTS.quiet_from),
        quiet_until=held.clock(QUIET_UNTIL, day, DEFAULTS.quiet_until),
    )
