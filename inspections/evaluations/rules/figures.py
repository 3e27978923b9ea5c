"""Exact figures: how they are read, rounded once, and printed."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

ZERO = Fraction(0)
ONE = Fraction(1)
HUNDRED = Fraction(100)

Exact = int | str | Decimal | Fraction


class Weights(Mapping[str, Fraction]):
    """Named exact figures that never change; equal whatever their order."""

    __slots__ = ("_figures",)

    def __init__(self, **figures: Exact) -> None:
        self._figures = {name: Fraction(figure) for name, figure in figures.items()}

    def __getitem__(self, name: str) -> Fraction:
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __hash__(self) -> int:
        return hash(frozenset(self._figures.items()))

    def __repr__(self) -> str:
        return f"Weights({', '.join(f'{name}={plain(figure)}' for name, figure in self._figures.items())})"


def hundredths(figure: Fraction) -> int:
    """Return a figure in whole hundredths, rounded once, half up (evaluation §1)."""
    sign = -1 if figure < 0 else 1
    return sign * ((200 * abs(figure.numerator) + figure.denominator) // (2 * figure.denominator))


def judged(figure: Fraction) -> Fraction:
    """Return the figure that every line is compared with: the printed one (evaluation §1)."""
    return Fraction(hundredths(figure), 100)


def printed(figure: Fraction) -> str:
    """Return a figure as it is printed: two places, half up."""
    cents = hundredths(figure)
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def in_full(figure: Fraction) -> str:
    """Return a figure to six places, cut off and marked so where it goes on."""
    millionths, rest = divmod(abs(figure.numerator) * 10**6, figure.denominator)
    whole, parts = divmod(millionths, 10**6)
    return f"{'-' if figure < 0 else ''}{whole}.{parts:06d}{'…' if rest else ''}"


def printed_or_none(figure: Fraction | None) -> str | None:
    """Return a figure as it is printed, or None where nothing applies."""
    return None if figure is None else printed(figure)


def plain(figure: Fraction) -> str:
    """Return a figure written out in full: a decimal where it ends, else part/whole; `Fraction` reads both."""
    rest, twos, fives = figure.denominator, 0, 0
    if rest == 1:
        return str(figure.numerator)
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{figure.numerator}/{figure.denominator}"
    places = max(twos, fives)
    digits = str(abs(figure.numerator) * 10**places // figure.denominator).rjust(places + 1, "0")
    sign = "-" if figure < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def between(figure: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """Return a figure kept within its limits."""
    return min(max(figure, low), high)


def rate(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    """Return part ÷ whole within 0…1, or None where the whole is 0: not applicable (evaluation §1)."""
    if whole == 0:
        return None
    if part >= whole:
        return ONE
    return Fraction(part, whole) if part > 0 else ZERO


def percent(part: int | Fraction, whole: int) -> Fraction | None:
    """Return 100 × part ÷ whole within 0…100, or None where the whole is 0: not applicable (evaluation §1)."""
    if whole == 0:
        return None
    return Fraction(100 * part, whole) if part < whole else HUNDRED


def mean(figures: Sequence[tuple[Fraction | int, Fraction | None]]) -> Fraction | None:
    """Return the weighted mean of the figures that apply, or None where none does."""
    held = [(weight, figure) for weight, figure in figures if figure is not None and weight > 0]
    total = sum((weight for weight, _ in held), ZERO)
    return None if total == 0 else sum((weight * figure for weight, figure in held), ZERO) / total
