"""The figures of incidents and vetoes: ladders, triggers, windows and clocks, all of them parameters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a grade of ladder A begins; reaching any one of the three is enough (K40)."""

    deaths: int
    gravely_hurt: int
    loss_fen: int


_GENERAL = Rung(deaths=1, gravely_hurt=1, loss_fen=10_000_000)
_LARGER = Rung(deaths=3, gravely_hurt=10, loss_fen=1_000_000_000)
_MAJOR = Rung(deaths=10, gravely_hurt=50, loss_fen=5_000_000_000)
_EXTRA = Rung(deaths=30, gravely_hurt=100, loss_fen=10_000_000_000)


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """Every figure the incident rules use, with the defaults of evaluation §3, K40–K43 and rights §5."""

    general: Rung = _GENERAL
    larger: Rung = _LARGER
    major: Rung = _MAJOR
    extra: Rung = _EXTRA

    food_general_cases: int = 30
    food_larger_cases: int = 100
    food_larger_deaths: int = 1
    food_major_cases: int = 50
    food_major_deaths: int = 10
    food_major_cases_with_death: int = 101

    reportable_food_cases: int = 5
    trigger_food_cases: int = 10
    hold_food_cases: int = 10
    late_reports: int = 3

    casualty_days: int = 30
    casualty_days_fire: int = 7

    window_months: int = 12
    window_months_grave: int = 24

    report_minutes: int = 60
    food_report_minutes: int = 120
    pass_on_minutes: int = 120
    concealment_minutes: int = 24 * 60
    finding_days: int = 120

    propose_working_days: int = 5
    confirm_working_days: int = 5
    appeal_working_days: int = 15
    admission_working_days: int = 3
    decision_working_days: int = 30

    def to_json(self) -> dict[str, object]:
        """Return the figures as plain data that `from_json` reads back unchanged."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Return the figures written down in `data`; a missing, unknown or negative one is a ValueError."""
        names = {field.name for field in fields(cls)}
        if set(data) != names:
            raise ValueError(f"事故参数的名称不符：{'、'.join(sorted(set(data) ^ names))}")
        rungs = {name: _rung(name, data[name]) for name in RUNGS}
        counts = {name: _count(name, data[name]) for name in names - set(RUNGS)}
        return cls(**rungs, **counts)  # type: ignore[arg-type]


RUNGS = ("general", "larger", "major", "extra")


def _rung(name: str, value: object) -> Rung:
    keys = {field.name for field in fields(Rung)}
    if not isinstance(value, Mapping) or set(value) != keys:
        raise ValueError(f"事故参数 {name} 应写明死亡人数、重伤人数和直接损失")
    return Rung(**{key: _count(f"{name}.{key}", value[key]) for key in keys})


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"事故参数 {name} 应为不小于 0 的整数")
    return value
