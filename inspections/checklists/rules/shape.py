"""The base of all parts of a check-list: frozen values that turn into plain JSON and back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

# JSON is the edge of the type system: what stands inside is checked by the schema, not by mypy.
Json = dict[str, Any]


def plain(value: object) -> Any:
    """Return `value` as JSON: parts become objects, tuples become lists."""
    if isinstance(value, Shape):
        return value.to_json()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return value


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A part of a check-list; fields left at nothing do not appear in its JSON."""

    def to_json(self) -> Json:
        """Return the part as it is written in the file."""
        answer: Json = {}
        for field in fields(self):
            value = getattr(self, field.name)
            empty = value is None or (not field.metadata.get("keep") and (value is False or value in ((), "", {})))
            if not empty:
                answer[field.metadata.get("key", field.name)] = plain(value)
        return answer


def codes(value: object) -> tuple[str, ...]:
    """Return a JSON list of codes as a tuple; nothing gives an empty one."""
    return tuple(value) if isinstance(value, list | tuple) else ()
