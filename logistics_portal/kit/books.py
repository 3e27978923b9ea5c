"""The cells of a spreadsheet file as plain text, read within limits before anything is unpacked for good."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from logistics_portal.kit.cells import tidy
from logistics_portal.kit.errors import NotAllowed

MAX_MEMBERS = 500
MAX_UNPACKED = 30 * 1024 * 1024
MAX_CELLS = 4_000_000  # of the box around everything that is filled in
MAX_COLUMNS = 300
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_CELL = re.compile(rb'<(?:\w{1,9}:)?c\b[^>]{0,99}?\br="([A-Z]{1,3})(\d{1,7})"[^>]{0,99}(?<!/)>(?!</)')
_ERROR = re.compile(
    rb'<(?:\w{1,9}:)?c\b(?=[^>]{0,99}?\bt="e")[^>]{0,99}?\br="([A-Z]{1,3})(\d{1,7})"[^>]{0,99}>'
    rb".{0,9000}?<(?:\w{1,9}:)?v>([^<]{0,20})<",
    re.DOTALL,
)
_AS_TEXT = re.compile(r'="([^"]*)"|\'([^\']*)')
_SHEET_FILE = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta)", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """The cells of one visible sheet, row by row from its first line, and which were merged into another."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()

    def merged_away(self, first: int, last: int) -> set[int]:
        """Return the columns that lines `first` to `last` fill only because a cell spreads over them."""
        return {
            place
            for (top, left), (bottom, right) in self.merges
            if top <= last and bottom >= first
            for place in range(left + 1, right + 1)
        }


def read_grids(content: bytes, filename: str) -> list[Grid]:
    """Return the visible sheets of a file, whatever its name pretends to be."""
    if not content.strip(b"\x00 \r\n\t"):
        raise NotAllowed(gettext("文件是空的。"))
    if len(content) > settings.SHEET_MAX_BYTES:
        limit = settings.SHEET_MAX_BYTES // 1024 // 1024
        raise NotAllowed(gettext("文件超过 %(limit)d MB，请分几个文件上传。") % {"limit": limit})
    if content.startswith(ZIP):
        return _read_xlsx(content)
    if content.startswith(OLE):
        return _read_xls(content)
    if _MARKUP.match(content):
        raise NotAllowed(gettext("这是网页格式的假表格，请用 WPS 或 Excel 打开后另存为 xlsx。"))
    return [Grid(filename, _read_csv(content))]


def _read_xlsx(content: bytes) -> list[Grid]:
    sheets, errors = _look_inside(content)
    if not sheets:
        raise NotAllowed(gettext("这不是表格文件，请上传 xlsx、xls 或 csv。"))
    grids = _open(content)
    return [_with_errors(grid, errors) for grid in grids] if errors else grids


def _look_inside(content: bytes) -> tuple[int, dict[tuple[int, int], str]]:
    """Return how many sheets there are and the cells that hold a formula's error, refusing what is too large."""
    errors: dict[tuple[int, int], str] = {}
    sheets = unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            for member in _members(pack):
                data = _member(pack, member, MAX_UNPACKED - unpacked)
                unpacked += len(data)
                if _SHEET_FILE.fullmatch(member.filename):
                    sheets += 1
                    _refuse_wide(data)
                    errors.update(_error_cells(data))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as broken:
        raise _unreadable() from broken
    return sheets, errors


def _members(pack: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = pack.infolist()
    if len(members) > MAX_MEMBERS:
        raise _too_large()
    return members


def _member(pack: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    if member.flag_bits & 1:
        raise _locked()
    with pack.open(member) as part:
        data = part.read(left + 1)
    if len(data) > left:
        raise _too_large()
    return data


def _refuse_wide(data: bytes) -> None:
    row = column = 0
    for match in _CELL.finditer(data):
        row = max(row, int(match[2]))
        column = max(column, _column(match[1]))
    if row * column > MAX_CELLS:
        raise NotAllowed(gettext("表格太大：离数据很远的地方也有内容，请删去多余的行和列再上传。"))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _error_cells(data: bytes) -> dict[tuple[int, int], str]:
    return {(int(match[2]) - 1, _column(match[1]) - 1): match[3].decode() for match in _ERROR.finditer(data)}


def _with_errors(grid: Grid, errors: dict[tuple[int, int], str]) -> Grid:
    rows = [list(row) for row in grid.rows]
    for (row, column), text in errors.items():
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = text
    return Grid(grid.name, tuple(tuple(row) for row in rows), grid.merges)


def _read_xls(content: bytes) -> list[Grid]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked()
    return _open(content)


def _open(content: bytes) -> list[Grid]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return [_grid(book, name) for name in seen]
    except CalamineError as broken:
        if "password" in str(broken).lower() or "encrypt" in str(broken).lower():
            raise _locked() from broken
        raise _unreadable() from broken
    except BaseException as broken:
        if type(broken).__name__ == "PanicException":
            raise _unreadable() from broken
        raise


def _grid(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise _too_large()
    rows = [[tidy(cell) for cell in row[:MAX_COLUMNS]] for row in sheet.to_python(skip_empty_area=False)]
    merges = tuple(sheet.merged_cell_ranges or ())
    for (top, left), (bottom, right) in merges:
        _fill(rows, (top, left), (bottom, right))
    return Grid(name, _without_empty_end(rows), merges)


def _fill(rows: list[list[str]], first: tuple[int, int], last: tuple[int, int]) -> None:
    """Give every cell of a merged block the block's value."""
    top, left = first
    if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
        return
    for row in rows[top : last[0] + 1]:
        for place in range(left, min(last[1] + 1, len(row))):
            row[place] = row[place] or rows[top][left]


def _without_empty_end(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    end = next((number for number in range(len(rows), 0, -1) if any(rows[number - 1])), 0)
    return tuple(tuple(row) for row in rows[:end])


def _read_csv(content: bytes) -> tuple[tuple[str, ...], ...]:
    text = _decode(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;，|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [[tidy(_bare(cell)) for cell in row[:MAX_COLUMNS]] for row in reader]
    except csv.Error as broken:
        raise _unreadable() from broken
    return _without_empty_end(rows)


def _bare(cell: str) -> str:
    """Return a csv cell without the marks that make Excel keep it as text."""
    match = _AS_TEXT.fullmatch(cell.strip())
    return (match[1] or match[2] or "") if match else cell


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        raise NotAllowed(gettext("这不是表格文件，请上传 xlsx、xls 或 csv。"))
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAllowed(gettext("认不出文字编码，请另存为“CSV UTF-8”或 xlsx。"))


def _unreadable() -> NotAllowed:
    return NotAllowed(gettext("文件打不开，可能已损坏；请用 WPS 或 Excel 打开后另存为 xlsx 再上传。"))


def _locked() -> NotAllowed:
    return NotAllowed(gettext("文件加了密码，请去掉密码再上传。"))


def _too_large() -> NotAllowed:
    return NotAllowed(gettext("表格展开后太大，请只留需要的工作表和数据行。"))
