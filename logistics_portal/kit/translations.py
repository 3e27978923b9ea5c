"""The texts of the portal and their English: found without gettext, compiled without gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib
from django.utils.translation.template import templatize

NOT_OURS: Final = frozenset({"tests", "node_modules", "var", "migrations", "locale"})
KINDS: Final = {
    "_": ("text",),
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "npgettext": ("context", "text", "plural"),
    "npgettext_lazy": ("context", "text", "plural"),
}
_LITERAL: Final = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL: Final = re.compile(rf"\b(_|n?p?gettext)\(({_LITERAL}(?:, {_LITERAL})*)", re.DOTALL)
_HOLE: Final = re.compile(r"%\((\w+)\)|\{(\w*)\}|%[sd]")


@dataclass(frozen=True, order=True)
class Message:
    """A text in the code or in a template, as a catalogue keys it."""

    text: str
    context: str = ""
    plural: str = ""


def messages(root: Path, packages: Iterable[str]) -> dict[Message, list[str]]:
    """Return every text that asks for a translation, with the files that hold it."""
    found: dict[Message, list[str]] = {}
    for path in _files(root, packages):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        for message in in_python(text) if path.suffix == ".py" else in_template(text, name):
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return found


def in_python(source: str) -> Iterator[Message]:
    """Yield the texts of a Python file: literal arguments of the gettext functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            values = [
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            if name in KINDS and len(values) >= len(KINDS[name]):
                yield _message(name, values)


def in_template(source: str, name: str) -> Iterator[Message]:
    """Yield the texts of a template."""
    for call in _CALL.finditer(templatize(source, origin=name)):
        yield _message(call[1], [ast.literal_eval(part) for part in re.findall(_LITERAL, call[2], re.DOTALL)])


def wrong(found: Iterable[Message], catalogue: polib.POFile) -> list[str]:
    """Return a sentence for each text that has no English, or whose English has other holes than the Chinese."""
    entries = {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue if not entry.obsolete}
    faults = []
    for message in sorted(found):
        entry = entries.get((message.text, message.context))
        english = _english(entry) if entry is not None else []
        if entry is None or entry.fuzzy or not english or not all(english):
            faults.append(f"No English for: {message.text}")
        elif any(_holes(text) != _holes(message.text) for text in english):
            faults.append(f"Other placeholders in the English of: {message.text}")
    return faults


def update(catalogue: polib.POFile, found: dict[Message, list[str]]) -> tuple[int, int]:
    """Add the texts that are new, drop those that are gone, and return how many of each."""
    keys = {(message.text, message.context): message for message in found}
    gone = [entry for entry in catalogue if (entry.msgid, entry.msgctxt or "") not in keys]
    for entry in gone:
        catalogue.remove(entry)
    known = {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue}
    added = 0
    for key, message in sorted(keys.items()):
        if key not in known:
            known[key] = _new_entry(message)
            catalogue.append(known[key])
            added += 1
        known[key].occurrences = [(place, "") for place in sorted(found[message])]
    catalogue.sort(key=lambda entry: (entry.occurrences[:1], entry.msgid, entry.msgctxt or ""))
    return added, len(gone)


def empty_catalogue() -> polib.POFile:
    """Return a catalogue of English without texts."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def compile_catalogue(path: Path) -> bool:
    """Write the `.mo` beside a `.po` unless it is younger, and say whether it was written."""
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return False
    draft = path.with_suffix(".mo.draft")
    polib.pofile(str(path)).save_as_mofile(str(draft))
    draft.replace(compiled)
    return True


def _files(root: Path, packages: Iterable[str]) -> Iterator[Path]:
    for folder, pattern in [*((name, "*.py") for name in packages), ("templates", "*.html"), ("templates", "*.txt")]:
        for path in sorted((root / folder).rglob(pattern)):
            if not NOT_OURS.intersection(path.relative_to(root).parts):
                yield path


def _message(name: str, values: list[str]) -> Message:
    return Message(**dict(zip(KINDS[name], values, strict=False)))


def _new_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None, msgstr="")
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: "", 1: ""}
    return entry


def _english(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _holes(text: str) -> set[str]:
    return {match[0] for match in _HOLE.finditer(text)}
