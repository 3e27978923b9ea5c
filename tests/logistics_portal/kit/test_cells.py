"""Days, numbers and ticks as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from logistics_portal.kit.cells import read_day, read_flag, read_whole, tidy
from logistics_portal.kit.errors import NotAllowed


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2009-04-25", date(2009, 4, 25)),
        ("2009.4.25", date(2009, 4, 25)),
        ("2009/4/25", date(2009, 4, 25)),
        ("2009年4月25日", date(2009, 4, 25)),
        ("2009年4月25", date(2009, 4, 25)),
        ("2009 年 4 月 25 日", date(2009, 4, 25)),
        ("20090425", date(2009, 4, 25)),
        ("2009-04-25 00:00:00", date(2009, 4, 25)),
        ("二〇〇九年四月二十五日", date(2009, 4, 25)),
        ("二○○九年十月十日", date(2009, 10, 10)),
        ("二零一九年十二月三十一日", date(2019, 12, 31)),
        ("2009年9月", date(2009, 9, 1)),
        ("2009.09", date(2009, 9, 1)),
        ("39928", date(2009, 4, 25)),
        ("", None),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["4月25日", "2009-13-01", "2009-02-30", "去年", "1", "99999999", "①", "2009年", "十"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed, match="2026-09-01"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("5.0", 5), ("1,200", 1200), ("500人", 500), ("", None), ("-3", -3)]
)
def test_a_whole_number_is_read(text: str, number: int | None) -> None:
    assert read_whole(text) == number


@pytest.mark.parametrize("text", ["5.5", "五", "1e9", "12,34", "9" * 30, "x"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed, match="整数"):
        read_whole(text)


@pytest.mark.parametrize(("text", "flag"), [("√", True), ("是", True), ("×", False), ("否", False), ("", None)])
def test_a_tick_is_read(text: str, flag: bool | None) -> None:
    assert read_flag(text) is flag


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(NotAllowed, match="是"):
        read_flag("也许")


@given(some.text())
def test_tidied_text_stays_as_it_is_when_tidied_again(text: str) -> None:
    once = tidy(text)

    assert tidy(once) == once


@given(some.dates(min_value=date(1955, 1, 1), max_value=date(2118, 1, 1)))
def test_every_day_written_in_three_ways_is_the_same_day(day: date) -> None:
    written = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"]

    assert {read_day(text) for text in written} == {day}


def day_or_sentence(text: str) -> date | str | None:
    try:
        return read_day(text)
    except NotAllowed as refusal:
        return str(refusal)


@given(some.text(max_size=12))
def test_any_text_is_a_day_or_refused_in_a_sentence(text: str) -> None:
    told = day_or_sentence(text)

    assert told is None or isinstance(told, date) or "2026-09-01" in told
