"""The explanation of a result: every point, the formula behind it, and the facts it was computed from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from inspections.evaluations.rules.figures import (
    HUNDRED,
    ZERO,
    between,
    in_full,
    judged,
    plain,
    printed,
    printed_or_none,
)
from inspections.evaluations.rules.words import FORMULAS, INPUTS, LABELS

Fact = int | str | bool | Fraction | None
Facts = tuple[tuple[str, Fact], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a result and what it is made of.

    `exact` is its own figure, None where nothing applies; `points` is what it adds to the line above:
    given outright, or, for the children of a line, its figure times its weight over the weights that apply.
    Where a line has children, their points sum to its exact figure.
    """

    key: str
    rule: str
    inputs: Facts = ()
    exact: Fraction | None = None
    weight: Fraction | None = None
    points: Fraction | None = None
    joined: tuple["Line", ...] = ()
    extra: tuple["Line", ...] = ()

    @property
    def children(self) -> tuple["Line", ...]:
        """The lines below with their points (evaluation §1)."""
        whole = sum((_weight(line) for line in self.joined if line.exact is not None), ZERO)
        shared = (
            line if line.exact is None or whole == 0 else replace(line, points=line.exact * _weight(line) / whole)
            for line in self.joined
        )
        return (*shared, *self.extra)

    @property
    def label(self) -> str:
        """The Chinese name of the figure; the page translates it."""
        return LABELS[self.key]

    @property
    def formula(self) -> str:
        """The formula in words; the page translates it."""
        return FORMULAS[self.rule]

    @property
    def printed(self) -> str | None:
        """The figure as printed, or None where nothing applies."""
        return printed_or_none(self.exact)

    @property
    def printed_points(self) -> str | None:
        """What the figure adds to the line above, as printed."""
        return printed_or_none(self.points)

    @property
    def rounding(self) -> tuple[str, str] | None:
        """Where the printed points below do not sum to the printed figure: that sum, and the exact figure.

        Each is rounded once, by itself; sums use the exact figures (evaluation §1), so the last place may differ.
        """
        points = [line.points for line in self.children if line.points is not None]
        if self.exact is None or not points or sum(points, ZERO) != self.exact:
            return None
        shown = sum((judged(figure) for figure in points), ZERO)
        return None if shown == judged(self.exact) else (printed(shown), in_full(self.exact))

    @property
    def shown_inputs(self) -> tuple[tuple[str, str], ...]:
        """The facts used, each with its Chinese name and its figure in full."""
        return tuple((INPUTS[key], _shown(fact)) for key, fact in self.inputs)

    def find(self, *path: str) -> "Line | None":
        """Return the line reached by keys from here, without its points, or None."""
        if not path:
            return self
        below = next((child for child in (*self.joined, *self.extra) if child.key == path[0]), None)
        return None if below is None else below.find(*path[1:])

    def to_json(self) -> dict[str, object]:
        """Return the line and all below it as plain data with exact figures, fit to be frozen."""
        return {
            "key": self.key,
            "rule": self.rule,
            "inputs": [[key, _shown(fact)] for key, fact in self.inputs],
            "exact": None if self.exact is None else str(self.exact),
            "printed": self.printed,
            "weight": None if self.weight is None else plain(self.weight),
            "points": None if self.points is None else str(self.points),
            "children": [child.to_json() for child in self.children],
        }


def joined_figure(lines: Iterable[Line]) -> Fraction | None:
    """Return the mean of the figures that apply by their weights, or None where none does (evaluation §1).

    Numerators and denominators are summed as integers and reduced once, which is many times faster.
    """
    top, bottom, weights, scale = 0, 1, 0, 1
    for line in lines:
        exact, weight = line.exact, line.weight
        if exact is None or weight is None or not weight.numerator:
            continue
        share = exact.denominator * weight.denominator
        top, bottom = top * share + exact.numerator * weight.numerator * bottom, bottom * share
        weights, scale = weights * weight.denominator + weight.numerator * scale, scale * weight.denominator
    return Fraction(top * scale, bottom * weights) if weights else None


def weighted(key: str, rule: str, lines: Iterable[Line], weight: Fraction | None = None) -> Line:
    """Return the line that joins others by weight; without one that applies it does not apply itself."""
    joined = tuple(lines)
    return Line(key=key, rule=rule, exact=joined_figure(joined), weight=weight, joined=joined)


def adjusted(key: str, rule: str, lines: Iterable[Line], extra: Iterable[Line], weight: Fraction | None = None) -> Line:
    """Return the weighted line with points added or taken off: first summed, then kept within 0…100 (§2)."""
    joined = tuple(lines)
    figure = joined_figure(joined)
    if figure is None:
        return Line(key=key, rule=rule, weight=weight, joined=joined)
    more = tuple(line for line in extra if line.points)
    raw = sum((line.points for line in more if line.points is not None), figure)
    kept = between(raw, ZERO, HUNDRED)
    if kept != raw:
        more += (Line(key="limit", rule="limit", exact=kept - raw, points=kept - raw),)
    return Line(key=key, rule=rule, exact=kept, weight=weight, joined=joined, extra=more)


def rate_line(key: str, rate: Fraction | None, weight: Fraction) -> Line:
    """Return the line of a rate: 100 times it, or nothing where it does not apply."""
    exact = None if rate is None else HUNDRED * rate
    return Line(key=key, rule="rate", inputs=(("rate", rate),), exact=exact, weight=weight)


def _weight(line: Line) -> Fraction:
    return ZERO if line.weight is None else line.weight


def _shown(fact: Fact) -> str:
    if fact is None:
        return "—"
    if isinstance(fact, bool):
        return "是" if fact else "否"
    return plain(fact) if isinstance(fact, Fraction) else str(fact)
