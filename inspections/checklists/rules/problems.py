"""What is wrong with a definition, told so that a person finds the line."""

from typing import NamedTuple

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """Something wrong at a place inside the file."""

    path: Path
    reason: str


class Problem(NamedTuple):
    """A fault with its line in the YAML file, counted from 1."""

    line: int
    path: str
    reason: str


class DefinitionError(Exception):
    """The file cannot be used; `problems` says why, all of them, in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{one.line} {one.path} {one.reason}" for one in problems))


def dotted(path: Path) -> str:
    """Return a path as it is shown: `templates[0].sections[1].items[2].answer`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
