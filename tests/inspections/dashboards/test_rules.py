"""What figures say: shares, tones, sentences, school days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.dashboards import rules
from inspections.dashboards.rules import Standings, Tally

DAY = date(2026, 11, 16)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_rounded_to_the_nearest_tenth_halves_up(part, whole):
    rate = rules.tenths(part, whole)

    assert rate is not None
    assert -whole <= 2 * (rate * whole - 1000 * part) <= whole


@pytest.mark.parametrize(
    ("rate", "words", "tone", "level"),
    [
        (None, "—", "", "none"),
        (0, "0.0%", "bad", "low"),
        (899, "89.9%", "bad", "low"),
        (900, "90.0%", "warn", "mid"),
        (950, "95.0%", "", "high"),
        (1000, "100.0%", "", "high"),
    ],
)
def test_a_rate_has_words_a_tone_and_a_shade(rate, words, tone, level):
    assert (rules.rate_words(rate), rules.tone(rate), rules.level(rate)) == (words, tone, level)


def test_nothing_due_is_no_rate_at_all():
    nothing = Tally()

    assert (nothing.completion, nothing.on_time, nothing.gap) == (None, None, 0)
    assert rules.tenths(0, 0) is None


def test_a_tally_adds_up():
    total = rules.together([Tally(10, 6, 2, 1), Tally(2, 1, 0, 0)])

    assert total == Tally(12, 7, 2, 1)
    assert (total.done, total.gap, total.completion, total.on_time) == (9, 3, 750, 583)


@pytest.mark.parametrize(
    ("now", "before", "words", "tone"),
    [(950, 900, "▲ 5.0", "good"), (900, 954, "▼ 5.4", "bad"), (900, 900, "0.0", "idle"), (None, 900, "—", "idle")],
)
def test_a_change_has_a_sign_and_a_tone(now, before, words, tone):
    change = rules.change(now, before)

    assert (change.words, change.tone) == (words, tone)


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ([], "还没有已关账的检查"),
        ([("长春市", None)], "还没有已关账的检查"),
        ([("长春市", 912)], "长春市完成率 91.2%"),
        ([("长春市", 912), ("白城市", 882)], "白城市完成率低于 90%"),
        ([("甲", 1), ("乙", 2), ("丙", 3)], "甲、乙等 3 个单位完成率低于 90%"),
        ([("长春市", 968), ("白城市", 912)], "完成率都在 90% 以上，白城市最低，91.2%"),
    ],
)
def test_a_comparison_names_who_lags(rates, sentence):
    assert rules.comparison_sentence(rates) == sentence


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (None, 900, "近 7 天没有已关账的检查"),
        (975, None, "近 7 天完成率 97.5%"),
        (975, 975, "近 7 天完成率 97.5%，与前 7 天持平"),
        (975, 970, "近 7 天完成率 97.5%，比前 7 天升 0.5 个百分点"),
        (970, 982, "近 7 天完成率 97.0%，比前 7 天降 1.2 个百分点"),
    ],
)
def test_a_trend_says_which_way_it_goes(now, before, sentence):
    assert rules.trend_sentence(now, before) == sentence


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ([None], "还没有教学日的检查"),
        ([980, 880], "近 2 个教学日完成率在 88.0% 到 98.0% 之间"),
        ([980, 880, None, 890], "已连续 2 个教学日完成率低于 90%"),
    ],
)
def test_a_line_of_days_says_what_stands_out(rates, sentence):
    assert rules.days_sentence(rates) == sentence


def test_a_weekend_of_boarders_alone_is_no_school_day():
    duties = {DAY: 30, DAY + timedelta(days=1): 10, DAY + timedelta(days=5): 9, DAY + timedelta(days=6): 0}

    assert rules.school_days(duties) == [DAY, DAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("stands", "tone"),
    [
        (Standings(), "none"),
        (Standings(done=2), "good"),
        (Standings(done=2, waiting=1), "info"),
        (Standings(done=1, late=1, waiting=1), "warn"),
        (Standings(done=9, late=1, missed=1), "bad"),
    ],
)
def test_a_day_has_the_tone_of_the_worst_that_happened(stands, tone):
    assert rules.day_tone(stands) == tone
