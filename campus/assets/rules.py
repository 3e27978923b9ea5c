"""Whose certificates the law asks for, and whether all of them hold. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schools.register.rules.papers import Expiry

STATUTORY = ("boiler", "lift", "gas")


@dataclass(frozen=True, slots=True)
class Piece:
    """A facility on the page: how near its certificate's end is, and whether it is out of use."""

    row: Any
    expiry: Expiry | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of facility of a campus: what there is, or since when it says there is none."""

    kind: str
    label: str
    facilities: tuple[Piece, ...]
    none_since: date | None

    @property
    def unsaid(self) -> bool:
        """Say whether the campus has not spoken of this kind."""
        return not self.facilities and self.none_since is None


def all_valid(
    held: Sequence[tuple[str, date | None]], none: Collection[str], kinds: Collection[str], last: date
) -> bool | None:
    """Return whether every certificate reaches `last`; nothing when a date, or a whole kind, is not on file."""
    if any(until is not None and until < last for _kind, until in held):
        return False
    silent = set(kinds) - {kind for kind, _until in held} - set(none)
    if silent or any(until is None for _kind, until in held):
        return None
    return True
