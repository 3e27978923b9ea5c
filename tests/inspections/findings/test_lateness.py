"""How late a school is with a finding tolerated for a while: before and after it, never meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.findings import rules
from inspections.findings.rules import Rectified, Severity, Timing
from logistics_portal.kit.dates import SHANGHAI, day_end, local_date

FOUND = datetime(2026, 11, 16, 9, tzinfo=SHANGHAI)
DUE = FOUND + timedelta(days=3)
HOURS = st.integers(1, 24 * 60).map(lambda hours: timedelta(hours=hours))
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Kept:
    """A toleration as it went: decided, agreed until a day, and perhaps revoked before."""

    begun: datetime
    agreed: datetime
    revoked: datetime | None

    @property
    def over(self) -> datetime:
        return self.revoked or self.agreed


@st.composite
def tolerations(draw):
    """Return some tolerations one after the other, each ending at the end of a day or revoked before."""
    rows, now = [], FOUND
    for _turn in range(draw(st.integers(0, 3))):
        begun = now + draw(HOURS)
        agreed = day_end(local_date(begun) + timedelta(days=draw(st.integers(1, 40))))
        revoked = begun + (agreed - begun) * draw(st.sampled_from([0.1, 0.5, 0.9])) if draw(st.booleans()) else None
        rows.append(Kept(begun, agreed, revoked))
        now = rows[-1].over
    return rows


def as_written(rows):
    """Return the timing of a finding that went through all this."""
    row = Timing(Severity.MAJOR, FOUND, DUE, DUE)
    for kept in rows:
        before = row.due_at
        row = rules.tolerated(row, kept.begun, kept.agreed.date() - timedelta(days=1))
        if kept.revoked:
            row = rules.no_longer_tolerated(row, before, kept.revoked)
    return row


def late_by_hand(rows, at):
    """Return how much time passed after the first deadline while nothing was tolerated."""
    late, since = timedelta(0), DUE
    for kept in rows:
        late += max(min(kept.begun, at) - since, timedelta(0))
        since = max(since, kept.over)
    return late + max(at - since, timedelta(0))


@given(tolerations(), HOURS)
def test_what_is_late_outside_tolerated_days_counts_and_nothing_else(rows, later):
    at = (rows[-1].over if rows else FOUND) + later

    row = as_written(rows)

    assert rules.lateness(row, at) == late_by_hand(rows, at)
    assert rules.overdue(row, rules.State.OPEN, at) == (at > max(DUE, rows[-1].over if rows else DUE))
    assert (rules.rectified(row, at) == Rectified.ON_TIME) == (late_by_hand(rows, at) == timedelta(0))


@given(tolerations().filter(bool), st.floats(0.05, 0.95))
def test_what_is_mended_while_it_is_tolerated_is_as_late_as_it_was_before(rows, part):
    last = Kept(rows[-1].begun, rows[-1].agreed, None)
    rows = [*rows[:-1], last]
    at = last.begun + (last.agreed - last.begun) * part

    row = as_written(rows)

    assert not rules.overdue(row, rules.State.OPEN, at)
    assert rules.lateness(row, at) == late_by_hand(rows, last.begun)
    assert (rules.rectified(row, at) == Rectified.ON_TIME) == (late_by_hand(rows, last.begun) == timedelta(0))
