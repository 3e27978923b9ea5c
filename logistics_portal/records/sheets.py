"""The sheets of decided figures that each app brings along, and how they become dated rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import transaction

from logistics_portal.kit.dates import ONE_DAY
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Parameter
from logistics_portal.records.rules import Bounds, Kind, Theme
from logistics_portal.records.selectors import forget_figures

SHEET = "figures.yaml"
SAID = ("basis", "sure")
FOLLOWED = ("name", "name_en", "theme", "kind", "lowest", "highest", "position")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One decided figure as a sheet says it; without a theme it only brings the value."""

    code: str
    value: str
    unit: str
    name: str
    name_en: str
    basis: str = ""
    sure: str = ""
    theme: str = Theme.LIMITS
    kind: str = Kind.WHOLE
    lowest: str = ""
    highest: str = ""
    position: int = 0

    @classmethod
    def read(cls, code: str, raw: Mapping[str, Any], position: int) -> Figure:
        """Return a line of a sheet; a figure outside its own bounds is refused."""
        bounds = Bounds(Kind(raw.get("kind", Kind.WHOLE)), str(raw["lowest"]), str(raw["highest"]))
        return cls(
            code=code,
            value=bounds.written(str(raw["value"])),
            unit=raw["unit"],
            name=raw["zh"],
            name_en=raw["en"],
            basis="、".join(raw.get("basis", ())),
            sure=raw["sure"],
            theme=Theme(raw["theme"]),
            kind=bounds.kind,
            lowest=bounds.lowest,
            highest=bounds.highest,
            position=position,
        )


def sheets() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the sheet of every app that brings one, by the app's name."""
    for config in apps.get_app_configs():
        path = Path(config.path) / "data" / SHEET
        if path.is_file():
            yield config.name, yaml.safe_load(path.read_text(encoding="utf-8"))


def figures() -> list[Figure]:
    """Return every decided figure of every sheet."""
    return [
        Figure.read(code, raw, position)
        for _app, sheet in sheets()
        for position, (code, raw) in enumerate(sheet["figures"].items(), 1)
    ]


def bounds() -> dict[str, Bounds]:
    """Return what the sheets say figures that stand elsewhere may be."""
    found = {}
    for _app, sheet in sheets():
        for code, (low, high) in sheet.get("bounds", {}).items():
            kind = Kind.MONTH_DAY if isinstance(low, str) else Kind.WHOLE
            found[code] = Bounds(kind, str(low), str(high))
    return found


@transaction.atomic
def load(*, figures: Sequence[Figure], day: date, changes_from: date | None = None) -> int:
    """Write figures as dated rows from a day on, and return how many values were added.

    A value of an older sheet is replaced from `changes_from` on, or from the same day; what the province has changed
    is left alone. Texts and bounds follow the sheet.
    """
    known: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.filter(code__in=[it.code for it in figures]).order_by("valid_from"):
        known.setdefault(row.code, []).append(row)
    added = sum(_load(figure, known.get(figure.code, []), day, changes_from or day) for figure in figures)
    forget_figures()
    return added


def _load(figure: Figure, rows: Sequence[Parameter], day: date, changes_from: date) -> int:
    told = {name: getattr(figure, name) for name in ("unit", *SAID, *FOLLOWED)}
    if not rows:
        Parameter.objects.create(code=figure.code, value=figure.value, valid_from=day, **told)
        return 1
    for row in rows:
        _describe(row, {name: told[name] for name in (FOLLOWED if row.change_id else (*SAID, *FOLLOWED))})
    last = rows[-1]
    if any(row.change_id is not None for row in rows) or last.value == figure.value:
        return 0
    if changes_from <= last.valid_from:
        raise NotAllowed(f"参数 {figure.code} 自 {last.valid_from} 起已有值，新值的生效日期须更晚。")
    last.valid_to = changes_from - ONE_DAY
    last.save(update_fields=["valid_to"])
    Parameter.objects.create(code=figure.code, value=figure.value, valid_from=changes_from, **told)
    return 1


def _describe(row: Parameter, told: Mapping[str, Any]) -> None:
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, told[name])
    if changed:
        row.save(update_fields=changed)
