"""The figures of checks that are ours: time for a correction, photos of a day, how old a stop may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """Every figure of corrections, photos and stops, with the defaults of rights and states §5 where it names one."""

    release_answer_working_days: int = 2
    release_use_working_days: int = 2
    photos_a_school_day: int = 60
    stop_days_before: int = 31


FIGURES = CheckFigures()
