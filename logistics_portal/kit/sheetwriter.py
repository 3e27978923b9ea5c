"""Spreadsheets handed out for filling in, and handed back with what is wrong in each line."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from django.utils.translation import gettext

from logistics_portal.kit.sheets import Column, Table

WIDTH = 18
LINES_WITH_CHOICES = 5000


def write_template(columns: Sequence[Column], *, title: str, samples: Sequence[Mapping[str, str]] = ()) -> bytes:
    """Return an empty sheet to fill in: headings with stars where an answer is due, choices to pick, hints to read."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(title[:31])
        hints = book.add_worksheet(gettext("填写说明"))
        sheet.freeze_panes(1, 0)
        hints.set_column(0, 1, 40)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, f"{column.label}*" if column.required else column.label, bold)
            sheet.set_column(place, place, WIDTH, text)
            if column.choices:
                choose = {"validate": "list", "source": list(column.choices)}
                sheet.data_validation(1, place, LINES_WITH_CHOICES, place, choose)
            hints.write_string(place, 0, column.label, bold)
            hints.write_string(place, 1, column.hint or gettext("、").join(column.choices))
        for line, sample in enumerate(samples, 1):
            for place, column in enumerate(columns):
                sheet.write_string(line, place, sample.get(column.key, ""), text)
    return memory.getvalue()


def write_errors(table: Table, errors: Mapping[int, Sequence[str]]) -> bytes:
    """Return the table as it was handed in with one more column that says, line by line, what to put right.

    Every cell is written as text, so nothing in it can run as a formula; a file handed in again is read all the same.
    """
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, "constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        wrong = book.add_format({"font_color": "#B00020", "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(table.sheet[:31] if _fits(table.sheet) else gettext("退回修改"))
        width = len(table.header)
        sheet.set_column(0, width - 1, WIDTH, text)
        sheet.set_column(width, width, 3 * WIDTH)
        for place, heading in enumerate(table.header):
            sheet.write_string(0, place, heading, bold)
        sheet.write_string(0, width, gettext("错误说明"), bold)
        for line, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row.cells[:width]):
                sheet.write_string(line, place, cell, text)
            sheet.write_string(line, width, gettext("；").join(errors.get(row.number, ())), wrong)
    return memory.getvalue()


def _fits(name: str) -> bool:
    return bool(name) and not any(sign in name for sign in "[]:*?/\\'.")
