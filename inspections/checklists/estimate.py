"""How long a form takes with nothing wrong, told before a version is published: taps, typed figures, minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OPENING_AND_HANDING_IN = 2
SECONDS_A_TAP = 4  # the think-time model: look, decide, tap
SECONDS_A_FIGURE = 8
FIGURES = frozenset({"number", "count"})


@dataclass(frozen=True)
class Effort:
    """What one check asks of an officer when every item applies and no fact is known."""

    taps: int
    typed: int

    @property
    def seconds(self) -> int:
        """Return the time it takes."""
        return SECONDS_A_TAP * self.taps + SECONDS_A_FIGURE * self.typed


def effort(spec: dict[str, Any]) -> Effort:
    """Return the effort of a form when everything is asked: the most it can take (checklists §5).

    Opening, handing in, each critical yes-or-no, each choice and one button per section are a tap each.
    """
    taps, typed, sections = OPENING_AND_HANDING_IN, 0, set()
    for item in spec["items"]:
        kind = item["answer"]["kind"]
        if kind in FIGURES or kind == "text":
            typed += 1
        elif kind == "choice" or item["severity"] == "critical":
            taps += 1
        else:
            sections.add((item.get("stage", ""), item["section"]))
    return Effort(taps + len(sections), typed)
