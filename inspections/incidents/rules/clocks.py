"""The clocks of an incident and of a veto: limits, lateness, years and working-day terms."""

from datetime import date, datetime, timedelta

from inspections.incidents.rules.figures import IncidentFigures
from logistics_portal.kit.dates import NationalCalendar
from logistics_portal.kit.dates import local_date as day_in_shanghai


def local_date(moment: datetime) -> date:
    """Return the day of a moment in Asia/Shanghai; a moment without a zone is a ValueError."""
    if moment.tzinfo is None:
        raise ValueError("时刻缺少时区")
    return day_in_shanghai(moment)


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


def proposal_due(found: date, calendar: NationalCalendar, figures: IncidentFigures) -> datetime:
    """Return until when a veto is proposed after the finding: 5 working days (rights §5)."""
    return calendar.deadline(found, figures.propose_working_days)


def confirmation_due(proposed: date, calendar: NationalCalendar, figures: IncidentFigures) -> datetime:
    """Return until when a proposed veto is confirmed or refused: 5 working days (rights §5)."""
    return calendar.deadline(proposed, figures.confirm_working_days)


def appeal_ends(notified: date, calendar: NationalCalendar, figures: IncidentFigures) -> datetime:
    """Return until when an appeal may be filed: 15 working days from the notice (evaluation §3.3)."""
    return calendar.deadline(notified, figures.appeal_working_days)


def admission_due(filed: date, calendar: NationalCalendar, figures: IncidentFigures) -> datetime:
    """Return until when a filed appeal is accepted or refused: 3 working days (rights §3)."""
    return calendar.deadline(filed, figures.admission_working_days)


def decision_due(accepted: date, calendar: NationalCalendar, figures: IncidentFigures) -> datetime:
    """Return until when an accepted appeal is decided: 30 working days (evaluation §3.3)."""
    return calendar.deadline(accepted, figures.decision_working_days)


def finding_overdue(incident: date, *, today: date, figures: IncidentFigures) -> bool:
    """Tell whether an incident without a finding belongs on the province's list: after 120 days (rights §3)."""
    return (today - incident).days > figures.finding_days
