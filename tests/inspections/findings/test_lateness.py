"""How late a school is with a finding tolerated for a while: before and after it, never meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.findings import rules
from inspections.findings.rules import Rectified, Severity, Timing
from logistics_portal.kit.dates import ONE_DAY, SHANGHAI, day_end, local_date

FOUND = datetime(2026, 11, 16, 9, tzinfo=SHANGHAI)
DUE = FOUND + timedelta(days=3)
HOURS = st.integers(1, 24 * 60).map(lambda hours: timedelta(hours=hours))
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Kept:
    """A toleration as it went: asked, decided, agreed until a day, and perhaps revoked before."""

    asked: datetime
    begun: datetime
    agreed: datetime
    revoked: datetime | None

    @property
    def over(self) -> datetime:
        return self.revoked or self.agreed


@st.composite
def tolerations(draw):
    """Return some tolerations, one asked at a time: renewed before the last ran out, or asked again afterwards."""
    rows, now = [], FOUND
    for _turn in range(draw(st.integers(0, 3))):
        asked = now + draw(HOURS)
        begun = asked + draw(HOURS)
        last = max([local_date(begun), *(row.agreed.date() for row in rows if row.over > begun)])
        agreed = day_end(last + timedelta(days=draw(st.integers(1, 40))))
        revoked = begun + (agreed - begun) * draw(st.sampled_from([0.1, 0.5, 0.9])) if draw(st.booleans()) else None
        rows.append(Kept(asked, begun, agreed, revoked))
        now = revoked or begun
    return rows


def as_written(rows):
    """Return the timing of a finding that went through all this."""
    row, running = Timing(Severity.MAJOR, FOUND, DUE, DUE), []
    for kept in rows:
        running = [(over, before) for over, before in running if over > kept.begun] + [(kept.over, row.due_at)]
        row = rules.tolerated(row, kept.asked, kept.agreed.date() - timedelta(days=1))
        if kept.revoked:
            held = [before for over, before in running if over >= kept.revoked]
            row, running = rules.no_longer_tolerated(row, min(held), kept.revoked), []
    return row


def late_by_hand(rows, at):
    """Return how much time passed after the first deadline while nothing was asked for and granted, or tolerated."""
    late, since = timedelta(0), DUE
    for n, kept in enumerate(rows):
        late += max(min(kept.asked, at) - since, timedelta(0))
        ended = [later.revoked for later in rows[n + 1 :] if later.revoked]  # a renewal's end is the end of both
        since = max(since, min([kept.over, *ended]))
    return late + max(at - since, timedelta(0))


def end_of(rows):
    """Return when the last of them ended."""
    return rows[-1].over if rows else FOUND


@given(tolerations(), HOURS)
def test_what_is_late_outside_asked_and_tolerated_days_counts_and_nothing_else(rows, later):
    at = end_of(rows) + later

    row = as_written(rows)

    assert rules.lateness(row, at) == late_by_hand(rows, at)
    assert rules.overdue(row, rules.State.OPEN, at) == (at > max(DUE, end_of(rows)))
    assert (rules.rectified(row, at) == Rectified.ON_TIME) == (late_by_hand(rows, at) == timedelta(0))


@given(tolerations().filter(bool), st.floats(0.05, 0.95))
def test_what_is_mended_while_it_is_tolerated_is_as_late_as_when_it_was_asked_for(rows, part):
    last = replace(rows[-1], revoked=None)
    rows = [*rows[:-1], last]
    at = last.begun + (last.agreed - last.begun) * part

    row = as_written(rows)

    assert not rules.overdue(row, rules.State.OPEN, at)
    assert rules.lateness(row, at) == late_by_hand(rows, last.asked)
    assert (rules.rectified(row, at) == Rectified.ON_TIME) == (late_by_hand(rows, last.asked) == timedelta(0))


@given(HOURS, HOURS, st.integers(1, 40))
def test_however_long_the_office_takes_the_school_is_as_late_as_when_it_asked(asked, taken, days):
    kept = Kept(FOUND + asked, FOUND + asked + taken, day_end(local_date(DUE + asked + taken) + days * ONE_DAY), None)

    assert as_written([kept]).late_before == max(FOUND + asked - DUE, timedelta(0))
