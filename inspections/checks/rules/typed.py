"""What a person typed, read exactly: figures as decimals, texts without what a database cannot keep."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from logistics_portal.kit.dates import SHANGHAI

from .plans import Plan
from .sayings import Saying

FIGURE = re.compile(r"-?[0-9]{1,9}(?:\.([0-9]{1,6}))?")
TOO_BIG = re.compile(r"-?[0-9]{10,}(?:\.[0-9]*)?")
BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－−。", "0123456789.--.")
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
CLOCK = re.compile(_HOUR)
# Of this century only: Shanghai's clock has kept its distance from Greenwich since 1992.
MOMENT = re.compile(rf"20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:Z|[+-]{_HOUR})?")
BIGGEST = 10**9
ZERO = Decimal(0)
MAX_REASON = 200
MAX_NOTE = 500
MAX_SINCE = 32


class NotTaken(Exception):
    """What was typed cannot be taken; the saying tells why, and its text is the sentence."""

    def __init__(self, key: str, **words: int | str | Saying) -> None:
        self.saying = Saying(key, words)

    def __str__(self) -> str:
        return str(self.saying)


def clean(raw: object, longest: int) -> str:
    """Return a text without blanks around it; raises `NotTaken` for what is no text, too long or cannot be kept."""
    if not isinstance(raw, str):
        raise NotTaken("text")
    if len(raw) > longest:
        raise NotTaken("too_long", count=longest)
    if BAD_CHARACTERS.search(raw):
        raise NotTaken("characters")
    return raw.strip()


def figure(raw: object, plan: Plan) -> Decimal:
    """Return a typed figure; raises `NotTaken` when it is none, has too many decimals or must be a slip."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if -BIGGEST < raw < BIGGEST else "9" * MAX_SINCE
    if not isinstance(raw, str):
        raise NotTaken("number")
    text = raw.strip()
    found = FIGURE.fullmatch(text) or FIGURE.fullmatch(text.translate(FULL_WIDTH))
    if not found and TOO_BIG.fullmatch(text.translate(FULL_WIDTH)):
        raise _outside(plan)
    if not found:
        raise NotTaken("number")
    if found[1] and len(found[1]) > plan.places:
        raise NotTaken("places", places=plan.places)
    answer = Decimal(found[0]) + ZERO  # turns -0 into 0
    if not plan.lowest <= answer <= plan.highest:
        raise _outside(plan)
    return answer.quantize(plan.step) if plan.places else answer


def _outside(plan: Plan) -> NotTaken:
    return NotTaken("outside", lowest=str(plan.lowest), highest=str(plan.highest), unit=plan.item.answer.unit)


def kept(answer: Decimal, plan: Plan) -> int | str:
    """Return a figure as it is stored: whole numbers as such, decimals as text with the places of their unit."""
    return str(answer) if plan.places else int(answer)


def photos(raw: object) -> int:
    """Return the number of photos that came with an answer."""
    if raw is None:
        return 0
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < BIGGEST:
        raise NotTaken("photos")
    return raw


def stopped(raw: object, day: date) -> dict[str, Any]:
    """Return whether the service was stopped and since which instant; a clock alone is one of `day`.

    Raises `NotTaken` when that was not answered.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("stopped"), bool):
        raise NotTaken("stop")
    if not raw["stopped"]:
        return {"stopped": False}
    since = instant(clean(raw.get("since") or "", MAX_SINCE), day)
    if since is None:
        raise NotTaken("since")
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
    except ValueError:
        return None
