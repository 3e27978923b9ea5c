"""Spreadsheets out hold numbers as numbers, days as days, and nothing that runs."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from logistics_portal.kit.exports import Sheet, csv_lines, download, plain, safe_text, sheet_name, write_xlsx

NASTY = ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "http://example.com"]


def written(rows: list[list[object]]) -> list[tuple[object, ...]]:
    target = io.BytesIO()
    write_xlsx(target, [Sheet("数据", ["一"], rows)])
    return list(load_workbook(io.BytesIO(target.getvalue())).active.iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_looks_like_a_formula_stays_a_text_in_a_spreadsheet(text: str) -> None:
    book_rows = written([[text]])

    assert str(book_rows[0][0]).replace("_x000D_", "\r").strip() == text.strip()


@pytest.mark.parametrize("text", NASTY[:-1])
def test_a_text_that_looks_like_a_formula_is_quoted_in_a_text_file(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_numbers_days_and_times_keep_their_kind() -> None:
    noon = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

    row = written([[3, Fraction(1, 2), date(2026, 3, 5), noon, None, gettext_lazy("校")]])[0]

    assert row == (3, 0.5, datetime(2026, 3, 5), datetime(2026, 11, 22, 12, 0), None, "校")  # noqa: DTZ001


def test_a_negative_number_is_no_formula_in_a_text_file() -> None:
    assert safe_text(plain(-3)) == "-3"


def test_a_text_file_opens_as_utf8_in_a_spreadsheet() -> None:
    answer = download(Sheet("清单", ["学校"], [["前郭县小学"]]), "csv", "清单")

    body = b"".join(answer)
    assert body == "\ufeff学校\r\n前郭县小学\r\n".encode()
    assert "filename*=utf-8''" in answer["Content-Disposition"]


@given(st.text(max_size=60))
def test_a_sheet_may_be_called_anything(name: str) -> None:
    cleaned = sheet_name(name)

    assert 0 < len(cleaned) <= 31
    assert not set(cleaned) & set("[]:*?/\\'")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=4))
def test_no_cell_of_a_text_file_starts_like_a_formula(cells: list[str]) -> None:
    lines = list(csv_lines(Sheet("x", ["a"], [cells])))

    assert all(not safe_text(cell).startswith(("=", "+", "-", "@")) for cell in cells)
    assert "\x00" not in "".join(lines)
