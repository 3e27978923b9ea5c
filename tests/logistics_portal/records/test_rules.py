"""What a figure may be, how it is kept, and which value holds on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.rules import Book, Bounds, Held, Kind, after, require_other_person, require_start

NIGHT = datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("bounds", "typed", "kept"),
    [
        (Bounds(Kind.WHOLE, "0", "48"), " 24 ", "24"),
        (Bounds(Kind.WHOLE, "0", "48"), "007", "7"),
        (Bounds(Kind.WHOLE, "-20", "0"), "-0", "0"),
        (Bounds(Kind.WHOLE, "-20", "0"), "-20", "-20"),
        (Bounds(Kind.WHOLE), "0", "0"),
        (Bounds(Kind.DECIMAL, "0", "2"), "1.50", "1.5"),
        (Bounds(Kind.CLOCK, "09:30", "20:00"), "09:30", "09:30"),
        (Bounds(Kind.MONTH_DAY, "09-01", "12-31"), "10-15", "10-15"),
    ],
)
def test_a_value_is_kept_in_one_way(bounds, typed, kept):
    assert bounds.written(typed) == kept


@pytest.mark.parametrize(
    ("bounds", "typed"),
    [
        (Bounds(Kind.WHOLE, "0", "48"), "49"),
        (Bounds(Kind.WHOLE, "0", "48"), "-1"),
        (Bounds(Kind.WHOLE), "4.5"),
        (Bounds(Kind.WHOLE), "四十八"),
        (Bounds(Kind.WHOLE), "４８"),
        (Bounds(Kind.WHOLE), "9" * 5000),
        (Bounds(Kind.WHOLE), "1e3"),
        (Bounds(Kind.WHOLE), ""),
        (Bounds(Kind.WHOLE), "\x00"),
        (Bounds(Kind.DECIMAL), "NaN"),
        (Bounds(Kind.DECIMAL), "Infinity"),
        (Bounds(Kind.CLOCK), "24:00"),
        (Bounds(Kind.CLOCK), "9:30"),
        (Bounds(Kind.CLOCK, "09:30", "20:00"), "09:29"),
        (Bounds(Kind.MONTH_DAY), "02-30"),
        (Bounds(Kind.MONTH_DAY, "09-01", "12-31"), "08-31"),
    ],
)
def test_anything_else_is_refused(bounds, typed):
    with pytest.raises(NotAllowed):
        bounds.written(typed)


@given(st.text())
def test_whatever_is_typed_is_kept_or_refused(text):
    for kind in Kind:
        try:
            kept = Bounds(kind).written(text)
        except NotAllowed:
            continue
        assert Bounds(kind).written(kept) == kept


@given(DAYS)
def test_a_new_value_never_reaches_a_day_that_has_begun(day):
    if day <= date(2026, 11, 22) or day.year > 2028:
        with pytest.raises(NotAllowed):
            require_start(day, NIGHT)
    else:
        require_start(day, NIGHT)


def test_nobody_answers_the_own_proposal_and_nothing_is_decided_twice():
    require_other_person(1, 2)
    with pytest.raises(NotAllowed):
        require_other_person(1, 1)
    for step in ("confirm", "refuse", "withdraw"):
        assert after(step, "proposed") != "proposed"
        for state in ("confirmed", "refused", "withdrawn"):
            with pytest.raises(NotAllowed):
                after(step, state)


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_on_each_day_the_value_that_began_last_holds(starts, day):
    starts = sorted(starts)
    ends = [start - timedelta(days=1) for start in starts[1:]] + [None]
    rows = [("A", Held(str(number), *span)) for number, span in enumerate(zip(starts, ends, strict=True))]

    held = Book(reversed(rows))

    begun = [number for number, start in enumerate(starts) if start <= day]
    assert held.value("A", day) == (str(begun[-1]) if begun else None)
    assert held.number("A", day, -1) == (begun[-1] if begun else -1)
    assert held.all_on(day) == ({"A": str(begun[-1])} if begun else {})
