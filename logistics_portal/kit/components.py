"""Plain data that the components of a page are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Figure:
    """A key figure: label, number, what it is compared with, and where its rows are."""

    label: str
    value: str | int
    note: str = ""
    tone: str = ""
    url: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Crumb:
    """One step of the way to this page."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """One tab of a record: a link of its own."""

    key: str
    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True)
class Step:
    """One stage of a procedure: `done`, `now` or `later`."""

    label: str
    state: str = "later"


@dataclass(frozen=True)
class Event:
    """One line of a timeline: when, what, who on which post, what changed and why; `more` is shown when opened."""

    at: datetime
    what: str
    who: str = ""
    post: str = ""
    tone: str = "idle"
    changes: Sequence[str] = ()
    reason: str = ""
    photos: Sequence[str] = ()
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Series:
    """One line or row of bars of a chart; a missing value is a gap."""

    name: str
    values: Sequence[float | int | None]


@dataclass(frozen=True)
class Chart:
    """A chart and its table twin: `kind` is line, bar or heat; the title is a sentence that says what it shows."""

    key: str
    kind: str
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    note: str = ""
    source_url: str = ""
    low: float | None = None

    @property
    def rows(self) -> list[tuple[str, list[float | int | None]]]:
        """Return the table twin: each label with the value of every series."""
        return [(label, [line.values[place] for line in self.series]) for place, label in enumerate(self.labels)]

    @property
    def data_id(self) -> str:
        """Return the id of the block that holds the data."""
        return f"chart-{self.key}-data"

    @property
    def data(self) -> dict[str, object]:
        """Return what the script draws."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "series": [{"name": line.name, "values": list(line.values)} for line in self.series],
            "unit": self.unit,
            "low": self.low,
        }
