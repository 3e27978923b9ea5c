"""Dated changes: from which day one may speak, who must agree. No database, no clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pypinyin import Style, lazy_pinyin

from logistics_portal.kit.dates import ONE_DAY, day_end, local_date
from logistics_portal.kit.errors import NotAllowed

GUARDED = ("kind", "ownership", "is_boarding", "serves_meals", "is_rural_compulsory", "keeps_weekends")
PLAIN = ("name", "initials", "division", "address", "phone", "pupils", "boarders")
SLOT_CLOSES_HOURS = 48


class State(TextChoices):
    """Where a proposal stands."""

    REQUESTED = "requested", _("待批")
    APPROVED = "approved", _("已批")
    REFUSED = "refused", _("驳回")
    WITHDRAWN = "withdrawn", _("撤回")


STEPS = {
    ("approve", State.REQUESTED): State.APPROVED,
    ("refuse", State.REQUESTED): State.REFUSED,
    ("withdraw", State.REQUESTED): State.WITHDRAWN,
}


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step."""
    try:
        return STEPS[step, State(state)]
    except KeyError:
        told = {"state": State(state).label}
        raise NotAllowed(gettext("这条申请的状态是“%(state)s”，不能这样办理。") % told) from None


def slots_closed(day: date, at: datetime, hours: int = SLOT_CLOSES_HOURS) -> bool:
    """Say whether the day's checks are closed: its 24:00 and the hours of the late rule have passed."""
    return at >= day_end(day) + timedelta(hours=hours)


def first_open_day(at: datetime, hours: int = SLOT_CLOSES_HOURS) -> date:
    """Return the first day whose checks are not closed."""
    day = local_date(at - timedelta(hours=hours)) - ONE_DAY
    return next(it for it in (day + timedelta(days=n) for n in range(4)) if not slots_closed(it, at, hours))


def not_over_closed_days(day: date, at: datetime, hours: int = SLOT_CLOSES_HOURS) -> None:
    """Refuse a change that would reach back over a day already closed."""
    if slots_closed(day, at, hours):
        earliest = {"day": first_open_day(at, hours)}
        raise NotAllowed(gettext("这一天的检查已结账，不能倒填；最早可从 %(day)s 起。") % earliest)


def forward_only(day: date, at: datetime) -> None:
    """Refuse a day that has passed."""
    today = local_date(at)
    if day < today:
        raise NotAllowed(gettext("日期只能是今天（%(today)s）或以后。") % {"today": today})


def initials(name: str) -> str:
    """Return the first letters of the pinyin of a name, digits and Latin letters kept, for search."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(char for char in letters if char.isalnum() and char.isascii()).lower()[:80]
