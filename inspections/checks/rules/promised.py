"""Photos that a phone promises with a check and sends after it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeVar

SHA256 = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")


class Promise(NamedTuple):
    """A photo by the SHA-256 of the bytes to come; `from_album` says that it was not taken on the spot (非现场拍摄)."""

    sha256: str
    from_album: bool = False


def shared_out(wanted: Mapping[str, Sequence[T]], first: Collection[str], room: int) -> dict[str, list[T]]:
    """Return the photos by item that `room` has a place for, those of the items in `first` before the others."""
    kept: dict[str, list[T]] = {}
    for code in sorted(wanted, key=lambda it: it not in first):
        kept[code] = list(wanted[code])[: max(0, room)]
        room -= len(kept[code])
    return {code: some for code, some in kept.items() if some}
