"""The whole definition: templates, cross-rules, sheets, parameters and the words they use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .forms import Operand, Template, Word
from .shape import Json, Shape, codes
from .sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class UnitSpec(Shape):
    """Decimals kept of a unit, and the span outside which a figure is a slip."""

    places: int
    lowest: int = field(metadata={"key": "from"})
    highest: int = field(metadata={"key": "to"})

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a unit."""
        return cls(places=int(raw["places"]), lowest=int(raw["from"]), highest=int(raw["to"]))


@dataclass(frozen=True, kw_only=True)
class FactSpec(Shape):
    """What a fact is, for whom it is asked, and what happens when it is unknown."""

    type: str
    unit: str = ""
    values: tuple[str, ...] = ()
    per: str
    span: str
    unknown: str
    zh: str
    en: str

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a fact."""
        return cls(**{**raw, "values": codes(raw.get("values"))})


@dataclass(frozen=True, kw_only=True)
class Condition(Shape):
    """A test on a fact or on the date of the slot."""

    zh: str
    en: str
    fact: str = ""
    eq: bool | None = field(default=None, metadata={"keep": True})
    among: tuple[str, ...] = field(default=(), metadata={"key": "in"})
    ge: int | None = None
    between: tuple[Operand, ...] = ()

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a condition."""
        return cls(
            zh=raw["zh"],
            en=raw["en"],
            fact=raw.get("fact", ""),
            eq=raw.get("eq"),
            among=codes(raw.get("in")),
            ge=raw.get("ge"),
            between=tuple(Operand.from_json(one) for one in raw.get("between", ())),
        )


@dataclass(frozen=True, kw_only=True)
class Parameter(Shape):
    """A figure of the province with the basis it rests on; its values in force are dated rows elsewhere."""

    value: int | str
    unit: str
    zh: str
    en: str
    basis: tuple[str, ...]
    sure: str

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a parameter."""
        return cls(**{**raw, "basis": codes(raw["basis"])})


@dataclass(frozen=True, kw_only=True)
class SeverityDefault(Shape):
    """What a severity means unless an item says otherwise."""

    due: str
    extensions: int
    escalate_to: str

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a severity's meaning."""
        return cls(**raw)


@dataclass(frozen=True, kw_only=True)
class OnFail(Shape):
    """What happens when a cross-rule does not hold; several may stand together."""

    fail: str = ""
    needs_reason: bool = False
    alarm: tuple[str, ...] = ()
    flag: str = ""

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a rule's consequence."""
        return cls(**{**raw, "alarm": codes(raw.get("alarm"))})


@dataclass(frozen=True, kw_only=True)
class CrossRule(Shape):
    """What no single item can tell."""

    code: str
    template: str
    zh: str
    en: str
    op: str
    left: tuple[Operand, ...]
    right: Operand
    on_fail: OnFail

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a cross-rule."""
        left = raw["left"] if isinstance(raw["left"], list) else [raw["left"]]
        return cls(
            **{key: raw[key] for key in ("code", "template", "zh", "en", "op")},
            left=tuple(Operand.from_json(one) for one in left),
            right=Operand.from_json(raw["right"]),
            on_fail=OnFail.from_json(raw["on_fail"]),
        )

    def to_json(self) -> Json:
        """Return the rule as it is written in the file."""
        answer = super().to_json()
        if self.op != "sum_eq":
            answer["left"] = answer["left"][0]
        return answer

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Both sides of the comparison."""
        return (*self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class Vocabulary(Shape):
    """Every word that may stand in a template, a rule or a sheet."""

    units: Mapping[str, UnitSpec]
    conditions: Mapping[str, Condition]
    facts: Mapping[str, FactSpec]
    # Lists that only name things: roles, categories, evidence, severities …, as they stand in the file.
    names: Mapping[str, Any]

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read the vocabulary."""
        parts = ("units", "conditions", "facts")
        return cls(
            units={key: UnitSpec.from_json(one) for key, one in raw["units"].items()},
            conditions={key: Condition.from_json(one) for key, one in raw["conditions"].items()},
            facts={key: FactSpec.from_json(one) for key, one in raw["facts"].items()},
            names={key: one for key, one in raw.items() if key not in parts},
        )

    def to_json(self) -> Json:
        """Return the vocabulary as it is written in the file."""
        answer = super().to_json()
        names: Json = answer.pop("names")
        return names | answer

    def word(self, kind: str, code: str) -> Word:
        """Return the name of a role, a category, a severity and the like."""
        return Word.from_json(self.names[kind][code])


@dataclass(frozen=True, kw_only=True)
class Definition(Shape):
    """The check-lists and sheets of the province, as one file holds them."""

    schema_version: int
    vocabulary: Vocabulary
    severity_defaults: Mapping[str, SeverityDefault]
    templates: tuple[Template, ...]
    cross_rules: tuple[CrossRule, ...]
    supervision: tuple[Sheet, ...]
    parameters: Mapping[str, Parameter]

    @classmethod
    def from_json(cls, raw: Json) -> Self:
        """Read a definition whose shape has been checked."""
        return cls(
            schema_version=raw["schema_version"],
            vocabulary=Vocabulary.from_json(raw["vocabulary"]),
            severity_defaults={key: SeverityDefault.from_json(one) for key, one in raw["severity_defaults"].items()},
            templates=tuple(Template.from_json(one) for one in raw["templates"]),
            cross_rules=tuple(CrossRule.from_json(one) for one in raw["cross_rules"]),
            supervision=tuple(Sheet.from_json(one) for one in raw["supervision"]),
            parameters={key: Parameter.from_json(one) for key, one in raw["parameters"].items()},
        )

    def template(self, code: str) -> Template:
        """Return the template with this code; an unknown code is a `KeyError`."""
        return {one.code: one for one in self.templates}[code]

    def sheet(self, code: str) -> Sheet:
        """Return the sheet with this code; an unknown code is a `KeyError`."""
        return {one.code: one for one in self.supervision}[code]
