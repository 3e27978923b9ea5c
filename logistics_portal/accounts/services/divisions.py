"""The gazetteer of Jilin loaded into the tree: each unit as it is today, with the periods it went through."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, UnitPeriod
from logistics_portal.records import services as records

KNOWN_SINCE = date(2009, 1, 1)
KINDS = {
    "province": Unit.Kind.PROVINCE,
    "prefecture": Unit.Kind.CITY,
    "special_committee": Unit.Kind.SPECIAL_COMMITTEE,
    "functional_zone": Unit.Kind.FUNCTIONAL_ZONE,
    "zone_area": Unit.Kind.ZONE_AREA,
}
LIES_IN = {"L220071": "222426", "L220072": "220621", "L220073": "220621"}  # the committee's areas on the map
FORMER_ENDINGS = {"county became county-level city": ("市", "县"), "county-level city became district": ("区", "市")}
RENAMED = "renamed from "


@dataclass(frozen=True)
class Change:
    """How a unit stood before a year."""

    start: date
    code: str
    parent: str
    name: str
    reason: str


@transaction.atomic
def load_units(*, divisions: Path, changes: Path, at: datetime) -> int:
    """Add the units of two lists that are not there yet, with their history; returns how many were added.

    Functional zones start switched off. A year's change counts from its first of January: the lists tell no day.
    """
    rows = _read(divisions)
    past = _changes(_read(changes))
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=[row["code"] for row in rows])}
    added = 0
    for row in _parents_first(rows):
        if row["code"] in known:
            continue
        unit = known[row["code"]] = _add(row, known)
        added += 1
    for code, unit in known.items():
        if not UnitPeriod.objects.filter(unit=unit).exists():
            _write_history(unit, past.get(code), known)
    if added:
        records.log(by=None, verb="unit.load", on=known.get("220000"), after={"added": added}, at=at)
    return added


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _parents_first(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    parents = {row["code"]: row["parent_code"] for row in rows}

    def depth(code: str) -> int:
        return 1 + depth(parents[code]) if parents.get(code) else 0

    return sorted(rows, key=lambda row: (depth(row["code"]), row["code"]))


def _add(row: Mapping[str, str], known: Mapping[str, Unit]) -> Unit:
    code, parent = row["code"], known.get(row["parent_code"])
    kind = KINDS.get(row["level"], Unit.Kind.COUNTY)
    return Unit.objects.create(
        code=code,
        name=row["name_zh"],
        name_en=row["name_en"],
        kind=kind,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        division=LIES_IN.get(code) or ("" if code.startswith("L") else code),
        switched_on=kind != Unit.Kind.FUNCTIONAL_ZONE,
        from_date=KNOWN_SINCE,
    )


def _changes(rows: Sequence[Mapping[str, str]]) -> dict[str, Change]:
    return {
        row["code_after"]: Change(
            date(int(row["effective_year"]), 1, 1),
            row["code_before"],
            row["parent_before"],
            _former_name(row["unit"], row["kind"]),
            row["kind"],
        )
        for row in rows
    }


def _former_name(name: str, kind: str) -> str:
    if kind.startswith(RENAMED):
        return kind.removeprefix(RENAMED)
    now, then = FORMER_ENDINGS.get(kind, ("", ""))
    return name.removesuffix(now) + then


def _write_history(unit: Unit, change: Change | None, known: Mapping[str, Unit]) -> None:
    start = unit.from_date
    if change is not None:
        UnitPeriod.objects.create(
            unit=unit,
            from_date=start,
            until_date=change.start - timedelta(days=1),
            code=change.code,
            name=change.name,
            kind=unit.kind,
            parent=known[change.parent],
        )
        start = change.start
    reason = gettext("区划变更（%(year)d 年）") % {"year": start.year} if change else ""
    UnitPeriod.objects.create(
        unit=unit, from_date=start, code=unit.code, name=unit.name, kind=unit.kind, parent=unit.parent, reason=reason
    )
