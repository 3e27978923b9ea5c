"""Tables read from xlsx, xls and csv files as offices really send them, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from logistics_portal.kit import books
from logistics_portal.kit.cells import FORMULA_ERRORS, lost_digits, matching_key
from logistics_portal.kit.errors import NotAllowed

HEADER_WITHIN = 20  # lines from the top
MAX_ROWS = 20_000
TOTALS = ("合计", "总计", "小计", "共计")
REMARKS = ("备注", "注", "说明", "填表人", "填报人", "审核人", "制表", "负责人")


@dataclass(frozen=True)
class Column:
    """A column an importer knows: its key, the heading of the template first and then its other names."""

    key: str
    names: tuple[str, ...]
    required: bool = True
    is_code: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the heading used in templates and messages."""
        return self.names[0]


@dataclass(frozen=True)
class Row:
    """One line of the table: where it stood, every cell as text, the known cells by key, and what cannot be read."""

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    errors: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(frozen=True)
class Table:
    """The table found in a file: its headings, where each known column stands, and its rows."""

    header: tuple[str, ...]
    places: Mapping[str, int]
    rows: tuple[Row, ...]
    sheet: str = ""

    def unknown(self) -> tuple[str, ...]:
        """Return the headings nobody asked for; their cells are left aside."""
        used = set(self.places.values())
        return tuple(text for place, text in enumerate(self.header) if text and place not in used)


@dataclass(frozen=True)
class Head:
    """Where a header was found in a grid and how well it fits."""

    first: int
    last: int
    texts: tuple[str, ...]
    places: Mapping[str, int]
    doubled: str = ""


def read_table(
    source: bytes | Path, filename: str, columns: Sequence[Column], mapping: Mapping[str, str] | None = None
) -> Table:
    """Return the table of a file whose headings match `columns`; `mapping` (key → heading) overrides the known names.

    Raises `NotAllowed` with a sentence for anything that is not one readable table.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    names = _names(columns, mapping or {})
    found = [(grid, head) for grid in books.read_grids(content, filename) if (head := _find_head(grid, names))]
    required = {column.key for column in columns if column.required}
    whole = [(grid, head) for grid, head in found if required <= head.places.keys()]
    if not whole:
        raise NotAllowed(_missing(columns, [head for _grid, head in found]))
    tables = [_table(grid, head, columns, names) for grid, head in whole]
    filled = [table for table in tables if table.rows] or tables[:1]
    if len(filled) > 1:
        sheets = gettext("、").join(table.sheet for table in filled)
        raise NotAllowed(gettext("文件里有多张同样的表（%(sheets)s），请只留一张再上传。") % {"sheets": sheets})
    if not filled[0].rows:
        raise NotAllowed(gettext("表里没有数据行，请在表头下面填写后再上传。"))
    return filled[0]


def _names(columns: Sequence[Column], mapping: Mapping[str, str]) -> dict[str, str]:
    names = {matching_key(name): column.key for column in columns for name in column.names}
    for key, heading in mapping.items():
        names = {name: known for name, known in names.items() if known != key}
        names[matching_key(heading)] = key
    return names


def _find_head(grid: books.Grid, names: Mapping[str, str]) -> Head | None:
    heads = [
        head
        for number in range(min(HEADER_WITHIN, len(grid.rows)))
        for last in (number, number + 1)
        if (head := _head(grid, number, last, names))
    ]
    return max(heads, key=lambda head: (len(head.places), head.first == head.last, -head.first), default=None)


def _head(grid: books.Grid, first: int, last: int, names: Mapping[str, str]) -> Head | None:
    if last >= len(grid.rows):
        return None
    upper, lower = grid.rows[first], grid.rows[last]
    spread = grid.merged_away(first, last)
    texts: list[str] = []
    places: dict[str, int] = {}
    doubled = ""
    for place in range(max(len(upper), len(lower))):
        above, below = _at(upper, place), _at(lower, place)
        candidates = [above] if first == last else [above + below, below, above]
        text = next((text for text in candidates if matching_key(text) in names), below or above)
        texts.append(text)
        key = names.get(matching_key(text)) if text else None
        if key and places.setdefault(key, place) != place and place not in spread:
            doubled = text
    return Head(first, last, tuple(texts), places, doubled) if places else None


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _missing(columns: Sequence[Column], heads: Sequence[Head]) -> str:
    best = max(heads, key=lambda head: len(head.places), default=None)
    missing = [column.label for column in columns if column.required and (not best or column.key not in best.places)]
    return gettext("没有找到这些列：%(names)s。请下载模板，保留它的表头。") % {"names": "、".join(missing)}


def _table(grid: books.Grid, head: Head, columns: Sequence[Column], names: Mapping[str, str]) -> Table:
    if head.doubled:
        raise NotAllowed(gettext("表头里“%(name)s”出现了两次，请删去多余的一列。") % {"name": head.doubled})
    codes = {column.key for column in columns if column.is_code}
    rows: list[Row] = []
    for index in range(head.last + 1, len(grid.rows)):
        cells = grid.rows[index]
        values = {key: _at(cells, place) for key, place in head.places.items()}
        if _is_no_row(cells, values) or _is_head_again(cells, head, names):
            continue
        if len(rows) >= MAX_ROWS:
            raise NotAllowed(gettext("一次最多导入 %(limit)d 行，请分几个文件上传。") % {"limit": MAX_ROWS})
        labels = {key: head.texts[place] for key, place in head.places.items()}
        rows.append(Row(index + 1, cells, values, _unreadable(values, labels, codes)))
    return Table(head.texts, head.places, tuple(rows), grid.name)


def _is_no_row(cells: Sequence[str], values: Mapping[str, str]) -> bool:
    if not any(values.values()):
        return True
    told = list(dict.fromkeys(cell for cell in cells if cell))
    first = matching_key(told[0])
    is_note = len(set(values.values()) - {""}) == 1 and first.startswith(REMARKS)
    return is_note or first in TOTALS


def _is_head_again(cells: Sequence[str], head: Head, names: Mapping[str, str]) -> bool:
    again = {names.get(matching_key(cell)): place for place, cell in enumerate(cells) if cell}
    again.pop(None, None)
    if len(again) < max(2, len(head.places) // 2 + 1):
        return False
    if any(head.places.get(key) != place for key, place in again.items() if key):
        raise NotAllowed(gettext("一张表里有两个不同的表头，请把它们分成两个文件。"))
    return True


def _unreadable(values: Mapping[str, str], labels: Mapping[str, str], codes: set[str]) -> tuple[str, ...]:
    errors = []
    for key, text in values.items():
        if text in FORMULA_ERRORS:
            errors.append(
                gettext("“%(name)s”里的公式出错（%(text)s），请改成值。") % {"name": labels[key], "text": text}
            )
        elif key in codes and lost_digits(text):
            errors.append(
                gettext("“%(name)s”变成了科学记数（%(text)s），请把该列设为文本后重新填写。")
                % {"name": labels[key], "text": text}
            )
    return tuple(errors)
