"""Reads a board as a person does: every number on it, the link it stands in, and what the list behind really holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from inspections.dashboards.rules import change, rate_words, tenths
from inspections.findings.models import MENDED_IN_TIME, Finding

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
# Words whose digits are no figures: days, moments, names of spans, codes and limits of an axis.
NO_FIGURE = re.compile(
    "|".join(
        (
            r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{4}年|\d+月\d+日|\d{2}:\d{2}",
            r"近 \d+ 天|\d+ 天(?:后关账|变化)|\d+ 个教学日|第 \d+ 次|又发现 \d+ 次",
            r"(?:还剩|超期|反馈) ?\d+ (?:天|小时|分钟)",
            r"不符合：.*",
        )
    )
)
VOID = {"meta", "link", "input", "br", "img", "meter", "use", "hr", "source"}
UNSEEN = {"script", "style", "svg", "option"}


@dataclass(frozen=True)
class Said:
    """Some words with numbers on a page: what they are in, and where they lead."""

    text: str
    href: str
    classes: frozenset[str]

    @property
    def is_name(self) -> bool:
        """Say whether it names a day of the strip, an item or a record, in which digits count nothing."""
        if "strip__day" in self.classes:
            return re.fullmatch(r"\d+(/\d+)?", self.text) is not None
        return not self.text.isdigit() and re.search(r"/items/|/(findings|checks|visits)/\d+/", self.href) is not None

    @property
    def numbers(self) -> list[str]:
        return NUMBER.findall(NO_FIGURE.sub("", self.text))


@dataclass
class Reader(HTMLParser):
    """Collects the words of a page's main part, each with the innermost link around it."""

    found: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, _attrs = self.open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        tags = [name for name, _attrs in self.open]
        if not data.strip() or UNSEEN & set(tags):
            return
        href = next((attrs.get("href") or "" for name, attrs in reversed(self.open) if name == "a"), "")
        classes = {word for _name, attrs in self.open for word in (attrs.get("class") or "").split()}
        self.found.append(Said(" ".join(data.split()), href, frozenset(classes)))


def words(html: str) -> list[Said]:
    """Return the words of a page's main part, or of a part of a page."""
    body = html.partition("<main")[2].partition("</main>")[0] if "<main" in html else html
    reader = Reader()
    reader.feed("<main" + body if "<main" in html else body)
    return reader.found


def lazy(html: str) -> list[str]:
    """Return what a page fetches once it is open."""
    return re.findall(r'hx-get="([^"]+)" hx-trigger="load"', html)


def held(page) -> set[str]:
    """Return every number that the rows of a list give, counted from the rows themselves."""
    context = page.context
    if "table" in context:
        rows, name = list(context["table"].data.data), page.templates[0].name.rpartition("/")[2]
        count = {"slots.html": _slots, "days.html": _days}.get(name)
        return count(rows) if count else _plain(len(rows)) | _rectified(rows)
    if "cases" in context:
        return _plain(len(context["cases"]))
    lines = context.get("lines", [])
    if "together" in context:
        return _slots([row for line in lines for row in line.rows]) | _plain(len(lines))
    waiting = context["page"].waiting if "page" in context else sum(line.stands.waiting for line in lines)
    return _plain(waiting, len(lines))


def _slots(rows: list) -> set[str]:
    timely = sum(row.standing == "done" for row in rows)
    done = timely + sum(row.standing == "late" for row in rows)
    days = {row.slot.date if hasattr(row, "slot") else row.date for row in rows}
    by_day = [(row.slot.date if hasattr(row, "slot") else row.date, row.standing in {"done", "late"}) for row in rows]
    alike = _plain(done - timely, len(rows) - done, *Counter(row.standing for row in rows).values())
    return alike | _sums(len(rows), done, timely) | _moves([(day, 1, int(came)) for day, came in by_day], days)


def _days(rows: list) -> set[str]:
    duty, timely = sum(row.required - row.exempt for row in rows), sum(row.timely for row in rows)
    done = timely + sum(row.late for row in rows)
    counted = [(row.date, row.required - row.exempt, row.timely + row.late) for row in rows]
    return _sums(duty, done, timely) | _moves(counted, {row.date for row in rows})


def _moves(counted: list, days: set) -> set[str]:
    """Return by how much the completion of the last seven days differs from that of the seven before."""
    if not days:
        return set()
    start = max(days) - timedelta(days=6)
    parts = [[it for it in counted if (it[0] >= start) == now] for now in (True, False)]
    now, before = (tenths(sum(it[2] for it in part), sum(it[1] for it in part)) for part in parts)
    return set(NUMBER.findall(change(now, before).words))


def _sums(duty: int, done: int, timely: int) -> set[str]:
    rates = {rate_words(tenths(done, duty)), rate_words(tenths(timely, duty))}
    return _plain(duty, done, timely) | rates | {rate.rstrip("%") for rate in rates}


def _rectified(rows: list) -> set[str]:
    if not rows or not isinstance(rows[0], Finding):
        return set()
    timely = Finding.objects.filter(MENDED_IN_TIME, pk__in=[row.pk for row in rows]).count()
    return {rate_words(tenths(timely, len(rows)))}


def _plain(*numbers: int) -> set[str]:
    return {f"{number:,}" for number in numbers} | {str(number) for number in numbers}
