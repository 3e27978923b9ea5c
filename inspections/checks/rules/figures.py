"""The figures of checks that are ours: how long a correction may take, how many photos a day holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """Every figure of corrections and photos, with the defaults of rights and states §5."""

    release_answer_working_days: int = 2
    release_use_working_days: int = 2
    photos_a_school_day: int = 60


FIGURES = CheckFigures()
