"""Parts of a form: templates, sections, items and what an answer may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from .shape import Json, Shape, codes


class Kind(StrEnum):
    """What an answer is."""

    BOOL = "bool"
    NUMBER = "number"
    COUNT = "count"
    CHOICE = "choice"
    TEXT = "text"

    @property
    def is_figure(self) -> bool:
        """Whether the answer is a number or a count."""
        return self in (Kind.NUMBER, Kind.COUNT)


@dataclass(frozen=True, kw_only=True)
class Word(Shape):
    """A thing's name in both languages."""

    zh: str
    en: str

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a name."""
        return cls(zh=raw["zh"], en=raw["en"])


@dataclass(frozen=True, kw_only=True)
class Operand(Shape):
    """A figure that is looked up: an item's answer, a fact, a parameter in force, or a number as it stands."""

    item: str = ""
    fact: str = ""
    param: str = ""
    value: int | None = None

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read an operand of a rule."""
        return cls(**raw)

    @classmethod
    def limit(cls, raw: int | Json | None) -> Self | None:
        """Read a limit: a whole number or the name of a parameter."""
        if raw is None:
            return None
        return cls(param=raw["param"]) if isinstance(raw, Mapping) else cls(value=int(raw))

    def limit_json(self) -> int | Json:
        """Return a limit as it is written in the file."""
        return {"param": self.param} if self.param else int(self.value or 0)


@dataclass(frozen=True, kw_only=True)
class Choice(Shape):
    """One of the answers of a choice."""

    code: str
    zh: str
    en: str

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a choice."""
        return cls(code=raw["code"], zh=raw["zh"], en=raw["en"])


@dataclass(frozen=True, kw_only=True)
class Answer(Shape):
    """What may be answered, and what is good."""

    kind: Kind
    unit: str = ""
    minimum: Operand | None = field(default=None, metadata={"key": "min"})
    maximum: Operand | None = field(default=None, metadata={"key": "max"})
    repeat_by: str = ""
    choices: tuple[Choice, ...] = ()
    passing: tuple[str, ...] = field(default=(), metadata={"key": "pass"})
    min_length: int | None = None
    max_length: int | None = None

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read the answer of an item."""
        return cls(
            kind=Kind(raw["kind"]),
            unit=raw.get("unit", ""),
            minimum=Operand.limit(raw.get("min")),
            maximum=Operand.limit(raw.get("max")),
            repeat_by=raw.get("repeat_by", ""),
            choices=tuple(Choice.from_json(one) for one in raw.get("choices", ())),
            passing=codes(raw.get("pass")),
            min_length=raw.get("min_length"),
            max_length=raw.get("max_length"),
        )

    def to_json(self) -> Json:
        """Return the answer as it is written in the file."""
        limits = {"min": self.minimum, "max": self.maximum}
        return super().to_json() | {key: limit.limit_json() for key, limit in limits.items() if limit}


@dataclass(frozen=True, kw_only=True)
class Fail(Shape):
    """What a failed answer brings with it."""

    photo: bool = False
    due: str = ""
    why: Word | None = None
    stop_service: bool = False

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read what follows a failure."""
        return cls(
            photo=raw.get("photo", False),
            due=raw.get("due", ""),
            why=Word.from_json(raw["why"]) if "why" in raw else None,
            stop_service=raw.get("stop_service", False),
        )


@dataclass(frozen=True, kw_only=True)
class Tightening(Shape):
    """A county's stricter limits, which hold beside the province's own: the stricter one decides."""

    minimum: str = field(default="", metadata={"key": "min"})
    maximum: str = field(default="", metadata={"key": "max"})
    added_by: str = ""

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read stricter limits; they are decimals written as text."""
        return cls(minimum=raw.get("min", ""), maximum=raw.get("max", ""), added_by=raw.get("added_by", ""))


@dataclass(frozen=True, kw_only=True)
class Item(Shape):
    """One question of a form."""

    code: str
    zh: str
    en: str
    category: str
    severity: str
    answer: Answer
    basis: tuple[str, ...]
    when: tuple[str, ...] = ()
    fact: str = ""
    expected: str = ""
    evidence: tuple[str, ...] = ()
    fail: Fail = field(default_factory=Fail)
    na_allowed: bool = False
    # What follows stands in a compiled version only.
    section: str = ""
    stage: str = ""
    added_by: str = ""
    tighter: tuple[Tightening, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read an item of the file or of a compiled version."""
        texts: dict[str, Any] = {
            key: raw.get(key, "")
            for key in ("code", "zh", "en", "category", "severity", "fact", "expected", "section", "stage", "added_by")
        }
        return cls(
            **texts,
            answer=Answer.from_json(raw["answer"]),
            basis=codes(raw.get("basis")),
            when=codes(raw.get("when")),
            evidence=codes(raw.get("evidence")),
            fail=Fail.from_json(raw.get("fail", {})),
            na_allowed=raw.get("na", {}).get("allowed", False),
            tighter=tuple(Tightening.from_json(one) for one in raw.get("tighter", ())),
        )

    def to_json(self) -> Json:
        """Return the item as it is written in the file."""
        answer = super().to_json()
        if not answer["fail"]:
            del answer["fail"]
        if answer.pop("na_allowed", False):
            answer["na"] = {"allowed": True}
        return answer


@dataclass(frozen=True, kw_only=True)
class Section(Shape):
    """Items that are looked at together."""

    code: str
    zh: str
    en: str
    items: tuple[Item, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a section with its items."""
        items = tuple(Item.from_json(one) for one in raw.get("items", ()))
        return cls(code=raw["code"], zh=raw["zh"], en=raw["en"], items=items)


@dataclass(frozen=True, kw_only=True)
class Stage(Shape):
    """A part of a form that is handed in alone."""

    code: str
    zh: str
    en: str
    due: str
    items: tuple[str, ...]
    alarm: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a stage; `alarm` names the roles that are called when it is missing at its due."""
        return cls(
            code=raw["code"],
            zh=raw["zh"],
            en=raw["en"],
            due=raw["due"],
            items=codes(raw["items"]),
            alarm=codes(raw.get("missing", {}).get("alarm")),
        )

    def to_json(self) -> Json:
        """Return the stage as it is written in the file."""
        answer = super().to_json()
        if alarm := answer.pop("alarm", None):
            answer["missing"] = {"alarm": alarm}
        return answer


@dataclass(frozen=True, kw_only=True)
class Schedule(Shape):
    """When a form falls due."""

    kind: str
    day_kind: str
    opens: str
    due: str
    belongs_to: str
    anchor: int | None = None
    seq: str = ""
    before_term: int | None = None

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a schedule."""
        return cls(**raw)


@dataclass(frozen=True, kw_only=True)
class Template(Shape):
    """A form: what is asked of a place, by whom and when."""

    code: str
    zh: str
    en: str
    app: str
    subject: str
    schedule: Schedule
    done_by: tuple[str, ...]
    sections: tuple[Section, ...]
    when: tuple[str, ...] = ()
    countersign: str = ""
    stages: tuple[Stage, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a template of the file."""
        return cls(
            **{key: raw[key] for key in ("code", "zh", "en", "app", "subject")},
            schedule=Schedule.from_json(raw["schedule"]),
            done_by=codes(raw["done_by"]),
            sections=tuple(Section.from_json(one) for one in raw["sections"]),
            when=codes(raw.get("when")),
            countersign=raw.get("countersign", ""),
            stages=tuple(Stage.from_json(one) for one in raw.get("stages", ())),
        )

    @classmethod
    def from_spec(cls, spec: Json) -> Self:
        """Return the template that a compiled version holds, its items back in their sections."""
        inside: dict[str, list[Json]] = {one["code"]: [] for one in spec["sections"]}
        for item in spec["items"]:
            inside[item["section"]].append(item)
        sections = [{**one, "items": inside[one["code"]]} for one in spec["sections"]]
        return cls.from_json({**spec, "sections": sections})

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in version order."""
        return tuple(item for section in self.sections for item in section.items)
