"""The figures and charts of dashboards: each with a sentence, a source and a table twin."""

from __future__ import annotations

from datetime import date

from django.utils.http import urlencode
from django.utils.translation import gettext

from inspections.dashboards import rules
from inspections.dashboards.boards import Board, UnitRow, tiles
from inspections.dashboards.cases import cases_of, due_days
from inspections.dashboards.forms import DONE, GAPS
from inspections.dashboards.live import TODAY
from inspections.dashboards.rules import number, rate_words
from inspections.dashboards.selectors import address
from inspections.dashboards.troubles import LATELY, OPEN, PROPOSED, VETOED
from inspections.findings.tables import COUNTED, IN_TIME, NOT_CRITICAL
from logistics_portal.kit.components import Chart, Figure, Part, Series
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
    """Return the place of what came in today: counted live with the schools that miss something, never from tallies."""
    url = here.slots_url(here.today, here.today, show=DONE)
    later = address("inspections:board-unchecked", here.unit.code, subject=here.ask.subject, figure="1")
    return Figure(label=gettext("今日已检"), value="…", note=gettext("正在读取…"), url=url, key=TODAY, later=later)


def _missed(here: Board) -> Figure:
    there = here.days.on(here.day)
    duty = gettext("应检 %(duty)s 次") % {"duty": f"{there.duty:,}"}
    counted = Part(duty, here.slots_url(here.day, here.day))
    return Figure(
        label=gettext("%(day)s漏检") % {"day": here.day_words},
        value=there.gap if there.duty else rules.DASH,
        parts=[*([counted] if there.duty else []), Part(_state_of_day(here))],
        tone="bad" if there.gap else "",
        url=here.slots_url(here.day, here.day, show=GAPS),
    )


def _state_of_day(here: Board) -> str:
    return gettext("暂计，补录期限内") if here.provisional else gettext("已关账")


def overdue(here: Board) -> Figure:
    """Return how many findings are late, the grave ones named first."""
    late = here.all_cases
    grave = gettext("严重 %(n)s") % {"n": late.overdue_critical}
    return Figure(
        label=gettext("超期未整改"),
        value=late.overdue,
        parts=[Part(grave, here.findings_url(overdue="true", severity="critical")), _others(here)],
        tone="bad" if late.overdue else "",
        url=here.findings_url(overdue="true"),
    )


def _others(here: Board) -> Part:
    late = here.all_cases
    other = gettext("其他 %(n)s") % {"n": late.overdue - late.overdue_critical}
    return Part(other, here.findings_url(overdue="true", severity=NOT_CRITICAL))


def _waiting(here: Board) -> Figure:
    """Return what was put right and waits: for the reader, or for the bureau's own office."""
    waiting = cases_of(here.cases, here.unit.path).waiting
    verify = [Part(gettext("去复查"), address("inspections:finding-queue"))] if here.verifies and waiting else []
    return Figure(
        label=gettext("待我复查") if here.verifies else gettext("待复查"),
        value=waiting,
        parts=[Part(gettext("学校已提交整改")), *verify],
        tone="info" if waiting else "",
        url=here.findings_url(state="remedied"),
    )


def _completion(here: Board) -> Figure:
    there, url = here.days.on(here.day), here.slots_url(here.day, here.day)
    words = {"done": f"{there.done:,}", "duty": f"{there.duty:,}"}
    told = [Part(gettext("应检 %(duty)s 次，已检 %(done)s 次") % words, url), Part(_state_of_day(here))]
    return Figure(
        label=gettext("%(day)s完成率") % {"day": here.day_words},
        value=rate_words(there.completion),
        parts=told if there.duty else [Part(gettext("这天没有要做的检查"))],
        tone=rules.tone(there.completion),
        url=url,
    )


def _on_time(here: Board) -> Figure:
    total, url = here.total, here.slots_url(here.first, here.closed)
    words = {"duty": f"{total.duty:,}", "timely": f"{total.timely:,}"}
    return Figure(
        label=gettext("按时率"),
        value=rate_words(total.on_time),
        parts=[Part(gettext("近 30 天应检 %(duty)s 次，按时 %(timely)s 次") % words, url)],
        tone=rules.tone(total.on_time),
        url=url,
    )


def _critical(here: Board) -> Figure:
    late = here.all_cases
    every = gettext("超期共 %(n)s 件") % {"n": late.overdue}
    return Figure(
        label=gettext("超期严重问题"),
        value=late.overdue_critical,
        parts=[Part(every, here.findings_url(overdue="true"))],
        tone="bad" if late.overdue_critical else "",
        url=here.findings_url(overdue="true", severity="critical"),
    )


def _rectified(here: Board) -> Figure:
    held = here.all_cases
    rate = rules.tenths(held.in_time, held.due)
    url = _fell_due(here, COUNTED)
    due = gettext("近 30 天到期 %(n)s 项") % {"n": f"{held.due:,}"}
    timely = gettext("按期 %(n)s 项") % {"n": f"{held.in_time:,}"}
    told = [Part(due, url), Part(timely, _fell_due(here, IN_TIME))]
    return Figure(
        label=gettext("按期整改率"),
        value=rate_words(rate),
        parts=told if held.due else [Part(gettext("近 30 天没有到期的问题"))],
        tone=rules.tone(rate),
        url=url,
    )


def _fell_due(here: Board, mended: str) -> str:
    first, last = due_days(here.today)
    return here.findings_url(state="all", due_since=first.isoformat(), due_until=last.isoformat(), mended=mended)


def _vetoes(here: Board) -> Figure:
    held = here.all_cases
    proposed = gettext("拟否决 %(n)s") % {"n": held.proposed}
    return Figure(
        label=gettext("一票否决"),
        value=held.vetoes,
        parts=[Part(gettext("本年度")), Part(proposed, _troubles(here, PROPOSED))],
        tone="bad" if held.vetoes else "",
        url=_troubles(here, VETOED),
    )


def _incidents(here: Board) -> Figure:
    held = here.all_cases
    new = gettext("近 30 天发生 %(n)s 起") % {"n": held.new_incidents}
    vetoes = gettext("否决 %(n)s") % {"n": held.vetoes}
    return Figure(
        label=gettext("未结案事故"),
        value=held.incidents,
        parts=[Part(new, _troubles(here, LATELY)), Part(vetoes, _troubles(here, VETOED))],
        tone="bad" if held.incidents else "",
        url=_troubles(here, OPEN),
    )


def _troubles(here: Board, show: str) -> str:
    return address("inspections:board-vetoes", here.unit.code, subject=here.ask.subject, show=show)


def trend(here: Board) -> Chart:
    """Return completion and punctuality over the thirty closed days."""
    days = [day for day in here.days.dates(here.closed) if day >= here.first]
    week = here.days.total(here.closed - rules.WEEK + ONE_DAY, here.closed)
    before = here.days.total(here.closed - 2 * rules.WEEK + ONE_DAY, here.closed - rules.WEEK)
    url = here.slots_url(here.first, here.closed)
    return _line(here, days, rules.trend_sentence(week.completion, before.completion), url)


def bench_line(here: Board) -> Chart:
    """Return completion and punctuality over the last ten closed school days; open ones would read as a crash."""
    duties = {day: here.days.on(day).duty for day in here.days.dates(here.closed)}
    days = rules.school_days(duties)[-LINE_DAYS:]
    title = rules.days_sentence([here.days.on(day).completion for day in days])
    return _line(here, days, title, _named(here, days))


def _named(here: Board, days: list[date]) -> str:
    """Return the slots of exactly these days, weekends between them left out."""
    if not days:
        return ""
    named = urlencode([("on", day.isoformat()) for day in days])
    return f"{here.slots_url(days[0], days[-1])}&{named}"


def _line(here: Board, days: list[date], title: str, source_url: str) -> Chart:
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
        source_url=source_url,
        low=low,
        urls=[here.slots_url(day, day) for day in days],
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
        source_url=here.slots_url(here.first, here.closed),
        urls=[row.total_url for row in rows],
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
