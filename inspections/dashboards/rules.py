"""What a dashboard's figures say: shares, tones, sentences. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

CLOSED_AFTER = timedelta(days=3)  # a night form is due at 08:00 of the next day and closes 48 hours later
WINDOW = timedelta(days=29)  # thirty days, both ends included
WEEK = timedelta(days=7)
LOW, FAIR = 900, 950  # tenths of a percent below which a rate is bad, or worth a look
NAMED_AT_MOST = 2
BUSY_SHARE = 3  # a school day has at least a third of the busiest day's slots
DASH = "—"


class Tally(NamedTuple):
    """What became of some slots: due and not exempt, handed in in time, late, with something wrong."""

    duty: int = 0
    timely: int = 0
    late: int = 0
    failing: int = 0

    def plus(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def done(self) -> int:
        """Return how many were handed in, in time or late."""
        return self.timely + self.late

    @property
    def gap(self) -> int:
        """Return how many were not handed in."""
        return max(0, self.duty - self.done)

    @property
    def completion(self) -> int | None:
        """Return the share handed in, in tenths of a percent; nothing where nothing was due."""
        return tenths(self.done, self.duty)

    @property
    def on_time(self) -> int | None:
        """Return the share handed in in time, in tenths of a percent."""
        return tenths(self.timely, self.duty)


def together(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of some tallies."""
    total = Tally()
    for one in tallies:
        total = total.plus(one)
    return total


def tenths(part: int, whole: int) -> int | None:
    """Return a share in tenths of a percent, halves rounded up; nothing where there is nothing to share."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def rate_words(rate: int | None) -> str:
    """Return a share as pages write it: 96.8%, or a dash where nothing is known."""
    return DASH if rate is None else f"{rate // 10}.{rate % 10}%"


def number(rate: int | None) -> float | None:
    """Return a share as charts take it; a gap where nothing is known."""
    return None if rate is None else rate / 10


def tone(rate: int | None) -> str:
    """Return the tone of a share: plain where it is as it should be."""
    if rate is None or rate >= FAIR:
        return ""
    return "warn" if rate >= LOW else "bad"


def level(rate: int | None) -> str:
    """Return the shade of a tile: none, low, mid or high."""
    if rate is None:
        return "none"
    return "low" if rate < LOW else "mid" if rate < FAIR else "high"


def closed_until(today: date) -> date:
    """Return the last day whose daily and night forms can no longer be handed in."""
    return today - CLOSED_AFTER


def closed_days(today: date) -> tuple[date, date]:
    """Return the thirty closed days that rates are about."""
    last = closed_until(today)
    return last - WINDOW, last


def points(by: int) -> str:
    """Return tenths as a plain number without sign."""
    return f"{abs(by) // 10}.{abs(by) % 10}"


@dataclass(frozen=True)
class Change:
    """How a rate moved against the period before, in tenths of a percent point."""

    by: int | None

    @property
    def tone(self) -> str:
        """Return the tone of the move."""
        if not self.by:
            return "idle"
        return "good" if self.by > 0 else "bad"

    @property
    def words(self) -> str:
        """Return the move with its sign, or a dash."""
        if self.by is None:
            return DASH
        sign = "▲ " if self.by > 0 else "▼ " if self.by < 0 else ""
        return f"{sign}{points(self.by)}"


def change(now: int | None, before: int | None) -> Change:
    """Return how a rate moved; unknown where one of the two is."""
    return Change(None if now is None or before is None else now - before)


def names_words(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many there are when there are more."""
    said = gettext("、").join(names[:NAMED_AT_MOST])
    if len(names) <= NAMED_AT_MOST:
        return said
    return ngettext("%(names)s等 %(n)s 个单位", "%(names)s等 %(n)s 个单位", len(names)) % {
        "names": said,
        "n": len(names),
    }


def comparison_sentence(rates: Sequence[tuple[str, int | None]]) -> str:
    """Return what a comparison of units shows, as its title."""
    known = sorted(((rate, name) for name, rate in rates if rate is not None), key=lambda it: it[0])
    if not known:
        return gettext("还没有已关账的检查")
    low = [name for rate, name in known if rate < LOW]
    if low:
        return gettext("%(names)s完成率低于 90%%") % {"names": names_words(low)}
    if len(known) == 1:
        return gettext("%(name)s完成率 %(rate)s") % {"name": known[0][1], "rate": rate_words(known[0][0])}
    return gettext("完成率都在 90%% 以上，%(name)s最低，%(rate)s") % {
        "name": known[0][1],
        "rate": rate_words(known[0][0]),
    }


def trend_sentence(now: int | None, before: int | None) -> str:
    """Return how the last seven closed days compare with the seven before, as a title."""
    if now is None:
        return gettext("近 7 天没有已关账的检查")
    if before is None:
        return gettext("近 7 天完成率 %(rate)s") % {"rate": rate_words(now)}
    words = {"rate": rate_words(now), "by": points(now - before)}
    if now == before:
        return gettext("近 7 天完成率 %(rate)s，与前 7 天持平") % words
    if now > before:
        return gettext("近 7 天完成率 %(rate)s，比前 7 天升 %(by)s 个百分点") % words
    return gettext("近 7 天完成率 %(rate)s，比前 7 天降 %(by)s 个百分点") % words


def days_sentence(rates: Sequence[int | None]) -> str:
    """Return what the line of a county's last school days shows, as its title."""
    known = [rate for rate in rates if rate is not None]
    if not known:
        return gettext("还没有教学日的检查")
    streak = 0
    for rate in reversed(known):
        if rate >= LOW:
            break
        streak += 1
    if streak > 1:
        return ngettext("已连续 %(n)s 个教学日完成率低于 90%%", "已连续 %(n)s 个教学日完成率低于 90%%", streak) % {
            "n": streak
        }
    return gettext("近 %(n)s 个教学日完成率在 %(low)s 到 %(high)s 之间") % {
        "n": len(known),
        "low": rate_words(min(known)),
        "high": rate_words(max(known)),
    }


def school_days(duties: Mapping[date, int]) -> list[date]:
    """Return the days on which most schools worked, in order: a weekend of boarders alone is none."""
    busiest = max(duties.values(), default=0)
    return sorted(day for day, duty in duties.items() if duty and BUSY_SHARE * duty >= busiest)


class Standings(NamedTuple):
    """How many slots of a day stand how, for one school."""

    done: int = 0
    late: int = 0
    missed: int = 0
    waiting: int = 0


def day_tone(stands: Standings) -> str:
    """Return the tone of a school's day in the strip: the worst that happened."""
    if stands.missed:
        return "bad"
    if stands.late:
        return "warn"
    if stands.waiting:
        return "info"
    return "good" if stands.done else "none"
