"""The figures and charts of dashboards: each with a sentence, a source and a table twin."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext

from inspections.dashboards import rules
from inspections.dashboards.boards import Board, UnitRow, tiles
from inspections.dashboards.cases import cases_of
from inspections.dashboards.rules import number, rate_words
from inspections.dashboards.selectors import address
from logistics_portal.kit.components import Chart, Figure, Series
from logistics_portal.kit.dates import ONE_DAY

LINE_DAYS = 10
AXIS_LOW = 70.0


def bench_figures(here: Board) -> list[Figure]:
    """Return the six figures of a bench: what is done, missed, late, waiting, in time, and accidents."""
    return [
        _today(here),
        _missed(here),
        overdue(here),
        _waiting(here),
        _on_time(here),
        _incidents(here),
    ]


def compare_figures(here: Board) -> list[Figure]:
    """Return the six figures of a city or of the province."""
    return [_completion(here), _on_time(here), _critical(here), _rectified(here), _vetoes(here), _incidents(here)]


def _today(here: Board) -> Figure:
    now = here.days.on(here.today)
    words = {"duty": f"{now.duty:,}", "rate": rate_words(now.completion)}
    return Figure(
        label=gettext("今日已检"),
        value=f"{now.done:,}" if now.duty else rules.DASH,
        note=gettext("应检 %(duty)s 次 · 完成率 %(rate)s") % words if now.duty else gettext("到此刻还没有要做的检查"),
        url=address("inspections:board-schools", here.unit.code, day=here.today.isoformat(), subject=here.ask.subject),
    )


def _missed(here: Board) -> Figure:
    there = here.days.on(here.day)
    return Figure(
        label=gettext("%(day)s漏检") % {"day": here.day_words},
        value=there.gap if there.duty else rules.DASH,
        note=_state_of_day(here),
        tone="bad" if there.gap else "",
        url=here.day_url(show="gaps"),
    )


def _state_of_day(here: Board) -> str:
    return gettext("暂计，补录期限内") if here.provisional else gettext("已关账")


def overdue(here: Board) -> Figure:
    """Return how many findings are late, the grave ones named first."""
    late = here.all_cases
    words = {"critical": late.overdue_critical, "other": late.overdue - late.overdue_critical}
    return Figure(
        label=gettext("超期未整改"),
        value=late.overdue,
        note=gettext("严重 %(critical)s · 其他 %(other)s") % words,
        tone="bad" if late.overdue else "",
        url=here.findings_url(overdue="true"),
    )


def _waiting(here: Board) -> Figure:
    """Return what was put right and waits: for the reader, or for the bureau's own office."""
    waiting = cases_of(here.cases, here.unit.path).waiting
    return Figure(
        label=gettext("待我复查") if here.verifies else gettext("待复查"),
        value=waiting,
        note=gettext("学校已提交整改"),
        tone="info" if waiting else "",
        url=address("inspections:finding-queue") if here.verifies else here.findings_url(state="remedied"),
    )


def _completion(here: Board) -> Figure:
    there = here.days.on(here.day)
    words = {"done": f"{there.done:,}", "duty": f"{there.duty:,}", "state": _state_of_day(here)}
    note = gettext("应检 %(duty)s 次，已检 %(done)s 次 · %(state)s") % words
    return Figure(
        label=gettext("%(day)s完成率") % {"day": here.day_words},
        value=rate_words(there.completion),
        note=note if there.duty else gettext("这天没有要做的检查"),
        tone=rules.tone(there.completion),
        url=f"{here.url()}#units",
    )


def _on_time(here: Board) -> Figure:
    total = here.total
    return Figure(
        label=gettext("按时率"),
        value=rate_words(total.on_time),
        note=gettext("近 30 天应检 %(n)s 次") % {"n": f"{total.duty:,}"},
        tone=rules.tone(total.on_time),
        url=f"{here.url()}#trend" if here.is_bench else f"{here.url()}#units",
    )


def _critical(here: Board) -> Figure:
    late = here.all_cases
    return Figure(
        label=gettext("超期严重问题"),
        value=late.overdue_critical,
        note=gettext("超期共 %(n)s 件") % {"n": late.overdue},
        tone="bad" if late.overdue_critical else "",
        url=here.findings_url(overdue="true", severity="critical"),
    )


def _rectified(here: Board) -> Figure:
    held = here.all_cases
    rate = rules.tenths(held.in_time, held.due)
    words = {"part": f"{held.in_time:,}", "whole": f"{held.due:,}"}
    note = gettext("近 30 天到期 %(whole)s 项，按期 %(part)s 项") % words
    return Figure(
        label=gettext("按期整改率"),
        value=rate_words(rate),
        note=note if held.due else gettext("近 30 天没有到期的问题"),
        tone=rules.tone(rate),
        url=here.findings_url(state="all"),
    )


def _vetoes(here: Board) -> Figure:
    held = here.all_cases
    return Figure(
        label=gettext("一票否决"),
        value=held.vetoes,
        note=gettext("已否决 %(active)s · 拟否决 %(proposed)s") % {"active": held.vetoes, "proposed": held.proposed},
        tone="bad" if held.vetoes else "",
        url=here.url(name="board-vetoes"),
    )


def _incidents(here: Board) -> Figure:
    held = here.all_cases
    return Figure(
        label=gettext("未结案事故"),
        value=held.incidents,
        note=gettext("近 30 天发生 %(n)s 起 · 否决 %(vetoes)s") % {"n": held.new_incidents, "vetoes": held.vetoes},
        tone="bad" if held.incidents else "",
        url=here.url(name="board-vetoes"),
    )


def trend(here: Board) -> Chart:
    """Return completion and punctuality over the thirty closed days."""
    days = [day for day in here.days.dates(here.closed) if day >= here.first]
    week = here.days.total(here.closed - rules.WEEK + ONE_DAY, here.closed)
    before = here.days.total(here.closed - 2 * rules.WEEK + ONE_DAY, here.closed - rules.WEEK)
    return _line(here, days, rules.trend_sentence(week.completion, before.completion))


def bench_line(here: Board) -> Chart:
    """Return completion and punctuality over the last ten closed school days; open ones would read as a crash."""
    duties = {day: here.days.on(day).duty for day in here.days.dates(here.closed)}
    days = rules.school_days(duties)[-LINE_DAYS:]
    return _line(here, days, rules.days_sentence([here.days.on(day).completion for day in days]))


def _line(here: Board, days: list[date], title: str) -> Chart:
    tallies = [here.days.on(day) for day in days]
    done = [number(tally.completion) for tally in tallies]
    timely = [number(tally.on_time) for tally in tallies]
    lowest = min((value for value in (*done, *timely) if value is not None), default=None)
    low = AXIS_LOW if lowest is not None and lowest >= AXIS_LOW else 0.0
    words = {"n": f"{sum(tally.duty for tally in tallies):,}", "low": f"{low:.0f}"}
    note = gettext("每日、每夜检查表，只含已关账的日子，应检 %(n)s 次") % words
    return Chart(
        key="trend",
        kind="line",
        title=title,
        labels=[_month_day(day) for day in days],
        series=[Series(gettext("完成率"), done), Series(gettext("按时率"), timely)],
        unit="%",
        note=gettext("%(note)s；纵轴从 %(low)s%% 起") % {**words, "note": note} if low else note,
        source_url=address("inspections:checks"),
        low=low,
    )


def bars(here: Board, rows: list[UnitRow]) -> Chart:
    """Return the units side by side, lowest first."""
    return Chart(
        key="units",
        kind="bar",
        title=comparison(rows),
        labels=[row.name for row in rows],
        series=[
            Series(gettext("完成率"), [number(row.total.completion) for row in rows]),
            Series(gettext("按时率"), [number(row.total.on_time) for row in rows]),
        ],
        unit="%",
        note=gettext("%(first)s至%(last)s，已关账") % span_words(here),
        source_url=address("inspections:checks"),
    )


def side_by_side(here: Board, rows: list[UnitRow]) -> dict[str, object]:
    """Return how the units are shown beside each other: the province as a map of tiles, a city as bars."""
    if here.unit.parent_id is None:
        return {"title": comparison(rows), "tiles": tiles(here)}
    return {"title": gettext("各单位履职情况"), "bars": bars(here, rows)}


def comparison(rows: list[UnitRow]) -> str:
    """Return what the comparison shows, as a title."""
    return rules.comparison_sentence([(row.name, row.total.completion) for row in rows])


def span_words(here: Board) -> dict[str, str]:
    """Return the first and the last of the thirty closed days in words."""
    return {"first": _month_day(here.first), "last": _month_day(here.closed)}


def _month_day(day: date) -> str:
    return gettext("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
