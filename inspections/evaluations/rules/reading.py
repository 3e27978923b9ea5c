"""Reading one case of a file: every value checked, every refusal names case, key and reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard, TypeVar

from inspections.evaluations.rules.figures import HUNDRED, ZERO, rate

Word = TypeVar("Word")

# A decimal, or the exact fraction that our own frozen inputs may hold.
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?|-?[0-9]{1,60}/0*[1-9][0-9]{0,59}")
LONGEST = 96
FIRST_YEAR, LAST_YEAR = 1949, 2999


class CaseError(ValueError):
    """A case that cannot be computed: which case, which key, and why, in one Chinese sentence."""

    def __init__(self, case: str, key: str, reason: str) -> None:
        super().__init__(f"案例“{case}”的“{key}”有误：{reason}。")
        self.case, self.key, self.reason = case, key, reason


@dataclass(frozen=True, slots=True)
class Reader:
    """One object of a case, with the way that led to it."""

    case: str
    path: str
    data: Mapping[str, object]

    def where(self, key: str) -> str:
        """Return the whole way to a key."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> CaseError:
        """Return the refusal of a key, to be raised."""
        return CaseError(self.case, self.where(key), reason)

    def has(self, key: str) -> bool:
        """Tell whether the key is there and not null."""
        return self.data.get(key) is not None

    def count(self, key: str, default: int | None = 0) -> int:
        """Return a whole number not below 0; without a default the key must be there."""
        if not self.has(key):
            if default is None:
                raise self.refuse(key, "缺少此项")
            return default
        figure = self._number(key, self.data[key])
        if figure < 0 or figure.denominator != 1:
            raise self.refuse(key, "应为不小于 0 的整数")
        return int(figure)

    def figure(self, key: str, most: Fraction | None = None) -> Fraction | None:
        """Return an exact figure not below 0 and not above `most`, or None if absent."""
        return self._figure(key, self.data[key], most) if self.has(key) else None

    def needed(self, key: str, most: Fraction | None = None) -> Fraction:
        """Return an exact figure that must be there."""
        figure = self.figure(key, most)
        if figure is None:
            raise self.refuse(key, "缺少此项")
        return figure

    def signed(self, key: str) -> Fraction | None:
        """Return an exact figure that may be below 0, or None if absent."""
        return self._number(key, self.data[key]) if self.has(key) else None

    def score(self, key: str) -> Fraction | None:
        """Return a figure 0…100, or None if absent."""
        return self.figure(key, HUNDRED)

    def rate(self, key: str) -> Fraction | None:
        """Return a rate within 0…1 from a decimal or [part, whole]; None if absent or nothing was due."""
        value = self.data.get(key)
        if value is None:
            return None
        if _is_list(value):
            part, whole = self.row(key, value, ("完成数", "应完成数"))
            return rate(self._figure(key, part), self._figure(key, whole))
        return rate(self._figure(key, value), 1)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.refuse(key, "应为 true 或 false")
        return value

    def choice(self, key: str, known: Mapping[str, Word], default: Word | None = None) -> Word:
        """Return what one of the known words stands for; without a default the key must be there."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                raise self.refuse(key, "缺少此项")
            return default
        if not isinstance(value, str) or value not in known:
            raise self.refuse(key, f"应为{'、'.join(known)}之一")
        return known[value]

    def day(self, key: str) -> date:
        """Return a day written as 2027-03-12."""
        value = self.data.get(key)
        try:
            day = date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            day = date.min
        if day.isoformat() != value or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.refuse(key, "应为 2027-03-12 这样的日期")
        return day

    def child(self, key: str) -> "Reader | None":
        """Return the object under a key, or None if absent."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.refuse(key, "应为一组键值")
        return Reader(self.case, self.where(key), value)

    def children(self, key: str) -> "list[Reader]":
        """Return the objects of a list, empty if absent."""
        found = []
        for place, value in enumerate(self.items(key)):
            if not isinstance(value, Mapping):
                raise self.refuse(f"{key}[{place}]", "应为一组键值")
            found.append(Reader(self.case, f"{self.where(key)}[{place}]", value))
        return found

    def items(self, key: str) -> Sequence[object]:
        """Return the members of a list, empty if absent."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not _is_list(value):
            raise self.refuse(key, "应为列表")
        return value

    def row(self, key: str, value: object, names: tuple[str, ...]) -> Sequence[object]:
        """Return a short list that has exactly the named members, none of them null."""
        if not _is_list(value) or len(value) != len(names) or any(member is None for member in value):
            raise self.refuse(key, f"应为 [{'，'.join(names)}]")
        return value

    def whole(self, key: str, value: object) -> int:
        """Return a member of a list as a whole number not below 0."""
        return Reader(self.case, self.path, {key: value}).count(key, None)

    def member_score(self, key: str, value: object) -> Fraction:
        """Return a member of a list as a figure 0…100."""
        return self._figure(key, value, HUNDRED)

    def _figure(self, key: str, value: object, most: Fraction | None = None) -> Fraction:
        figure = self._number(key, value)
        if figure < ZERO:
            raise self.refuse(key, "不应小于 0")
        if most is not None and figure > most:
            raise self.refuse(key, f"不应大于 {most}")
        return figure

    def _number(self, key: str, value: object) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise self.refuse(key, "应为数字")
        if isinstance(value, int) and value.bit_length() > LONGEST:
            raise self.refuse(key, "数字过长")
        written = str(value)
        if not NUMBER.fullmatch(written):
            raise self.refuse(key, "应为准确小数")
        return Fraction(written)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)
