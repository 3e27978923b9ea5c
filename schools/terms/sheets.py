"""A year's holidays as a sheet: day, free or worked, name."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.utils.translation import gettext

from logistics_portal.kit.cells import read_day
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.sheets import Column, read_table
from schools.terms.rules import national

COLUMNS = (
    Column("day", ("日期", "day", "date")),
    Column("kind", ("放假或上班", "类型", "类别", "安排", "kind"), choices=("放假", "上班")),
    Column("name", ("节日名称", "节日", "名称", "name"), required=False),
)


def read_year(content: bytes, filename: str) -> tuple[int, national.Named]:
    """Return the year a sheet speaks of and its named days, or refuse it with the line and a sentence."""
    days = []
    for row in read_table(content, filename, COLUMNS).rows:
        try:
            days.append((_day(row["day"]), national.kind_of(row["kind"]), row["name"]))
        except NotAllowed as refusal:
            told = {"number": row.number, "refusal": refusal}
            raise NotAllowed(gettext("第 %(number)s 行：%(refusal)s") % told) from None
    year = Counter(day.year for day, _kind, _name in days).most_common(1)[0][0]
    return year, national.check(year, days)


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise NotAllowed(gettext("日期没有填。"))
    return day
