"""What stands in a cell of an office spreadsheet, made plain: text, days, whole numbers, ticks."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed

CellValue = str | int | float | bool | date | datetime | time | timedelta | None

EXACT_FLOAT = 1e15  # above it a spreadsheet has already lost digits
SERIAL_START = date(1899, 12, 30)
SERIAL_DAYS = range(20_000, 80_000)  # 1954 to 2119
NOTHING = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "、"})
YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "1", "对"})
NO = frozenset({"否", "无", "×", "✗", "✘", "x", "☐", "n", "no", "false", "0", "没有", "不是"})
FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94) if chr(0xFF01 + offset) not in "，；：！？"}
_FULL_WIDTH |= {0x3000: 0x20, 0xA0: 0x20, 0x2007: 0x20, 0x202F: 0x20}
_UNSEEN = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x202A, 0x202C, 0x200E, 0x200F])
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}", re.ASCII)
_DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
)
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}(?:\.0+)?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_DIGITS = {"〇": "0", "○": "0", "零": "0", **{char: str(number) for number, char in enumerate("一二三四五六七八九", 1)}}
_TENS = re.compile(r"([1-9]?)十([1-9]?)")


def tidy(value: CellValue) -> str:
    """Return a cell as plain text: half-width letters and digits, no unseen characters, single spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if not isinstance(value, str):
        return value.isoformat() if isinstance(value, date | time) else str(value)
    text = unicodedata.normalize("NFC", value).translate(_FULL_WIDTH).translate(_UNSEEN)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = " ".join(text.split())
    return "" if text in NOTHING else text


def _number(value: float) -> str:
    if abs(value) >= EXACT_FLOAT or not math.isfinite(value):
        return f"{value:E}"
    return str(int(value)) if value == int(value) else repr(value)


def matching_key(text: str) -> str:
    """Return the part of a heading or a choice that must agree: no spaces, stars, colons, units in brackets."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\(.*?\)|\[.*?\]|【.*?】|〔.*?〕", "", text)
    return re.sub(r"[\s*:、,.。\-_/]+", "", text)


def lost_digits(text: str) -> bool:
    """Say whether a code lost its digits to scientific notation."""
    return bool(_SCIENTIFIC.fullmatch(text))


def read_flag(text: str) -> bool | None:
    """Return yes or no for a tick or a word; nothing when the cell is empty."""
    plain = text.strip().casefold()
    if not plain:
        return None
    if plain in YES or plain in NO:
        return plain in YES
    raise NotAllowed(gettext("请填“是”或“否”，不能填“%(text)s”。") % {"text": text})


def read_whole(text: str) -> int | None:
    """Return a whole number, nothing when the cell is empty."""
    plain = text.strip().removesuffix("人").removesuffix("个").strip()
    if not plain:
        return None
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _WHOLE.fullmatch(plain):
        raise NotAllowed(gettext("请填整数，不能填“%(text)s”。") % {"text": text})
    return int(plain.split(".")[0])


def read_day(text: str) -> date | None:
    """Return the day that `2009.4.25`, `二〇〇九年四月` or a serial number means; nothing when the cell is empty."""
    plain = _arabic(text.strip())
    if not plain:
        return None
    try:
        if match := _COMPACT_DAY.fullmatch(plain) or _DAY.fullmatch(plain):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH.fullmatch(plain):
            return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    serial = plain.removesuffix(".0")
    if serial.isascii() and serial.isdigit() and int(serial[:9]) in SERIAL_DAYS:
        return SERIAL_START + timedelta(days=int(serial))
    raise NotAllowed(gettext("日期应写成“2026-09-01”，请改正“%(text)s”。") % {"text": text})


def _arabic(text: str) -> str:
    if not any(char in _DIGITS or char == "十" for char in text):
        return text
    plain = "".join(_DIGITS.get(char, char) for char in text)
    return _TENS.sub(lambda match: str(int(match[1] or 1) * 10 + int(match[2] or 0)), plain)
