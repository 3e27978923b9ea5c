"""When a year is frozen for the evaluation; from then on no check of it is corrected or declared void."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext

from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from schools.terms.figures import limits_at
from schools.terms.rules import closures


def freezes_at(day: date, at: datetime) -> datetime:
    """Return when the data of the day's year are frozen, by the figure in force at `at`."""
    return closures.freezes_at(day, limits_at(at))


def is_frozen(day: date, at: datetime) -> bool:
    """Say whether the data of the day's year are frozen; the running year never is, and asks nothing."""
    return day.year < local_date(at).year and at >= freezes_at(day, at)


def require_open(day: date, at: datetime) -> None:
    """Refuse whatever would change a check of a frozen year."""
    if is_frozen(day, at):
        raise NotAllowed(sentence(day))


def sentence(day: date) -> str:
    """Return what a person reads who would change a check of a frozen year."""
    return gettext("%(year)s 年的数据已冻结，用于年度评价，这一年的检查不能再更正或作废。") % {"year": day.year}
