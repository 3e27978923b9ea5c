"""Spreadsheets as offices really send them: each is read whole or refused with a sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.sheets import Column, Table, read_table
from logistics_portal.kit.sheetwriter import write_errors, write_template

COLUMNS = (
    Column("code", ("学校代码", "学校标识码", "代码"), is_code=True),
    Column("name", ("学校名称", "校名", "单位名称")),
    Column("pupils", ("在校生数", "学生数"), required=False),
    Column("opened", ("建校日期", "建校年月"), required=False),
)
HEAD = ["学校代码", "学校名称", "在校生数", "建校日期"]
FIRST = ["2101000001", "第一小学", "500", "2009-04-25"]
SECOND = ["2101000002", "第二小学", "600", "2010-09-01"]
BOTH = [FIRST, SECOND]

Lines = Sequence[Sequence[Any]]


def book(*sheets: Lines, then: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, lines in enumerate(sheets, 1):
        sheet = made.create_sheet(f"表{number}")
        for line in lines:
            sheet.append(list(line))
    if then:
        then(made)
    memory = io.BytesIO()
    made.save(memory)
    return memory.getvalue()


def merged(*ranges: str) -> Callable[[Any], None]:
    def then(made: Any) -> None:
        for cells in ranges:
            made.worksheets[0].merge_cells(cells)

    return then


def hidden(number: int) -> Callable[[Any], None]:
    def then(made: Any) -> None:
        made.worksheets[number].sheet_state = "hidden"

    return then


def styled_far_away(made: Any) -> None:
    made.worksheets[0]["XFD1048576"].font = openpyxl.styles.Font(bold=True)


def filled_far_away(made: Any) -> None:
    made.worksheets[0]["XFD1048576"] = "x"


def formula(text: str, value: Any) -> bytes:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, FIRST)
        sheet.write_row(2, 0, SECOND)
        sheet.write_formula(2, 2, text, None, value)
    return memory.getvalue()


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, change(member.filename, old.read(member)))
    return memory.getvalue()


def without_dimension(name: str, data: bytes) -> bytes:
    start, end = data.find(b"<dimension"), data.find(b"/>", data.find(b"<dimension"))
    return data[:start] + data[end + 2 :] if name.startswith("xl/worksheets") else data


def huge_dimension(name: str, data: bytes) -> bytes:
    return data.replace(b'ref="A1:D3"', b'ref="A1:AMJ1048576"') if name.startswith("xl/worksheets") else data


def with_entities(name: str, data: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return data.replace(b"?>", b"?>" + bomb, 1) if name.endswith("sharedStrings.xml") else data


def zip_of(*members: tuple[str, bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in members:
            pack.writestr(name, data)
    return memory.getvalue()


def csv(*lines: Sequence[str], encoding: str = "utf-8-sig", delimiter: str = ",", end: str = "\r\n") -> bytes:
    return end.join(delimiter.join(line) for line in lines).encode(encoding)


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600


PLAIN = book([HEAD, *BOTH])

READ: dict[str, tuple[bytes, str, Lines]] = {
    "a plain book": (PLAIN, "a.xlsx", BOTH),
    "a book named .xls": (PLAIN, "a.xls", BOTH),
    "a book without a suffix": (PLAIN, "学校", BOTH),
    "a title row above the header": (book([["某某区学校名册"], [], HEAD, *BOTH]), "a.xlsx", BOTH),
    "a merged title row": (
        book([["名册", None, None, None], HEAD, *BOTH], then=merged("A1:D1")),
        "a.xlsx",
        BOTH,
    ),
    "a two-row header": (
        book(
            [["学校代码", "学校名称", "规模", None], [None, None, "在校生数", "建校日期"], *BOTH],
            then=merged("A1:A2", "B1:B2", "C1:D1"),
        ),
        "a.xlsx",
        BOTH,
    ),
    "a two-row header split in the middle of a name": (
        book([["学校", "学校", "在校", "建校"], ["代码", "名称", "生数", "日期"], *BOTH]),
        "a.xlsx",
        BOTH,
    ),
    "a group value only in its first merged cell": (
        book(
            [["乡镇", *HEAD], ["城关镇", *FIRST], [None, *SECOND]],
            then=merged("A2:A3"),
        ),
        "a.xlsx",
        BOTH,
    ),
    "line breaks and spaces inside headings": (
        book([["学校\n代码 ", " 学校名称", "在校\r\n生数", "建校日期　"], *BOTH]),
        "a.xlsx",
        BOTH,
    ),
    "units and stars in headings": (
        book([["学校代码*", "学校名称：", "在校生数（人）", "建校日期(年月日)"], *BOTH]),
        "a.xlsx",
        BOTH,
    ),
    "other names for columns": (book([["学校标识码", "校名", "学生数", "建校年月"], *BOTH]), "a.xlsx", BOTH),
    "columns in another order": (
        book([HEAD[::-1], *(line[::-1] for line in BOTH)]),
        "a.xlsx",
        BOTH,
    ),
    "columns nobody asked for": (book([["序号", *HEAD, "备注"], [1, *FIRST, "x"], [2, *SECOND, ""]]), "a.xlsx", BOTH),
    "numbers instead of text": (
        book([HEAD, [2101000001, "第一小学", 500, "2009-04-25"], [2101000002, "第二小学", 600.0, "2010-09-01"]]),
        "a.xlsx",
        BOTH,
    ),
    "real dates": (
        book(
            [HEAD, [*FIRST[:3], datetime(2009, 4, 25)], [*SECOND[:3], date(2010, 9, 1)]]  # noqa: DTZ001
        ),
        "a.xlsx",
        BOTH,
    ),
    "full-width digits": (
        book([HEAD, ["２１０１００００01", "第一小学", "５００", "2009－04－25"], SECOND]),
        "a.xlsx",
        [["2101000001", "第一小学", "500", "2009-04-25"], SECOND],
    ),
    "full-width brackets": (
        book([HEAD, [FIRST[0], "第一小学（南校区）", *FIRST[2:]], SECOND]),
        "a.xlsx",
        [[FIRST[0], "第一小学(南校区)", *FIRST[2:]], SECOND],
    ),
    "leading and trailing spaces and unseen characters": (
        book([HEAD, [" 2101000001", "\u200b第一小学\u3000", "500 ", "\ufeff2009-04-25"], SECOND]),
        "a.xlsx",
        BOTH,
    ),
    "embedded newlines in cells": (
        book([HEAD, [FIRST[0], "第一\n小学", *FIRST[2:]]]),
        "a.xlsx",
        [[FIRST[0], "第一 小学", *FIRST[2:]]],
    ),
    "dashes for nothing": (book([HEAD, [*FIRST[:2], "—", "——"]]), "a.xlsx", [[*FIRST[:2], "", ""]]),
    "empty rows between and after": (book([HEAD, FIRST, [], [None], SECOND, *([[" "]] * 50)]), "a.xlsx", BOTH),
    "a total row": (book([HEAD, *BOTH, ["合计", None, 1100, None]]), "a.xlsx", BOTH),
    "a total row with spaces": (book([HEAD, FIRST, ["小　计", "", 500], SECOND, ["总 计", "", 1100]]), "a.xlsx", BOTH),
    "merged notes at the foot": (
        book([HEAD, *BOTH, ["备注：数据截至十月", None, None, None]], then=merged("A4:D4")),
        "a.xlsx",
        BOTH,
    ),
    "the header repeated on every printed page": (book([HEAD, FIRST, HEAD, SECOND]), "a.xlsx", BOTH),
    "a hidden sheet with the same table": (book([HEAD, *BOTH], [HEAD, FIRST], then=hidden(1)), "a.xlsx", BOTH),
    "a sheet of explanations before the table": (book([["填写说明"], ["一、……"]], [HEAD, *BOTH]), "a.xlsx", BOTH),
    "a second sheet with an empty table": (book([HEAD, *BOTH], [HEAD]), "a.xlsx", BOTH),
    "a far cell that is only coloured": (book([HEAD, *BOTH], then=styled_far_away), "a.xlsx", BOTH),
    "no dimension record": (rewritten(PLAIN, without_dimension), "a.xlsx", BOTH),
    "a declared range of a million rows": (rewritten(PLAIN, huge_dimension), "a.xlsx", BOTH),
    "entities in the strings": (rewritten(PLAIN, with_entities), "a.xlsx", BOTH),
    "a formula beside the data": (formula("=300+300", 600), "a.xlsx", BOTH),
    "a yes as a boolean": (
        book([[*HEAD[:2], "在校生数"], [*FIRST[:2], True]]),
        "a.xlsx",
        [[*FIRST[:2], "是", ""]],
    ),
    "csv in UTF-8 with a mark": (csv(HEAD, *BOTH), "a.csv", BOTH),
    "csv in UTF-8 without a mark": (csv(HEAD, *BOTH, encoding="utf-8"), "a.csv", BOTH),
    "csv in GB18030": (csv(HEAD, *BOTH, encoding="gb18030"), "a.csv", BOTH),
    "csv in GB18030 with a rare character": (
        csv(HEAD, [FIRST[0], "㛃第一小学", *FIRST[2:]], encoding="gb18030"),
        "a.csv",
        [[FIRST[0], "㛃第一小学", *FIRST[2:]]],
    ),
    "csv in UTF-16 with tabs": (csv(HEAD, *BOTH, encoding="utf-16", delimiter="\t"), "a.csv", BOTH),
    "csv with semicolons": (csv(HEAD, *BOTH, delimiter=";"), "a.csv", BOTH),
    "csv with old line ends": (csv(HEAD, *BOTH, end="\r"), "a.csv", BOTH),
    "csv with quoted newlines and commas": (
        csv(HEAD, [FIRST[0], '"第一,\n小学"', *FIRST[2:]]),
        "a.csv",
        [[FIRST[0], "第一, 小学", *FIRST[2:]]],
    ),
    "csv codes kept as text by a formula": (csv(HEAD, ['="2101000001"', *FIRST[1:]]), "a.csv", [FIRST]),
    "csv codes kept as text by a quote": (csv(HEAD, ["'2101000001", *FIRST[1:]]), "a.csv", [FIRST]),
    "csv with short and long lines": (
        csv(HEAD, FIRST[:2], [*SECOND, "", "", ""]),
        "a.csv",
        [[*FIRST[:2], "", ""], SECOND],
    ),
    "csv named .xlsx": (csv(HEAD, *BOTH), "a.xlsx", BOTH),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "空的"),
    "zeros": (b"\x00" * 100, "空的"),
    "no header": (book(BOTH), "没有找到这些列：学校代码、学校名称"),
    "a missing column": (book([["学校名称", "在校生数"], ["第一小学", 5]]), "没有找到这些列：学校代码。"),
    "a header alone": (PLAIN[:0] + book([HEAD]), "没有数据行"),
    "a header and a total": (book([HEAD, ["合计", "", 0]]), "没有数据行"),
    "a doubled column": (book([[*HEAD, "校名"], [*FIRST, "x"]]), "出现了两次"),
    "two full sheets": (book([HEAD, FIRST], [HEAD, SECOND]), "多张同样的表（表1、表2）"),
    "two tables with other columns in one sheet": (book([HEAD, FIRST, HEAD[::-1], SECOND[::-1]]), "两个不同的表头"),
    "everything hidden but an empty sheet": (book([HEAD, FIRST], [["x"]], then=hidden(0)), "没有找到这些列"),
    "a filled cell at the far corner": (book([HEAD, FIRST], then=filled_far_away), "太大"),
    "a locked book": (locked(), "密码"),
    "a broken book": (PLAIN[: len(PLAIN) // 2], "打不开"),
    "a book with a broken member": (PLAIN[:600] + b"\xff" * 50 + PLAIN[650:], "打不开"),
    "a broken old book": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 2000, "打不开"),
    "a zip of pictures": (zip_of(("a.jpg", b"x")), "不是表格文件"),
    "a document": (zip_of(("word/document.xml", b"<x/>")), "不是表格文件"),
    "a zip bomb": (zip_of(("xl/worksheets/sheet1.xml", b" " * 40_000_000)), "太大"),
    "thousands of members": (zip_of(*((f"xl/{number}", b"") for number in range(600))), "太大"),
    "a page named .xls": (b"<html><table><tr><td>x</td></tr></table></html>", "网页格式"),
    "XML of 2003": (b'<?xml version="1.0"?><Workbook></Workbook>', "网页格式"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "不是表格文件"),
    "bytes in no encoding": (b"\xff\xff\xff,\x81\n\xff", "编码"),
    "a csv of one endless cell": (b'"' + b"x" * 200_000 + b'",y', "打不开"),
    "too many rows": (csv(HEAD, *([f"{number}", "校", "", ""] for number in range(20_001))), "最多导入"),
    "more bytes than allowed": (b"a" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
}


def cells(table: Table) -> list[list[str]]:
    return [[row[column.key] for column in COLUMNS] for row in table.rows]


@pytest.mark.parametrize("case", READ)
def test_a_sheet_is_read_whole(case: str) -> None:
    content, filename, expected = READ[case]

    table = read_table(content, filename, COLUMNS)

    assert cells(table) == [list(line) for line in expected]
    assert not any(row.errors for row in table.rows)


@pytest.mark.parametrize("case", REFUSED)
def test_a_sheet_is_refused_with_a_sentence(case: str) -> None:
    content, words = REFUSED[case]

    with pytest.raises(NotAllowed, match=words):
        read_table(content, "a.xlsx", COLUMNS)


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!"])
def test_a_formula_gone_wrong_is_told_in_its_line(value: str) -> None:
    table = read_table(formula("=1/0", value), "a.xlsx", COLUMNS)

    assert [len(row.errors) for row in table.rows] == [0, 1]
    assert value in table.rows[1].errors[0]


@pytest.mark.parametrize("code", ["2.1010000001E+11", 2.2e17, "2.101e9"])
def test_a_code_in_scientific_notation_is_told_in_its_line(code: Any) -> None:
    table = read_table(book([HEAD, [code, *FIRST[1:]]]), "a.xlsx", COLUMNS)

    assert "科学记数" in table.rows[0].errors[0]


def test_a_long_code_as_text_keeps_its_digits() -> None:
    table = read_table(book([HEAD, ["012345678901234567", *FIRST[1:]]]), "a.xlsx", COLUMNS)

    assert table.rows[0]["code"] == "012345678901234567"


def test_a_row_knows_the_line_it_stood_in() -> None:
    table = read_table(book([["名册"], [], HEAD, FIRST, [], SECOND]), "a.xlsx", COLUMNS)

    assert [row.number for row in table.rows] == [4, 6]


def test_headings_may_be_mapped_by_hand() -> None:
    content = book([["编号", "学校名称", "序号"], ["2101000001", "第一小学", "1"]])

    table = read_table(content, "a.xlsx", COLUMNS, {"code": "编号"})

    assert table.rows[0]["code"] == "2101000001"
    assert table.unknown() == ("序号",)


def test_the_template_is_read_back_with_its_sample() -> None:
    content = write_template(COLUMNS, title="学校", samples=[dict(zip(("code", "name"), FIRST[:2], strict=True))])

    table = read_table(content, "学校.xlsx", COLUMNS)

    assert cells(table) == [[*FIRST[:2], "", ""]]


def test_the_returned_file_tells_each_line_what_is_wrong_and_reads_back() -> None:
    table = read_table(book([["名册"], HEAD, *BOTH]), "a.xlsx", COLUMNS)

    returned = write_errors(table, {4: ["学校代码重复", "日期不对"]})

    sheet = openpyxl.load_workbook(io.BytesIO(returned)).worksheets[0]
    assert [sheet.cell(line, 5).value for line in (1, 2, 3)] == ["错误说明", "", "学校代码重复；日期不对"]
    assert cells(read_table(returned, "a.xlsx", COLUMNS)) == BOTH


def test_a_returned_cell_that_looks_like_a_formula_stays_text() -> None:
    table = read_table(csv(HEAD, [FIRST[0], "=HYPERLINK(1)", *FIRST[2:]]), "a.csv", COLUMNS)

    sheet = openpyxl.load_workbook(io.BytesIO(write_errors(table, {}))).worksheets[0]

    assert sheet["B2"].data_type == "s"


def test_the_first_bytes_decide_not_the_name() -> None:
    assert struct.unpack("<I", PLAIN[:4])[0] == 0x04034B50
    assert cells(read_table(PLAIN, "图片.jpg", COLUMNS)) == BOTH
