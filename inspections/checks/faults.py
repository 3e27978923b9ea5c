"""What keeps a paper from being taken besides its answers: its reason, photos that are none, stops of another time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files import File
from django.utils.translation import gettext

from inspections.checklists.models import in_language
from inspections.checklists.rules.spec import Spec
from inspections.checks.figures import figures_on
from inspections.checks.rules.typed import NotTaken, clean, instant
from inspections.checks.rules.verdicts import Refusal, Verdict
from logistics_portal.kit.dates import Span, local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.uploads import clean_name, starts_as_picture

LONGEST_REASON = 300
REASON = "reason"
SENTENCES = 3  # as many kinds of mistakes are told in one message; the form shows each at its place


class Refused(NotAllowed):
    """A check that cannot be taken as it is; `refusals` say why, item by item."""

    def __init__(self, refusals: Sequence[Refusal], spec: Spec) -> None:
        self.refusals = list(refusals)
        alike: dict[str, list[str]] = {}
        for it in self.refusals:
            alike.setdefault(it.sentence, []).append(it.code)
        told = [_at_items(sentence, codes, spec) for sentence, codes in alike.items()]
        super().__init__(gettext("；").join(told[:SENTENCES]))


def _at_items(sentence: str, codes: Sequence[str], spec: Spec) -> str:
    """Return a sentence with the item it stands at, or the first of them and how many there are."""
    names = {it.code: in_language(it.zh, it.en) for it in spec.items}
    names |= {it.code: in_language(it.zh, it.en) for it in spec.rules}
    named = [names[code] for code in codes if code in names]
    if not named:
        return sentence
    words = {"item": named[0], "n": len(named), "what": sentence}
    if len(named) == 1:
        return gettext("“%(item)s”：%(what)s") % words
    return gettext("“%(item)s”等 %(n)s 项：%(what)s") % words


def of_reason(text: str, *, needed: bool) -> list[Refusal]:
    """Return what is wrong with the reason beside a check."""
    try:
        reason = clean(text, LONGEST_REASON)
    except NotTaken as refusal:
        return [Refusal(REASON, str(refusal))]
    return [Refusal(REASON, gettext("请写明理由（补录、更正都须写）"))] if needed and not reason else []


def of_photos(photos: Mapping[str, Iterable[File[Any]]]) -> list[Refusal]:
    """Return the items with a file that is no picture, told by its first bytes; each file by its name."""
    return [
        Refusal(code, gettext("“%(name)s”不是照片，请换成 JPEG 或 PNG 照片") % {"name": clean_name(file.name or "")})
        for code, files in photos.items()
        for file in files
        if not starts_as_picture(file)
    ]


def stop_days(day: date, at: datetime) -> Span:
    """Return the days on which something found out of use by the check of `day` may have been stopped."""
    return Span(day - timedelta(days=figures_on(day).stop_days_before), max(day, local_date(at)))


def of_stops(verdict: Verdict, day: date, at: datetime) -> list[Refusal]:
    """Return the items said to be out of use since a moment that has not come, or lies too long before the check."""
    stops: Mapping[str, Mapping[str, Any]] = verdict.values.get("stop", {})
    told = {code: instant(str(stop.get("since", "")), day) for code, stop in stops.items()}
    sinces = {code: since for code, since in told.items() if since is not None}
    if not sinces:
        return []
    first = stop_days(day, at).first
    ahead = gettext("停用时间还没有到，请写明从何时起已经停用")
    too_early = gettext("停用时间不能早于 %(day)s，请看日期是否填错") % {"day": first.isoformat()}
    return [
        Refusal(code, ahead if since > at else too_early)
        for code, since in sinces.items()
        if since > at or local_date(since) < first
    ]


def accepted(verdict: Verdict, spec: Spec, besides: Iterable[Refusal] = ()) -> Verdict:
    """Return a verdict that can be taken, or refuse with everything that is wrong at once."""
    refusals = [*verdict.errors, *besides]
    if refusals:
        raise Refused(refusals, spec)
    return verdict
