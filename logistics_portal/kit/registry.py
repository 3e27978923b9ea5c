"""The six sockets of the house: what a wing may plug into the portal without being imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise


class Keyed(Protocol):
    """An entry that is plugged in under a key."""

    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Generic[Entry]):
    """Entries under unique keys, in the order in which they were plugged in."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> None:
        """Plug `entry` in; the same key twice is a mistake of the wing."""
        if entry.key in self._entries:
            raise ValueError(f"{entry.key!r} is plugged in twice")
        self._entries[entry.key] = entry

    def get(self, key: str) -> Entry | None:
        """Return the entry under `key`, or nothing."""
        return self._entries.get(key)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())


@dataclass(frozen=True)
class Period:
    """A closed span of days."""

    first: date
    last: date


@dataclass(frozen=True)
class MenuEntry:
    """A line of the side menu: where it leads, its group and order, and the roles that see it.

    Without roles it is seen by whoever works with schools.
    """

    key: str
    label: str | Promise
    url_name: str
    group: str | Promise
    order: int
    roles: frozenset[str] = frozenset()
    icon: str = ""


@dataclass(frozen=True)
class Panel:
    """A card on a shared page (`desk`, `school`, `finding`): a template and what fills it, or says nothing."""

    key: str
    page: str
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class Todo:
    """One thing a person should do next."""

    text: str
    url: str
    due_at: datetime | None = None
    urgency: str = "info"  # bad, warn, info: the tone of its badge
    place: str = ""


@dataclass(frozen=True)
class TodoSource:
    """A wing's answer to: what should this user do now? `tell(user, now)` returns at most a page of to-dos."""

    key: str
    tell: Callable[[Any, datetime], Sequence[Todo]]
    order: int = 50


@dataclass(frozen=True)
class Indicator:
    """A figure that a wing can give for each of some schools over a period."""

    key: str
    label: str
    unit: str
    measure: Callable[[Sequence[int], Period], Mapping[int, Fraction]]


@dataclass(frozen=True)
class Demo:
    """A wing's part of the demo province; `plant(plot)` runs in `order`."""

    key: str
    plant: Callable[[Any], None]
    order: int = 50


class Answer(Enum):
    """What a fact says when it has no value."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class ListedEntry:
    """One entry of a list fact: an appliance or a delivery, with the reading of the day or nothing."""

    code: str
    label: str
    reading: str | None = None


FactValue = bool | int | str | tuple[ListedEntry, ...] | Answer  # decimals are strings, lists are tuples


@dataclass(frozen=True)
class Held:
    """A fact's value over some days."""

    first: date
    last: date
    value: FactValue


Spans = Callable[[Sequence[int], date, date], Mapping[int, Sequence[Held]]]
Together = Callable[[Sequence[str], Sequence[int], date], Mapping[str, Mapping[int, FactValue]]]


@dataclass(frozen=True)
class Fact:
    """Something an app knows: key → for each of some places (or schools), on a date, a value or unknown.

    `ask(ids, on)` takes place ids where `per` is "place", school ids where it is "school", and may leave ids out:
    what it leaves out is unknown. `spans(ids, first, last)` tells what holds over which days, where a fact is dated;
    on each day it says what `ask` would. Facts of one room that share `together` are asked in one go: it takes the
    keys besides and answers key by key.
    """

    key: str
    per: str
    ask: Callable[[Sequence[int], date], Mapping[int, FactValue]]
    together: Together | None = None
    spans: Spans | None = None


menu: Registry[MenuEntry] = Registry()
panels: Registry[Panel] = Registry()
todos: Registry[TodoSource] = Registry()
indicators: Registry[Indicator] = Registry()
demos: Registry[Demo] = Registry()
facts: Registry[Fact] = Registry()
