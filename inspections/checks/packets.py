"""What a phone sends of a check, as JSON, read into plain data; whether it is right is judged elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext

from inspections.checks.forms import MOST_PHOTOS, moment
from inspections.checks.rules.promised import SHA256, Promise
from logistics_portal.kit.errors import NotAllowed

MOST_BYTES = 256 * 1024
MOST_ITEMS = 400
LARGEST = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 2009, 2099
T = TypeVar("T")


class NoPacket(NotAllowed):
    """What was sent is no check that could be read; sending it again as it is cannot help."""

    kind = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A check, or a stage of one, as a phone kept it: for which slot, by whom, filled in on which wording."""

    client_id: UUID
    by: int
    place: int
    checklist: str
    day: date
    seq: int
    version: str
    answers: Mapping[str, Mapping[str, Any]]
    ticket: str = ""
    stage: str = ""
    reason: str = ""
    promised: Mapping[str, list[Promise]] = field(default_factory=dict)
    fixers: Mapping[str, int] = field(default_factory=dict)
    at: datetime | None = None
    sent_at: datetime | None = None

    def skew(self, now: datetime) -> int | None:
        """Return by how many seconds the phone's clock was ahead when it sent, as far as a column holds it."""
        if self.sent_at is None:
            return None
        seconds = round((self.sent_at - now).total_seconds())
        return seconds if abs(seconds) <= LARGEST else None


def read(body: bytes) -> Packet:
    """Return what was sent; raises `NoPacket` with a sentence where a part is missing or of another kind.

    Answers keep the shape the judge reads: item → {"a": text or {entry: text}, "note": …, "na_reason": …,
    "changed_reason": …, "stop_service": {"stopped": bool, "since": …}}, cross-rule → {"reason": text}.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable("JSON") from None
    if not isinstance(sent, dict):
        raise _unreadable("JSON")
    part = _Parts(sent)
    return Packet(
        client_id=part.of("client_id", str, UUID),
        by=part.number("by"),
        place=part.number("place"),
        checklist=part.of("checklist", str, _slug),
        day=part.of("date", str, _day),
        seq=part.number("seq"),
        version=part.of("version", str),
        answers=part.of("answers", dict, _answers),
        ticket=part.of("ticket", str, default=""),
        stage=part.of("stage", str, default=""),
        reason=part.of("reason", str, default=""),
        promised=part.of("photos", dict, _promises, default={}),
        fixers=part.of("fixers", dict, _fixers, default={}),
        at=moment(part.of("at", str, default="")),
        sent_at=moment(part.of("sent_at", str, default="")),
    )


def _unreadable(name: str) -> NoPacket:
    return NoPacket(gettext("收到的内容不完整（%(name)s），没有保存。请导出文件交县级管理部门。") % {"name": name})


class _Parts:
    """The parts of what was sent, each asked for by name and kind."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent = sent

    def of(self, name: str, kind: type, read: Callable[[Any], T] | None = None, *, default: Any = None) -> Any:
        """Return a part, read where that is asked for, or `default` where it was left out."""
        value = self.sent.get(name, default)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _unreadable(name)
        try:
            return read(value) if read else value
        except (ValueError, TypeError, KeyError, AttributeError, ValidationError):
            raise _unreadable(name) from None

    def number(self, name: str) -> int:
        """Return a whole number from 0 as large as an id can be."""
        value: int = self.of(name, int)
        if not 0 <= value <= LARGEST:
            raise _unreadable(name)
        return value


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _slug(text: str) -> str:
    validate_slug(text)
    return text


def _answers(sent: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    if len(sent) > MOST_ITEMS:
        raise ValueError
    return {code: _entry(entry) for code, entry in sent.items()}


def _entry(sent: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key, value in sent.items():
        if key == "a" and isinstance(value, dict):
            entry[key] = {str(code): _text(one) for code, one in value.items()}
        elif key == "stop_service" and isinstance(value, dict):
            entry[key] = {"stopped": value.get("stopped") is True}
            if since := _text(value.get("since", "")):
                entry[key]["since"] = since
        elif key != "photos":
            entry[key] = _text(value)
    return entry


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _promises(sent: Mapping[str, Any]) -> dict[str, list[Promise]]:
    """Return the photos by item, each once and at most as many as a form takes."""
    found: dict[str, list[Promise]] = {}
    for code, rows in sent.items():
        by_hash = {it["sha256"]: Promise(it["sha256"], it.get("from_album") is True) for it in rows}
        if not all(SHA256.fullmatch(it) for it in by_hash):
            raise ValueError
        found[code] = list(by_hash.values())[:MOST_PHOTOS]
    return found


def _fixers(sent: Mapping[str, Any]) -> dict[str, int]:
    found = {code: pk for code, pk in sent.items() if isinstance(pk, int) and 0 < pk <= LARGEST}
    if len(found) != len(sent):
        raise ValueError
    return found
