"""Figures of the rules: what each may be, how it is written, and which value holds on a day. No database, no clock."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.kit.errors import NotAllowed

LONGEST = 20
LEAP_YEAR, MINUTES = 2000, 60
YEARS_AHEAD = 2
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_PART = re.compile(r"-?\d{1,9}(\.\d{1,3})?", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


class Theme(TextChoices):
    """What a figure is about; the list is grouped by it."""

    CHECKS = "checks", _("检查填报")
    LIMITS = "limits", _("检查项限值")
    FINDINGS = "findings", _("整改")
    INCIDENTS = "incidents", _("事故报告")
    VETOES = "vetoes", _("一票否决")
    CLOSURES = "closures", _("停课、免检与数据冻结")
    PHOTOS = "photos", _("照片")
    PAPERS = "papers", _("证照到期提醒")
    PEOPLE = "people", _("岗位与回避")
    REPORTS = "reports", _("报告")
    IMPORTS = "imports", _("批量导入")
    NOTICES = "notices", _("消息提醒")


class Kind(TextChoices):
    """How a figure is written."""

    WHOLE = "whole", _("整数")
    DECIMAL = "decimal", _("小数")
    CLOCK = "clock", _("时刻")
    MONTH_DAY = "month_day", _("月日")


class State(TextChoices):
    """Where a proposed change stands."""

    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("已驳回")
    WITHDRAWN = "withdrawn", _("已撤回")


STEPS: Mapping[tuple[str, str], State] = {
    ("confirm", State.PROPOSED): State.CONFIRMED,
    ("refuse", State.PROPOSED): State.REFUSED,
    ("withdraw", State.PROPOSED): State.WITHDRAWN,
}


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step."""
    try:
        return STEPS[step, state]
    except KeyError:
        told = {"state": State(state).label}
        raise NotAllowed(gettext("这条参数变更的状态是“%(state)s”，不能这样办理。") % told) from None


def plain(number: Decimal) -> str:
    """Return a number without signs and zeros that say nothing: `007` is 7, `-0` is 0, `1.50` is 1.5."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a figure may be: how it is written, from where to where; empty means open on that side."""

    kind: str = Kind.WHOLE
    lowest: str = ""
    highest: str = ""

    def written(self, text: str) -> str:
        """Return a typed value as it is kept, or refuse what has the wrong form or lies out of bounds."""
        text = text.strip()[: LONGEST + 1]
        rank = _rank(self.kind, text)
        below = bool(self.lowest) and rank < _rank(self.kind, self.lowest)
        above = bool(self.highest) and rank > _rank(self.kind, self.highest)
        if below or above:
            told = {"low": self.lowest or "…", "high": self.highest or "…"}
            raise NotAllowed(gettext("取值应在 %(low)s 到 %(high)s 之间。") % told)
        return text if self.kind in {Kind.CLOCK, Kind.MONTH_DAY} else plain(rank)


FORMS = {
    Kind.WHOLE: _("请填整数，例如 48。"),
    Kind.DECIMAL: _("请填数字，最多三位小数，例如 0.5。"),
    Kind.CLOCK: _("请填 24 小时制时刻，例如 09:30。"),
    Kind.MONTH_DAY: _("请填月日，例如 10-15。"),
}


def _rank(kind: str, text: str) -> Decimal:
    """Return a written figure as a number to compare by; what has the wrong form is refused with the right one."""
    try:
        if kind == Kind.CLOCK and (match := _CLOCK.fullmatch(text)):
            moment = time(int(match[1]), int(match[2]))
            return Decimal(moment.hour * MINUTES + moment.minute)
        if kind == Kind.MONTH_DAY and (match := _MONTH_DAY.fullmatch(text)):
            return Decimal(date(LEAP_YEAR, int(match[1]), int(match[2])).toordinal())
    except ValueError:
        raise NotAllowed(str(FORMS[Kind(kind)])) from None
    if (kind == Kind.WHOLE and _WHOLE.fullmatch(text)) or (kind == Kind.DECIMAL and _PART.fullmatch(text)):
        return Decimal(text)
    raise NotAllowed(str(FORMS[Kind(kind)]))


def require_start(day: date, at: datetime) -> None:
    """Refuse a first day that is not after today, or so far ahead that it must be a slip.

    From tomorrow on no day is closed yet and no year's data are frozen, so a change never reaches either.
    """
    today = local_date(at)
    if day <= today:
        told = {"day": today + ONE_DAY}
        raise NotAllowed(gettext("新值最早从 %(day)s 起生效，不能改动已经关账的日期和已冻结的年度。") % told)
    if day.year > today.year + YEARS_AHEAD:
        raise NotAllowed(gettext("生效日期太远，请核对年份。"))


def require_other_person(proposer: int, decider: int) -> None:
    """Refuse a person who answers the own proposal."""
    if proposer == decider:
        raise NotAllowed(gettext("提出人不能确认或驳回自己的变更，请由另一位负责人办理。"))


class Held(NamedTuple):
    """One value of a figure and the days on which it holds; no last day means until further notice."""

    value: str
    first: date
    last: date | None


class Book:
    """Every value every figure ever had, by code: which one holds on which day."""

    def __init__(self, rows: Iterable[tuple[str, Held]]) -> None:
        self._held: dict[str, list[Held]] = defaultdict(list)
        for code, held in sorted(rows, key=lambda row: (row[0], row[1].first)):
            self._held[code].append(held)

    def value(self, code: str, on: date) -> str | None:
        """Return a figure's value on a day as it was written, or nothing when none holds."""
        found = None
        for held in self._held.get(code, ()):
            if held.first <= on and (held.last is None or on <= held.last):
                found = held.value
        return found

    def number(self, code: str, on: date, usual: int) -> int:
        """Return a whole figure's value on a day; `usual` where none holds."""
        text = self.value(code, on)
        return usual if text is None else int(text)

    def clock(self, code: str, on: date, usual: time) -> time:
        """Return a time of day on a day; `usual` where none holds."""
        text = self.value(code, on)
        return usual if text is None else time.fromisoformat(text)

    def all_on(self, day: date) -> dict[str, str]:
        """Return every figure that holds on a day."""
        found = {code: self.value(code, day) for code in self._held}
        return {code: value for code, value in found.items() if value is not None}

    def held(self, code: str) -> list[Held]:
        """Return every value a figure ever had, the first one first."""
        return list(self._held.get(code, ()))
