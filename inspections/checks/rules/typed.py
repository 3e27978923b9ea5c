"""What a person typed, read exactly: figures as decimals, texts without what a database cannot keep."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from logistics_portal.kit.dates import SHANGHAI

from .plans import Plan

FIGURE = re.compile(r"-?[0-9]{1,9}(?:\.([0-9]{1,6}))?")
TOO_BIG = re.compile(r"-?[0-9]{10,}(?:\.[0-9]*)?")
BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－−。", "0123456789.--.")
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*")
BIGGEST = 10**9
ZERO = Decimal(0)
MAX_REASON = 200
MAX_NOTE = 500
MAX_SINCE = 32


class NotTaken(Exception):
    """What was typed cannot be taken; the text says why."""


def clean(raw: object, longest: int) -> str:
    """Return a text without blanks around it; raises `NotTaken` for what is no text, too long or cannot be kept."""
    if not isinstance(raw, str):
        raise NotTaken(_("应填写文字"))
    if len(raw) > longest:
        raise NotTaken(_("最多%(count)s个字") % {"count": longest})
    if BAD_CHARACTERS.search(raw):
        raise NotTaken(_("含有不能保存的字符"))
    return raw.strip()


def figure(raw: object, plan: Plan) -> Decimal:
    """Return a typed figure; raises `NotTaken` when it is none, has too many decimals or must be a slip."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if -BIGGEST < raw < BIGGEST else "9" * MAX_SINCE
    if not isinstance(raw, str):
        raise NotTaken(_("应填写数字"))
    text = raw.strip()
    found = FIGURE.fullmatch(text) or FIGURE.fullmatch(text.translate(FULL_WIDTH))
    if not found and TOO_BIG.fullmatch(text.translate(FULL_WIDTH)):
        raise _outside(plan)
    if not found:
        raise NotTaken(_("应填写数字"))
    if found[1] and len(found[1]) > plan.places:
        raise NotTaken(_("最多保留%(places)s位小数") % {"places": plan.places})
    answer = Decimal(found[0]) + ZERO  # turns -0 into 0
    if not plan.lowest <= answer <= plan.highest:
        raise _outside(plan)
    return answer.quantize(plan.step) if plan.places else answer


def _outside(plan: Plan) -> NotTaken:
    span = {"lowest": plan.lowest, "highest": plan.highest, "unit": plan.item.answer.unit}
    return NotTaken(_("应在%(lowest)s到%(highest)s%(unit)s之间，请看是否填错") % span)


def kept(answer: Decimal, plan: Plan) -> int | str:
    """Return a figure as it is stored: whole numbers as such, decimals as text with the places of their unit."""
    return str(answer) if plan.places else int(answer)


def photos(raw: object) -> int:
    """Return the number of photos that came with an answer."""
    if raw is None:
        return 0
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < BIGGEST:
        raise NotTaken(_("照片数量不对"))
    return raw


def stopped(raw: object, day: date) -> dict[str, Any]:
    """Return whether the service was stopped and since which instant; a clock alone is one of `day`.

    Raises `NotTaken` when that was not answered.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("stopped"), bool):
        raise NotTaken(_("请回答是否已停用，已停用的写明从何时起"))
    if not raw["stopped"]:
        return {"stopped": False}
    since = instant(clean(raw.get("since") or "", MAX_SINCE), day)
    if since is None:
        raise NotTaken(_("请写明从哪天几点起停用"))
    return {"stopped": True, "since": since.isoformat(timespec="minutes")}


def instant(text: str, day: date) -> datetime | None:
    """Return the instant a text names in Shanghai: day and clock, or a clock of `day`; nothing where it names none."""
    if CLOCK.fullmatch(text):
        return datetime.combine(day, time.fromisoformat(text), SHANGHAI)
    if not MOMENT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError):
        return None
