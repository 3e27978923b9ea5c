"""Parts of a supervision sheet of 100 points."""

from dataclasses import dataclass, field
from typing import Self

from .shape import Json, Shape, codes


@dataclass(frozen=True, kw_only=True)
class Deduction(Shape):
    """Points that a fault costs, once or for each case."""

    code: str
    zh: str
    en: str
    points: int
    each: bool = False
    compares_with: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a deduction."""
        return cls(**{**raw, "compares_with": codes(raw.get("compares_with"))})


@dataclass(frozen=True, kw_only=True)
class Band(Shape):
    """A level with its points."""

    code: str
    zh: str
    en: str
    points: int = field(metadata={"keep": True})

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a band."""
        return cls(**raw)


@dataclass(frozen=True, kw_only=True)
class Measure(Shape):
    """A share of an item's points given by two facts."""

    numerator: str
    denominator: str
    share: int

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a measure."""
        return cls(**raw)


@dataclass(frozen=True, kw_only=True)
class SheetItem(Shape):
    """A scored line of a sheet."""

    code: str
    zh: str
    en: str
    max: int
    mode: str
    na_allowed: bool = field(metadata={"keep": True})
    basis: tuple[str, ...]
    deduct: tuple[Deduction, ...] = ()
    bands: tuple[Band, ...] = ()
    measure: tuple[Measure, ...] = ()
    compares_with: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a line of a sheet."""
        return cls(
            **{key: raw[key] for key in ("code", "zh", "en", "max", "mode", "na_allowed")},
            basis=codes(raw["basis"]),
            deduct=tuple(Deduction.from_json(one) for one in raw.get("deduct", ())),
            bands=tuple(Band.from_json(one) for one in raw.get("bands", ())),
            measure=tuple(Measure.from_json(one) for one in raw.get("measure", ())),
            compares_with=codes(raw.get("compares_with")),
        )


@dataclass(frozen=True, kw_only=True)
class Sheet(Shape):
    """A supervision sheet."""

    code: str
    zh: str
    en: str
    subject: str
    total: int
    items: tuple[SheetItem, ...]

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a sheet."""
        return cls(
            **{key: raw[key] for key in ("code", "zh", "en", "subject", "total")},
            items=tuple(SheetItem.from_json(one) for one in raw["items"]),
        )
