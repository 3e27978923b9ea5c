"""The fields of every form: what they take, and with which sentence they refuse."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from logistics_portal.kit.forms import DayField, MomentField


@pytest.mark.parametrize("text", ["1850-01-01", "2026-03-05", "2199-12-31"])
def test_a_day_is_taken_as_it_is_typed(text):
    assert DayField().clean(text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["0001-01-01", "0026-09-01", "1849-12-31", "2200-01-01", "9999-12-31"])
def test_a_year_that_no_school_sees_is_refused(text):
    with pytest.raises(ValidationError, match="年份不对"):
        DayField().clean(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_of_such_a_year_is_refused(text):
    with pytest.raises(ValidationError):
        MomentField().clean(text)


@pytest.mark.parametrize("text", ["2026-02-30", "3月5日", "\x00", "9" * 10_000])
def test_what_is_no_day_is_refused_with_a_sentence(text):
    with pytest.raises(ValidationError, match="日期写成"):
        DayField().clean(text)


def test_an_empty_day_is_nothing_where_none_is_needed():
    assert DayField(required=False).clean("") is None
