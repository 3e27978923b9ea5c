"""A result as its page shows it: every figure with its name in the reader's language, and the way to its rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from inspections.evaluations import behind
from inspections.evaluations.behind import SCHOOL, Figure
from inspections.evaluations.models import Evaluation
from inspections.evaluations.rules.lines import Line
from inspections.evaluations.rules.words import INPUTS, LABELS

MISSED = gettext_noop("漏检")


@dataclass(frozen=True)
class Fact:
    """One figure a line was computed from; `href` leads to the rows it was counted from, where there are any."""

    name: str
    figure: str
    href: str = ""


@dataclass(frozen=True)
class Branch:
    """One line of the explanation and the lines it is made of."""

    line: Line
    name: str
    formula: str
    facts: list[Fact]
    children: list[Branch]

    @property
    def rounding(self) -> str:
        """Return why the points below do not sum to the figure above, in words; nothing where they do."""
        found = self.line.rounding
        if found is None:
            return ""
        words = {"shown": found[0], "exact": found[1], "printed": self.line.printed}
        return (
            gettext(
                "下面各项的分值各自四舍五入到两位，相加为 %(shown)s；本项按未取舍的数值相加得 %(exact)s，"
                "只取舍一次，为 %(printed)s。"
            )
            % words
        )


def grown(evaluation: Evaluation, tree: Line, known: dict[Figure, int]) -> Branch:
    """Return the explanation of a result, every figure that was counted from rows leading to them."""
    return _branch(_Ways(evaluation, known), tree, SCHOOL, "")


@dataclass(frozen=True)
class _Ways:
    evaluation: Evaluation
    known: dict[Figure, int]

    def to(self, part: str, *names: str) -> str:
        """Return the address of the rows behind the first of these figures that was counted from rows."""
        found = next((Figure(part, name) for name in names if Figure(part, name) in self.known), None)
        return behind.address(self.evaluation, found) if found else ""


def _branch(ways: _Ways, line: Line, part: str, above: str) -> Branch:
    if above == "score" and line.key in behind.PARTS:
        part = line.key
    facts = [
        Fact(
            gettext(name),
            gettext(figure) if figure in {"是", "否"} else figure,
            ways.to(part, f"{line.key}-{key}", key),
        )
        for (key, _), (name, figure) in zip(line.inputs, line.shown_inputs, strict=True)
    ]
    missed = Figure(part, "missed")
    if line.key == "completion" and missed in ways.known:
        facts.append(Fact(gettext(MISSED), str(ways.known[missed]), ways.to(part, "missed")))
    return Branch(
        line=line,
        name=gettext(line.label),
        formula=gettext(line.formula),
        facts=facts,
        children=[_branch(ways, child, part, line.key) for child in line.children],
    )


def words_of(figure: Figure) -> str:
    """Return what a figure counts: 食堂 · 严重 · 未按期."""
    part, name = figure
    if name == "open_critical":
        return gettext("超期未整改的严重问题")
    keys = name.split("-")
    words = [LABELS[key] for key in (part, *keys[:-1]) if key != SCHOOL]
    words.append(MISSED if keys[-1] == "missed" else INPUTS[keys[-1]])
    return " · ".join(gettext(word) for word in words)
