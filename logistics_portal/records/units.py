"""What figures are counted in, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNITS: dict[str, str | Promise] = {
    "小时": _("小时"),
    "分钟": _("分钟"),
    "天": _("天"),
    "日": _("日"),
    "月": _("个月"),
    "教学日": _("个教学日"),
    "工作日": _("个工作日"),
    "张": _("张"),
    "次": _("次"),
    "人": _("人"),
    "份": _("份"),
    "件": _("件"),
    "处": _("处"),
    "行": _("行"),
    "像素": _("像素"),
    "h": _("小时"),
    "s": _("秒"),
    "时刻": "",
    "month-day": "",
}


def unit_word(unit: str) -> str:
    """Return a unit as a reader knows it; signs such as ℃ are the same everywhere."""
    return str(UNITS.get(unit, unit))
