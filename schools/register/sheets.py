"""Sheets of schools: the template, the headings found, the dry run, the sheet handed back, the import itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, UnitPeriod, User
from logistics_portal.kit import books, sheets, sheetwriter
from logistics_portal.kit.cells import matching_key, tidy
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import photos
from schools.register.models import ImportFile, School
from schools.register.rules.columns import COLUMNS, SAMPLE
from schools.register.rules.plans import Known, Plan, plan
from schools.register.rules.regions import Region, Regions
from schools.register.services import imports as services

FACTS = (
    "name",
    "kind",
    "ownership",
    "is_rural_compulsory",
    "is_boarding",
    "serves_meals",
    "keeps_weekends",
    "pupils",
    "boarders",
    "address",
    "phone",
    "opened_date",
)
HEADINGS_WITHIN = 20
EXAMPLE = tidy(SAMPLE["name"])


def template() -> bytes:
    """Return the empty sheet to fill in, with choices to pick and one example."""
    return sheetwriter.write_template(COLUMNS, title=gettext("学校"), samples=[SAMPLE])


def read(content: bytes, filename: str, mapping: Mapping[str, str] | None = None) -> sheets.Table:
    """Return the table of a file; the example of the template is no row."""
    table = sheets.read_table(content, filename, COLUMNS, mapping)
    rows = tuple(row for row in table.rows if row["name"] != EXAMPLE)
    if not rows:
        raise NotAllowed(gettext("表里没有数据行，请在表头下面填写后再上传。"))
    return sheets.Table(table.header, table.places, rows, table.sheet)


def headings(content: bytes, filename: str) -> list[str]:
    """Return the headings of a file as they stand, for the page on which they are matched by hand."""
    grids = books.read_grids(content, filename)
    lines = [line for grid in grids for line in grid.rows[:HEADINGS_WITHIN]]
    fullest = max(lines, key=lambda line: len({cell for cell in line if cell}), default=())
    return list(dict.fromkeys(cell for cell in fullest if cell))


def guesses(found: list[str]) -> dict[str, str]:
    """Return which heading each column would take by its known names."""
    names = {matching_key(name): column.key for column in COLUMNS for name in column.names}
    told: dict[str, str] = {}
    for heading in found:
        key = names.get(matching_key(heading))
        if key:
            told.setdefault(key, heading)
    return told


def plan_for(table: sheets.Table, unit: Unit, at: datetime) -> Plan:
    """Return what a table would do to the register, as it stands now; four queries."""
    return plan(table.rows, regions_below(unit), known_below(unit, table), local_date(at))


def known_below(unit: Unit, table: sheets.Table) -> list[Known]:
    """Return the schools a table may speak of: those below the unit, and any with a code it names."""
    codes = {row["code"].replace(" ", "").upper() for row in table.rows if row["code"]}
    named = Q(code__in=codes) if codes else Q(pk__in=[])
    rows = School.objects.filter(Q(unit__path__startswith=unit.path) | named)
    found = rows.values_list("pk", "code", "unit__parent_id", "closed_date", *FACTS)
    return [
        Known(pk, code, parent or 0, closed is not None, dict(zip(FACTS, facts, strict=True)))
        for pk, code, parent, closed, *facts in found
    ]


def regions_below(unit: Unit) -> Regions:
    """Return the bureaus of the province by code and name; only those below `unit` may be imported into."""
    rows = Unit.objects.exclude(kind=Unit.Kind.SCHOOL).select_related("parent", "successor").order_by("path", "pk")
    regions = {row.pk: _region(row) for row in rows}
    held = UnitPeriod.objects.filter(unit__in=regions).order_by("from_date", "pk")
    former = [
        (code, name, regions[pk])
        for pk, code, name in held.values_list("unit_id", "code", "name")
        if (code, name) != (regions[pk].code, regions[pk].name)
    ]
    return Regions.of(regions.values(), former, unit.path)


def _region(row: Unit) -> Region:
    return Region(
        pk=row.pk,
        code=row.code,
        name=row.name,
        path=row.path,
        city=row.parent.name if row.parent else "",
        usable=row.switched_on and row.until_date is None,
        heir=row.successor.name if row.successor else "",
    )


def check(*, row: ImportFile, at: datetime) -> ImportFile:
    """Do the dry run of an import and note its figures; a sheet with errors is handed back with one more column."""
    try:
        table = read(photos.read_bytes(row.file), row.file.title, row.mapping)
    except NotAllowed as refusal:
        return services.note_check(row=row, figures={"refusal": str(refusal)}, error_file=None, at=at)
    found = plan_for(table, row.unit, at)
    back = sheetwriter.write_errors(table, found.errors) if found.errors else None
    figures = {**found.figures, "rows": len(table.rows), "unknown": list(table.unknown())[:20]}
    return services.note_check(row=row, figures=figures, error_file=back, at=at)


def apply(*, row: ImportFile, by: User | None, at: datetime) -> ImportFile:
    """Write a checked import whole or not at all; it is planned anew, so what happened meanwhile is seen.

    Where that stands in its way the sheet is checked anew, the confirmation taken back, and the refusal raised.
    """
    table = read(photos.read_bytes(row.file), row.file.title, row.mapping)
    try:
        return services.note_applied(row=row, plan=plan_for(table, row.unit, at), by=by, at=at)
    except NotAllowed as refusal:
        check(row=services.reopen(row=row, at=at, reason=str(refusal)), at=at)
        raise
