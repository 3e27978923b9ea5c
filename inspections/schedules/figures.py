"""The figures of exemptions as the province has set them."""

from __future__ import annotations

from datetime import date, datetime

from logistics_portal.kit.dates import local_date
from logistics_portal.records.selectors import book
from schools.terms.selectors import national_calendar

ANSWER_DAYS = "EXEMPTION_ANSWER_DAYS", 2  # working days
MOST_DAYS = "EXEMPTION_MOST_DAYS", 31


def most_days(day: date) -> int:
    """Return how many days one exemption may last that is asked for on a day."""
    code, usual = MOST_DAYS
    return book().number(code, day, usual)


def answer_dues(moments: list[datetime]) -> list[datetime]:
    """Return until when requests made at some moments should be answered, by the figure of the day each was made."""
    (code, usual), held, deadline = ANSWER_DAYS, book(), national_calendar().deadline
    days = [local_date(moment) for moment in moments]
    return [deadline(day, held.number(code, day, usual)) for day in days]
