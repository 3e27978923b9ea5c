"""Whether a check came in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.schedules.rules import Clocks, Mark, Receipt, Slot, Timeliness, Window, timeliness, window
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DUE = datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI)
SLOT = Slot(date(2026, 12, 31), 1, DUE - timedelta(hours=18), DUE, DUE + timedelta(hours=48))
SECOND = timedelta(seconds=1)
HOURS = st.integers(-17 * 3600, 10 * 24 * 3600).map(lambda seconds: DUE + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        (SLOT.opens_at - SECOND, Window.PLANNED),
        (SLOT.opens_at, Window.OPEN),
        (DUE, Window.OPEN),
        (DUE + SECOND, Window.LATE),
        (SLOT.closes_at, Window.LATE),
        (SLOT.closes_at + SECOND, Window.MISSED),
    ],
)
def test_a_slot_opens_grows_late_and_closes(at: datetime, stands: Window):
    assert window(SLOT, at) == stands
    assert window(SLOT, at.astimezone(UTC)) == stands


@pytest.mark.parametrize("offline", [True, False])
def test_received_until_due_is_on_time_without_a_mark(offline: bool):
    assert timeliness(SLOT, DUE, offline=offline) == Receipt(Timeliness.ON_TIME, Mark.NONE)


def test_typed_after_due_is_marked_backfilled_and_from_an_offline_phone_uploaded_late():
    at = DUE + timedelta(hours=48)

    assert timeliness(SLOT, at, offline=False) == Receipt(Timeliness.LATE, Mark.BACKFILLED)
    assert timeliness(SLOT, at, offline=True) == Receipt(Timeliness.LATE, Mark.UPLOADED_LATE)


def test_after_closing_the_browser_is_refused_and_the_phone_kept_as_missed():
    at = DUE + timedelta(hours=48) + SECOND

    with pytest.raises(NotAllowed, match="补录期限"):
        timeliness(SLOT, at, offline=False)
    assert timeliness(SLOT, at, offline=True) == Receipt(Timeliness.MISSED, Mark.UPLOADED_LATE)


def test_after_seven_days_the_phone_is_told_to_hand_in_a_file():
    assert timeliness(SLOT, DUE + timedelta(days=7), offline=True).timeliness == Timeliness.MISSED
    with pytest.raises(NotAllowed, match="导出文件"):
        timeliness(SLOT, DUE + timedelta(days=7) + SECOND, offline=True)


def test_a_check_before_its_time_is_refused():
    with pytest.raises(NotAllowed, match="还没有到"):
        timeliness(SLOT, SLOT.opens_at - SECOND, offline=True)


def test_the_days_an_offline_phone_has_are_a_parameter():
    with pytest.raises(NotAllowed):
        timeliness(SLOT, DUE + timedelta(days=4), offline=True, clocks=Clocks(offline=timedelta(days=3)))


@given(HOURS, HOURS, st.booleans())
def test_coming_later_never_counts_better(one: datetime, two: datetime, offline: bool):
    order = [Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSED]

    def rank(at: datetime) -> int:
        try:
            return order.index(timeliness(SLOT, at, offline=offline).timeliness)
        except NotAllowed:
            return len(order)

    assert rank(min(one, two)) <= rank(max(one, two))
