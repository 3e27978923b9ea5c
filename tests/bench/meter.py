"""CPU of this process and of the database's back end, and how two things compare when they take turns."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
USER, SYSTEM = 11, 12  # fields of /proc/PID/stat after the name


def cpu() -> float:
    """Return the CPU seconds spent so far by this process and, on PostgreSQL, by the back end that serves it."""
    return time.process_time() + _back_end()


def _back_end() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists():  # the server runs on another machine
        return 0.0
    fields = stat.read_text().rpartition(") ")[2].split()
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS


@dataclass(frozen=True)
class Compared:
    """What two works cost that took turns: CPU seconds a call, and the first over the second."""

    first: float
    second: float

    @property
    def ratio(self) -> float:
        """Return how many times the second's cost the first costs."""
        return self.first / self.second


def compare(first: Callable[[], object], second: Callable[[], object], *, rounds: int, calls: int) -> Compared:
    """Let two works take turns for some rounds of some calls each; the median round counts."""
    costs: tuple[list[float], list[float]] = ([], [])
    first(), second()
    for _round in range(rounds):
        for work, kept in zip((first, second), costs, strict=True):
            before = cpu()
            for _call in range(calls):
                work()
            kept.append((cpu() - before) / calls)
    return Compared(median(costs[0]), median(costs[1]))


def growth(costs: Sequence[tuple[int, float]]) -> float:
    """Return the exponent by which a cost grows with a size: 1.0 is linear."""
    (small, low), (large, high) = costs[0], costs[-1]
    return math.log(high / low) / math.log(large / small)


def say(text: str) -> None:
    """Print one measured line."""
    print(f"\n  {text}", flush=True)
