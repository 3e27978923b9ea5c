"""The clocks of an incident and of a veto: limits, lateness, years and working-day terms."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from inspections.incidents.rules.figures import IncidentFigures

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_date(moment: datetime) -> date:
    """Return the day of a moment in Asia/Shanghai; a moment without a zone is a ValueError."""
    if moment.tzinfo is None:
        raise ValueError("时刻缺少时区")
    return moment.astimezone(SHANGHAI).date()


def year_of(moment: datetime) -> int:
    """Return the evaluation year a moment belongs to: the calendar year in Asia/Shanghai (evaluation §1)."""
    return local_date(moment).year


def limit_ran_out_at(discovered_at: datetime, figures: IncidentFigures) -> datetime:
    """Return the end of the school's limit towards its bureau: 1 h from discovery (K40, K43)."""
    return discovered_at + timedelta(minutes=figures.report_minutes)


def food_limit_ran_out_at(discovered_at: datetime, figures: IncidentFigures) -> datetime:
    """Return the end of the limit towards market regulation and health: 2 h from discovery (K41, K42)."""
    return discovered_at + timedelta(minutes=figures.food_report_minutes)


def pass_on_limit(received_at: datetime, figures: IncidentFigures) -> datetime:
    """Return until when a bureau passes a report on: 2 h after it came in (K40)."""
    return received_at + timedelta(minutes=figures.pass_on_minutes)


def is_late(limit: datetime, made_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a report missed its limit; one made in the very moment of the limit is in time."""
    return (now if made_at is None else made_at) > limit


def concealment_due(
    discovered_at: datetime, made_at: datetime | None, *, now: datetime, figures: IncidentFigures
) -> bool:
    """Tell whether concealment has to be decided: more than 24 h without a report (§3.2).

    The clock never sets concealment by itself; it only asks for the decision.
    """
    return is_late(discovered_at + timedelta(minutes=figures.concealment_minutes), made_at, now=now)


def last_day(start: date, working_days: int, is_working_day: Callable[[date], bool]) -> date:
    """Return the last day of a term counted in working days from the day after `start` (§3.3)."""
    day = start
    for _ in range(working_days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day
