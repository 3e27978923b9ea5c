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
PAPERED = frozenset({"close", "merge", "move"})
SLOT_CLOSES_HOURS = 48
FREEZE_DAY = 15


class State(TextChoices):
    """Where a proposal stands."""

    REQUESTED = "requested", _("待批")
    AGREED = "agreed", _("已批，到期生效")
    APPROVED = "approved", _("已批")
    REFUSED = "refused", _("驳回")
    WITHDRAWN = "withdrawn", _("撤回")


STEPS = {
    ("approve", State.REQUESTED): State.APPROVED,
    ("agree", State.REQUESTED): State.AGREED,
    ("apply", State.AGREED): State.APPROVED,
    ("take_back", State.AGREED): State.WITHDRAWN,
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
        raise NotAllowed(gettext("这一天的检查已关账，不能倒填；最早可从 %(day)s 起。") % earliest)


def needs_document(kind: str, document: str) -> None:
    """Refuse to end or move a school without the paper that says so."""
    if kind in PAPERED and not document.strip():
        raise NotAllowed(gettext("撤并、变更主管单位须写明文件依据。"))


def forward_only(day: date, at: datetime) -> None:
    """Refuse a day that has passed."""
    today = local_date(at)
    if day < today:
        raise NotAllowed(gettext("日期只能是今天（%(today)s）或以后。") % {"today": today})


def enrolment_year(at: datetime, freeze_day: int = FREEZE_DAY) -> int | None:
    """Return the year whose pupils of 1 October may be told now: from that day until the year's data are frozen."""
    today = local_date(at)
    year = today.year if today >= date(today.year, 10, 1) else today.year - 1
    return None if year_frozen(year, at, freeze_day) else year


def year_freezes_at(year: int, freeze_day: int = FREEZE_DAY) -> datetime:
    """Return when the data of a year are frozen for its evaluation (15 January 24:00 of the next year)."""
    return day_end(date(year + 1, 1, freeze_day))


def year_frozen(year: int, at: datetime, freeze_day: int = FREEZE_DAY) -> bool:
    """Say whether the data of a year are frozen."""
    return at >= year_freezes_at(year, freeze_day)


def initials(name: str) -> str:
    """Return the first letters of the pinyin of a name, digits and Latin letters kept, for search."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(char for char in letters if char.isalnum() and char.isascii()).lower()[:80]
