"""What a browser sends of a check, read into plain data; whether it is right is judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inspections.checks.rules.asking import Question
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.forms import LongText, PortalForm

NA = "na"
MOST_PHOTOS = 9
TEXTS = {"why": "na_reason", "note": "note", "changed": "changed_reason"}
SMALL_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A check as the browser sent it: answers and photos by item, and what stands beside them."""

    client_id: UUID
    answers: dict[str, Any]
    photos: dict[str, list[UploadedFile[Any]]] = field(default_factory=dict)
    fixers: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    stage: str = ""
    ticket: str = ""
    at: datetime | None = None


def read(
    data: QueryDict, files: MultiValueDict[str, UploadedFile[Any]], asked: Iterable[Question], rules: Iterable[str]
) -> Sent:
    """Return what was sent for the items of a form; fields it does not know are left alone, texts stay as typed."""
    answers: dict[str, Any] = {}
    photos: dict[str, list[UploadedFile[Any]]] = {}
    fixers: dict[str, int] = {}
    for question in asked:
        code = question.code
        entry = _entry(data, question)
        if entry:
            answers[code] = entry
        if sent := files.getlist(f"photo.{code}")[:MOST_PHOTOS]:
            photos[code] = sent
        fixer = data.get(f"fixer.{code}", "")
        if SMALL_NUMBER.fullmatch(fixer):
            fixers[code] = int(fixer)
    for rule in rules:
        if reason := data.get(f"rule.{rule}", ""):
            answers[rule] = {"reason": reason}
    return Sent(
        client_id=client_id(data.get("client_id", "")),
        answers=answers,
        photos=photos,
        fixers=fixers,
        reason=data.get("reason", ""),
        stage=data.get("stage", ""),
        ticket=data.get("ticket", ""),
        at=moment(data.get("at", "")),
    )


def client_id(text: str) -> UUID:
    """Return the sender's own number, or a new one where none was sent that is one."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def moment(text: str) -> datetime | None:
    """Return the phone's clock as it was sent, or nothing when it is no time; it is kept and never counted."""
    try:
        at = parse_datetime(text[:40])
        if at is None:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
        return at.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None


def _entry(data: QueryDict, question: Question) -> dict[str, Any]:
    answer = _entries(data, question) if question.repeats else _answer(data, question)
    entry: dict[str, Any] = {} if answer in ("", {}) else {"a": answer}
    for prefix, key in TEXTS.items():
        if text := data.get(f"{prefix}.{question.code}", ""):
            entry[key] = text
    if stop := data.get(f"stop.{question.code}", ""):
        entry["stop_service"] = {"stopped": stop == "yes"}
        day, clock = data.get(f"stopday.{question.code}", ""), data.get(f"since.{question.code}", "")
        if stop == "yes" and (day or clock):
            entry["stop_service"]["since"] = f"{day}T{clock}" if day else clock
    return entry if "a" in entry else {}


def _answer(data: QueryDict, question: Question) -> str:
    code = question.code
    if data.get(f"na.{code}"):
        return NA
    typed = data.get(f"a.{code}", "")
    if not typed.strip() and question.prefill is not None and data.get(f"ok.{code}"):
        return question.prefill
    return typed


def _entries(data: QueryDict, question: Question) -> dict[str, str]:
    if data.get(f"na.{question.code}"):
        return {entry.code: NA for entry in question.entries}
    found = {}
    for entry in question.entries:
        field_name = f"{question.code}.{entry.code}"
        typed = data.get(f"a.{field_name}", "")
        if data.get(f"na.{field_name}"):
            typed = NA
        elif not typed.strip() and entry.figure is not None and data.get(f"ok.{field_name}"):
            typed = str(entry.figure)
        if typed:
            found[entry.code] = typed
    return found


class VoidForm(PortalForm):
    """Why a check shall not count."""

    reason = LongText(
        label=_("作废理由"),
        min_length=4,
        max_length=200,
        rows=3,
        help_text=_("作废后这次检查记为漏检，原记录仍可看到。"),
    )


class PhotosLostForm(PortalForm):
    """Why photos that were promised will not come."""

    reason = LongText(
        label=_("不再等待的原因"),
        min_length=4,
        max_length=200,
        rows=2,
        help_text=_("如手机损坏、人员已离校。说明会一直显示在这次检查上。"),
    )


class AskCorrectionForm(PortalForm):
    """Why a check shall be corrected after its slot has closed."""

    reason = LongText(
        label=_("更正理由"),
        min_length=4,
        max_length=200,
        rows=3,
        help_text=_("写明哪一项填错了、实际情况是什么。同意后由您本人在期限内更正一次，及时性不变。"),
    )


class ReleaseForm(PortalForm):
    """What the office answers to such a request."""

    answer = LongText(label=_("答复意见"), max_length=200, rows=2, required=False)
    verb = forms.ChoiceField(
        choices=[("release", _("同意更正")), ("refuse", _("不同意更正"))], widget=forms.HiddenInput
    )
