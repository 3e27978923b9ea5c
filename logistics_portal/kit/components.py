"""Plain data that the components of a page are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Part:
    """A few words of a note with a number in them, and where the rows of that number are."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A key figure: label, number, what it is compared with, and where its rows are.

    `parts` is a note whose numbers lead to their own rows. A figure with a `key` may be shown anew in place; `later`
    is where a page fetches it from.
    """

    label: str
    value: str | int
    note: str = ""
    tone: str = ""
    url: str = ""
    unit: str = ""
    parts: Sequence[Part] = ()
    key: str = ""
    later: str = ""

    @property
    def words(self) -> str:
        """Return the whole note."""
        return self.note or " · ".join(part.text for part in self.parts)


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
    urls: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[str, str, list[float | int | None]]]:
        """Return the table twin: each label, where its rows are, and the value of every series."""
        urls = self.urls or [""] * len(self.labels)
        return [
            (label, urls[place], [line.values[place] for line in self.series])
            for place, label in enumerate(self.labels)
        ]

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
