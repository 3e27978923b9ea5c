"""Sentences kept by their wording and what they tell of, so that each reader gets them in the own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

SAY, WITH, CHINESE, ENGLISH, ALL = "say", "with", "zh", "en", "all"
Kept = dict[str, Any]
Words = Mapping[str, object]
NOTHING: Final[Words] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in its Chinese wording, and the values it names; printed, it speaks the language of the moment."""

    wording: str
    values: Words = field(default_factory=dict)

    def __str__(self) -> str:
        return told(self.kept)

    @property
    def kept(self) -> Kept:
        """Return the sentence as JSON keeps it."""
        return {SAY: self.wording, WITH: {name: _kept(value) for name, value in self.values.items()}}


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a Chinese and perhaps an English name of its own."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return told(self.kept)

    @property
    def kept(self) -> Kept:
        """Return both names as JSON keeps them."""
        return {CHINESE: self.zh, ENGLISH: self.en}


def said(wording: str, values: Words = NOTHING) -> Said:
    """Return a sentence to be kept; mark its wording with `gettext_noop` so that it is translated."""
    return Said(wording, values)


def source(words: str | Said | Named | Promise) -> str:
    """Return a sentence in the language the portal is written in."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def told(kept: object) -> str:
    """Return what was kept in the reader's language."""
    if not isinstance(kept, Mapping):
        return str(kept)
    if CHINESE in kept:
        in_chinese = (get_language() or CHINESE).startswith(CHINESE)
        return str(kept[CHINESE] if in_chinese or not kept[ENGLISH] else kept[ENGLISH])
    if ALL in kept:
        return gettext("、").join(told(part) for part in kept[ALL])
    words = gettext(str(kept[SAY])) if kept[SAY] else ""
    values = {name: value if isinstance(value, int) else told(value) for name, value in kept[WITH].items()}
    return words % values if values else words


def _kept(value: object) -> object:
    if isinstance(value, Said | Named):
        return value.kept
    if isinstance(value, Promise):
        return Said(source(value)).kept
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {ALL: [_kept(part) for part in value]}
    return value if isinstance(value, int) else str(value)
