"""Papers that run out: licences, certificates, inspections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

STEPS = (0, 7, 30, 60)
BAD, WARN, INFO, GOOD = "bad", "warn", "info", "good"
TONES = (BAD, BAD, WARN, INFO)


@dataclass(frozen=True, slots=True)
class Expiry:
    """How near a paper is to its last day: days left (below nought when over), the warning step reached, its tone."""

    until: date
    left: int
    step: int | None
    tone: str

    @property
    def over(self) -> bool:
        """Say whether the paper no longer holds."""
        return self.left < 0


def expiry(until: date, on: date, steps: tuple[int, ...] = STEPS) -> Expiry:
    """Return how near the last day is: warnings come 60, 30, 7 and 0 days before, the last two in red."""
    left = (until - on).days
    reached = next(((it, tone) for it, tone in zip(sorted(steps), TONES, strict=True) if left <= it), None)
    step, tone = reached or (None, GOOD)
    return Expiry(until, left, step, tone)


def horizon(on: date, steps: tuple[int, ...] = STEPS) -> date:
    """Return the last day that is within the first warning."""
    return on + timedelta(days=max(steps))
