"""The holidays of a year as the State Council names them: what a sheet says, and what a later number changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed

Named = dict[str, dict[str, str]]
HOLIDAY, WORK = "holiday", "work"
KIND_WORDS = {
    "放假": HOLIDAY,
    "休": HOLIDAY,
    "休息": HOLIDAY,
    "节假日": HOLIDAY,
    "holiday": HOLIDAY,
    "上班": WORK,
    "班": WORK,
    "调休": WORK,
    "调休上班": WORK,
    "补班": WORK,
    "work": WORK,
}
SATURDAY = 6


@dataclass(frozen=True, slots=True)
class Change:
    """A day that two numbers of a year name differently; nothing is said by the plain week."""

    day: str
    before: dict[str, str] | None
    after: dict[str, str] | None

    @property
    def name(self) -> str:
        """Return the holiday the day belongs to."""
        return (self.after or self.before or {}).get("name", "")


def kind_of(word: str) -> str:
    """Return `holiday` or `work` for the word of a sheet, or refuse it."""
    try:
        return KIND_WORDS[word.strip().lower()]
    except KeyError:
        raise NotAllowed(gettext("“%(word)s”不是放假或上班，请改为“放假”或“上班”。") % {"word": word}) from None


def check(year: int, days: Iterable[tuple[date, str, str]]) -> Named:
    """Return the named days of one year, or refuse a day of another year, a day named twice, a needless working day."""
    named: Named = {}
    for day, kind, name in days:
        if day.year != year:
            raise NotAllowed(gettext("%(day)s 不在 %(year)s 年，请核对年份。") % {"day": day, "year": year})
        if day.isoformat() in named:
            raise NotAllowed(gettext("%(day)s 写了两次，请保留一行。") % {"day": day})
        if kind == WORK and day.isoweekday() < SATURDAY:
            raise NotAllowed(gettext("%(day)s 本来就是工作日，不必写为上班。") % {"day": day})
        named[day.isoformat()] = {"kind": kind, "name": name.strip()}
    if not any(it["kind"] == HOLIDAY for it in named.values()):
        raise NotAllowed(gettext("文件里没有 %(year)s 年的放假日期。") % {"year": year})
    return dict(sorted(named.items()))


def difference(before: Mapping[str, dict[str, str]], after: Mapping[str, dict[str, str]]) -> list[Change]:
    """Return the days that change, in order."""
    days = sorted(set(before) | set(after))
    return [Change(day, before.get(day), after.get(day)) for day in days if before.get(day) != after.get(day)]
