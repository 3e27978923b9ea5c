"""A report as an official document (layout of GB/T 9704) and as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from inspections.reports import words
from inspections.reports.words import Figures
from logistics_portal.kit.exports import Sheet, write_xlsx

TITLE_FONT, BODY_FONT, HEAD_FONT, PAGE_FONT = "方正小标宋_GBK", "仿宋_GB2312", "黑体", "宋体"
RED, BLACK = RGBColor(0xC0, 0x00, 0x00), RGBColor(0, 0, 0)
TWO, THREE, FOUR = Pt(22), Pt(16), Pt(14)  # 2号、3号、4号
HEADINGS = {1: (TITLE_FONT, TWO), 2: (HEAD_FONT, THREE)}
PITCH = Pt(28)
TYPE_AREA_MM, WIDEST, LATIN = 156, 40, 0x2E7F


def document(figures: Figures, *, issuer: str, title: str, dated: str) -> bytes:
    """Return the report as docx: mark, title, overview, findings, incidents, tables, page numbers."""
    paper = Document()
    _page(paper)
    _set_headings(paper)
    _line(paper, issuer, TITLE_FONT, TWO, align=WD_ALIGN_PARAGRAPH.CENTER, colour=RED)
    _rule(paper)
    _line(paper, "", BODY_FONT, THREE)
    _heading(paper, title, 1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    span = _("%(first)s至%(last)s")
    _line(
        paper,
        span % {"first": words.day_text(figures["first"]), "last": words.day_text(figures["last"])},
        BODY_FONT,
        THREE,
        align=WD_ALIGN_PARAGRAPH.CENTER,
    )
    _part(paper, _("一、总体情况"), words.summary_lines(figures))
    _table(paper, *slot_table(figures))
    _part(paper, _("二、各单位情况"), [])
    _table(paper, *unit_table(figures))
    _part(paper, _("三、高发问题"), [] if figures["items"] else [_("本期没有发现问题。")])
    _table(paper, *item_table(figures))
    _part(paper, _("四、期末超期未整改"), [] if figures["overdue"] else [_("期末没有超期未整改的问题。")])
    _table(paper, *overdue_table(figures))
    _part(paper, _("五、安全事故与一票否决"), words.incident_lines(figures))
    _line(paper, "", BODY_FONT, THREE)
    _line(paper, issuer, BODY_FONT, THREE, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(paper, dated, BODY_FONT, THREE, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(paper)
    target = BytesIO()
    paper.save(target)
    return target.getvalue()


def workbook(figures: Figures) -> bytes:
    """Return the report's tables as xlsx, every school included."""
    target = BytesIO()
    tables = {
        _("分类"): slot_table(figures),
        _("各单位"): unit_table(figures),
        _("各学校"): school_table(figures),
        _("高发问题"): item_table(figures),
        _("超期未整改"): overdue_table(figures),
        _("事故与否决"): incident_table(figures),
    }
    write_xlsx(target, [Sheet(name, heads, rows) for name, (heads, rows) in tables.items()])
    return target.getvalue()


Table = tuple[list[str], list[list[Any]]]


class Cell(NamedTuple):
    """What stands in one cell of a page's table, under which head, with which class."""

    text: Any
    head: str
    kind: str


@dataclass(frozen=True)
class Shown:
    """A report as its page shows it: paragraphs, and tables of (name, heads, rows)."""

    summary: list[str]
    incidents: list[str]
    tables: list[tuple[str, list[Cell], list[list[Cell]]]]


def shown(figures: Figures) -> Shown:
    """Return the frozen figures of a report as its page shows them; the same tables as in its files."""
    tables = {
        _("分类"): slot_table(figures),
        _("各单位"): unit_table(figures),
        _("高发问题"): item_table(figures),
        _("超期未整改"): overdue_table(figures),
    }
    return Shown(
        summary=words.summary_lines(figures),
        incidents=words.incident_lines(figures),
        tables=[(name, *_columns(heads, rows)) for name, (heads, rows) in tables.items() if rows],
    )


def _columns(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[Cell], list[list[Cell]]]:
    """Return heads and cells with the class of their column: one that holds figures alone stands to the right."""
    kinds = ["num" if all(_is_figure(row[place]) for row in rows) else "" for place in range(len(heads))]
    lines = [list(map(Cell, row, heads, kinds)) for row in rows]
    return list(map(Cell, heads, heads, kinds)), lines


def _is_figure(value: object) -> bool:
    return isinstance(value, int) or value == "—" or str(value).removesuffix("%").replace(".", "", 1).isdigit()


def slot_table(figures: Figures) -> Table:
    """Return checks by kind of place, with the sum."""
    rows = [[words.subject_name(code), *_slots(row)] for code, row in figures["slots"].items()]
    return [_("场所"), *_slot_heads()], [*rows, [_("合计"), *_slots(figures["total"])]]


def unit_table(figures: Figures) -> Table:
    """Return checks by first reviewer."""
    rows = [[row["name"], row["schools"], *_slots(row)] for row in figures["by_unit"]]
    return [_("单位"), _("学校数"), *_slot_heads()], rows


def school_table(figures: Figures) -> Table:
    """Return checks by school."""
    rows = [
        [row["code"], row["name"], _("是") if row["boarding"] else _("否"), *_slots(row), row["failures"]]
        for row in figures["by_school"]
    ]
    return [_("学校代码"), _("学校"), _("寄宿制"), *_slot_heads(), _("异常项")], rows


def item_table(figures: Figures) -> Table:
    """Return the items that failed most."""
    return [_("检查项"), _("代码"), _("问题数")], [
        [words.title_of(row), row["code"], row["n"]] for row in figures["items"]
    ]


def overdue_table(figures: Figures) -> Table:
    """Return what was overdue at the period's end, the gravest first."""
    rows = [
        [
            row["number"],
            row["school"],
            row["place"],
            words.title_of(row),
            words.severity_name(row["severity"]),
            words.due_text(row["due_at"]),
        ]
        for row in figures["overdue"]
    ]
    return [_("编号"), _("学校"), _("场所"), _("问题"), _("级别"), _("期限")], rows


def incident_table(figures: Figures) -> Table:
    """Return incidents and standing vetoes."""
    rows = [
        [row["number"], row["school"], words.incident_kind(row["kind"]), words.moment_text(row["happened_at"]), ""]
        for row in figures["incidents"]
    ]
    rows += [
        [row["number"], row["school"], _("一票否决"), str(row["year"]), words.trigger_names(row["triggers"])]
        for row in figures["vetoes"]
    ]
    return [_("编号"), _("学校"), _("类别"), _("时间（年度）"), _("事由")], rows


def _slot_heads() -> list[str]:
    return [_("应检"), _("免检"), _("按时"), _("补录"), _("漏检"), _("完成率"), _("按时率")]


def _slots(row: Figures) -> list[Any]:
    figures = [row[name] for name in ("required", "exempt", "timely", "late", "missed")]
    return [*figures, *words.share_cells(row)]


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)


def _font(run: Any, name: str, size: Any, *, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = name, size, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)  # noqa: SLF001 - python-docx has no other door


def _line(paper: Any, text: str, font: str, size: Any, *, align: Any = None, colour: Any = None) -> Any:
    paragraph = paper.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, max(PITCH, Length(size + Pt(10)))
    form.space_before = form.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(text)
    _font(run, font, size)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _set_headings(paper: Any) -> None:
    """Give Word's own headings the fonts of an official document, so that the outline of the report is found."""
    for level, (font, size) in HEADINGS.items():
        style = paper.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold, style.font.italic = font, size, False, False
        style.font.color.rgb = BLACK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "eastAsia"):
            fonts.attrib.pop(qn(f"w:{script}Theme"), None)  # a font of the theme would win over the one named
            fonts.set(qn(f"w:{script}"), font)


def _heading(paper: Any, text: str, level: int) -> Any:
    font, size = HEADINGS[level]
    paragraph = _line(paper, text, font, size)
    paragraph.style = paper.styles[f"Heading {level}"]
    return paragraph


def _part(paper: Any, head: str, lines: Iterable[str]) -> None:
    paragraph = _heading(paper, head, 2)
    paragraph.paragraph_format.first_line_indent = Length(2 * THREE)
    paragraph.paragraph_format.keep_with_next = True
    for text in lines:
        _line(paper, text, BODY_FONT, THREE).paragraph_format.first_line_indent = Length(2 * THREE)


def _rule(paper: Any) -> None:
    paragraph = _line(paper, "", BODY_FONT, Pt(4))
    edge = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "12", "space": "1", "color": "C00000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    edge.append(bottom)
    paragraph._p.get_or_add_pPr().append(edge)  # noqa: SLF001


def _table(paper: Any, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = _widths(heads, rows)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _cells(table.rows[0], heads, widths, bold=True)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
    for row in rows:
        _cells(table.add_row(), row, widths)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Share the width of the type area by the longest text of each column."""
    longest = [
        min(WIDEST, max(_length(head), *(_length(row[number]) for row in rows))) for number, head in enumerate(heads)
    ]
    return [Mm(TYPE_AREA_MM * (length + 2) / (sum(longest) + 2 * len(longest))) for length in longest]


def _length(value: Any) -> int:
    return sum(2 if ord(char) > LATIN else 1 for char in str(value))


def _cells(row: Any, values: Sequence[Any], widths: Sequence[Any], *, bold: bool = False) -> None:
    for cell, value, width in zip(row.cells, values, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        if _is_figure(value):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _font(paragraph.add_run(str(value)), BODY_FONT, Pt(10.5), bold=bold)


def _page_number(paper: Any) -> None:
    paragraph = paper.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run(text if not kind else "")
        _font(run, PAGE_FONT, FOUR)
        if kind == "instr":
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)  # noqa: SLF001
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)  # noqa: SLF001
