"""Spreadsheets out: rows streamed as xlsx or csv, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.http import content_disposition_header

Cell = str | int | float | Decimal | date | datetime | bool | None

EXPORT_LIMIT = 50_000
ROWS_HEADER = "X-Exported-Rows"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_767
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """One table to hand out: its name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Share:
    """A share: a real number that a spreadsheet shows in percent, and its text wherever else it stands."""

    number: float
    text: str

    def __str__(self) -> str:
        """Return the share as printed."""
        return self.text


def plain(value: Any) -> Cell:
    """Return a value as a spreadsheet keeps it: numbers and days stay such, times are Shanghai's, the rest is text."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None)
    if isinstance(value, Fraction):
        return float(value)
    if value is None or (isinstance(value, (int, float, Decimal, date)) and not isinstance(value, bool)):
        return value
    if isinstance(value, Promise):
        return force_str(value)
    return str(value)


def safe_text(value: Cell) -> str:
    """Return a value as csv text that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if value is None:
        return ""
    text = str(value).replace("\x00", "")
    if isinstance(value, str) and text.startswith(BAD_STARTS):
        return f"'{text}"
    return text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a csv line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([safe_text(head) for head in sheet.heads])
    for row in sheet.rows:
        yield writer.writerow([safe_text(plain(value)) for value in row])


def write_xlsx(target: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write sheets to an open file, one row in memory at a time."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        share = book.add_format({"num_format": "0.00%"})
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.freeze_panes(1, 0)
            for number, head in enumerate(sheet.heads):
                page.set_column(number, number, min(_WIDEST, max(10, 2 * len(str(head)) + 4)))
                page.write_string(0, number, str(head), bold)
            _write_rows(page, sheet.rows, moment, share)


def _write_rows(page: Any, rows: Iterable[Sequence[Any]], moment: Any, share: Any) -> None:
    for line, row in enumerate(rows, start=1):
        for number, value in enumerate(row):
            cell = plain(value)
            if isinstance(value, Share):
                page.write_number(line, number, value.number, share)
            elif isinstance(cell, str):
                page.write_string(line, number, cell.replace("\x00", "")[:_LONGEST])
            elif isinstance(cell, datetime):
                page.write_datetime(line, number, cell, moment)
            elif cell is not None:
                page.write(line, number, cell)


def sheet_name(name: str) -> str:
    """Return a name that a spreadsheet takes: at most 31 characters, none of the forbidden ones."""
    return "".join("-" if char in "[]:*?/\\'" else char for char in str(name))[:31] or "Sheet1"


def download(sheet: Sheet, kind: str, name: str) -> HttpResponseBase:
    """Return the table as a file to save: `kind` is xlsx or csv, `name` goes without an ending."""
    if kind == "csv":
        answer = StreamingHttpResponse(
            (line.encode() for line in csv_lines(sheet)), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
        return answer
    target = tempfile.TemporaryFile()  # noqa: SIM115 — the answer closes it when it is sent
    write_xlsx(target, [sheet])
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
