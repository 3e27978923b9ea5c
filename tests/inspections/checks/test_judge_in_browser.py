"""The phone judges as the server does: the same form and day as JSON, the same answers, the same verdict."""

from __future__ import annotations

import gzip
import json
from random import Random
from typing import Any

import pytest
from django.utils import translation

from inspections.checks.rules import portable, sayings
from inspections.checks.rules.asking import questions, rest_of_section
from inspections.checks.rules.judging import judge

from . import browser, rules_cases
from .portable_cases import FORMS, draw, form

SEED, MANY = 20260901, 2000
LOOK = 8  # of so many cases one is compared in what the form asks and what its button does as well
LARGEST = 11500  # bytes of all its modules, packed one by one
Case = dict[str, Any]

needs_node = pytest.mark.skipif(not browser.engine(), reason="no node is here")


def asked_of(cases: list[Case]) -> str:
    """Return the cases as they are put to the browser, each with its day as JSON."""
    put = [
        {**case, "context": json.loads(portable.to_bytes(portable.context_json(form(case["form"]), case["context"])))}
        for case in cases
    ]
    forms = {name: json.loads(portable.to_bytes(portable.form_json(form(name)))) for name in FORMS}
    return json.dumps({"forms": forms, "sentences": sayings.sentences(), "cases": put})


def server_says(case: Case) -> dict[str, str]:
    """Return the server's answer to a case as the browser would write it, part by part."""
    known, context, submission = form(case["form"]), case["context"], case["submission"]
    verdict = judge(known, context, submission, case["stage"])
    current = submission if isinstance(submission, dict) else {}
    said: dict[str, Any] = {
        "verdict": browser.verdict_json(verdict),
        "said": [one.sentence for one in verdict.errors],
    }
    if case["look"]:
        said["questions"] = [browser.question_json(one) for one in questions(known, context, case["stage"])]
        said["rest"] = [rest_of_section(known, context, one.code, current) for one in known.spec.template.sections]
    return {part: browser.spelled(one) for part, one in said.items()}


def differing(said: list[dict[str, str]], found: list[Any]) -> tuple[int, str, str, str] | None:
    """Return where the two first differ: the case, the part, the server's words and the browser's."""
    for number, (one, told) in enumerate(zip(said, found, strict=True)):
        for part, words in one.items():
            other = browser.spelled(told[part])
            if words != other:
                return number, part, words, other
    return None


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Return many days with answers, all of them as a browser would send them."""
    chance = Random(SEED)  # noqa: S311
    drawn = (draw(chance) for _ in range(MANY))
    return [
        {**case, "submission": browser.as_sent(case["submission"]), "look": number % LOOK == 0}
        for number, case in enumerate(drawn)
    ]


@pytest.fixture(scope="module")
def asked(cases) -> str:
    """Return all of them as they are put to the browser."""
    return asked_of(cases)


@pytest.fixture(scope="module")
def said(cases) -> list[dict[str, str]]:
    """Return what the server says to all of them."""
    return [server_says(case) for case in cases]


@needs_node
def test_the_browser_judges_every_set_of_answers_as_the_server_does(cases, asked, said, tmp_path):
    found = browser.answers(tmp_path, asked)

    apart = differing(said, found)

    assert len(found) == MANY
    assert apart is None, (cases[apart[0]], *apart)


@needs_node
def test_the_browser_says_it_in_the_language_of_the_reader(cases, tmp_path):
    few = cases[:200]
    with translation.override("en"):
        found = browser.answers(tmp_path, asked_of(few))
        said = [server_says(case) for case in few]

    assert differing(said, found) is None


def test_the_answers_drawn_reach_every_sentence_and_every_consequence(cases):
    verdicts = [judge(form(case["form"]), case["context"], case["submission"], case["stage"]) for case in cases]

    said = browser.spelled([browser.verdict_json(verdict)["errors"] for verdict in verdicts])
    noted = {note.kind for verdict in verdicts for note in verdict.notes}

    silent = {key for key in sayings.SENTENCES if f'"key": "{key}"' not in said}
    assert silent == noted == {"unknown", "not_applicable", "not_asked", "parameter", "ignored"}
    assert sum(verdict.ok for verdict in verdicts) > MANY // 20
    for part in ("failures", "alarms", "flags", "needs_reason"):
        assert sum(bool(getattr(verdict, part)) for verdict in verdicts) >= 10, part


# Each is one slip in one of the browser's modules that the answers drawn must bring to light.
SLIPS = [
    ("sight.js", "!(high && below(high, figure))", "!(high && !below(figure, high))"),
    ("sight.js", "* 2n + step)", "* 2n)"),
    ("sight.js", "first <= day && day <= last", "first <= day && day < last"),
    ("sight.js", 'item.severity === "critical" ? null : SETTLED.fact', "SETTLED.fact"),
    ("typed.js", "return [...text].length", "return text.length"),
    ("typed.js", 'return raw.replace(BLANKS, "")', "return raw.trim()"),
    ("typed.js", "- ahead(zone) + ahead(SHANGHAI)", ""),
    ("judge.js", 'rule.op === "le"', 'rule.op === "lt"'),
    ("judge.js", "run.chars[place] !== OPEN", "true"),
    ("judge.js", "if (!reason && !said.leftOut)", "if (!reason)"),
    ("judge.js", "else if (item.photo)", "else if (item.stop)"),
    ("asking.js", 'answer === null || answer === "pass"', "true"),
]


@needs_node
@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip[0]}: {slip[1]}")
def test_a_slip_in_the_browser_is_seen(slip, asked, said, tmp_path):
    found = browser.answers(tmp_path, asked, [slip])

    assert differing(said, found) is not None


# form, item, what is typed, its character, what is kept of it, the sentence that refuses it
EDGES = [
    ("canteen_daily", "CAN-D-10", {"k1": "0.0"}, "1", {"k1": "0.0"}, ""),
    ("canteen_daily", "CAN-D-10", {"k1": "-0"}, "1", {"k1": "0.0"}, ""),
    ("canteen_daily", "CAN-D-10", {"k1": "-0.1"}, "0", {"k1": "-0.1"}, ""),
    ("canteen_daily", "CAN-D-10", {"k1": "8"}, "1", {"k1": "8.0"}, ""),
    ("canteen_daily", "CAN-D-10", {"k1": "8.1"}, "0", {"k1": "8.1"}, ""),
    ("canteen_daily", "CAN-D-10", {"k1": "8.00"}, ".", None, "entry"),
    ("canteen_daily", "CAN-D-11", {"f1": "-12.0"}, "1", {"f1": "-12.0"}, ""),
    ("canteen_daily", "CAN-D-11", {"f1": "-11.9"}, "0", {"f1": "-11.9"}, ""),
    ("canteen_daily", "CAN-D-11", {"f1": "－１８。５"}, "1", {"f1": "-18.5"}, ""),
    ("canteen_daily", "CAN-D-13", "70", "1", "70.0", ""),
    ("canteen_daily", "CAN-D-13", "69.9", "0", "69.9", ""),
    ("canteen_daily", "CAN-D-13", "150.0", "1", "150.0", ""),
    ("canteen_daily", "CAN-D-13", "150.1", ".", None, "outside"),
    ("canteen_daily", "CAN-D-13", "36.6", "0", "36.6", ""),
    ("canteen_daily", "CAN-D-13", "36.60", ".", None, "places"),
    ("canteen_daily", "CAN-D-13", 36.5, ".", None, "number"),
    ("canteen_daily", "CAN-D-13", 10**9, ".", None, "outside"),
    ("canteen_daily", "CAN-D-13", "1e9", ".", None, "number"),
    ("canteen_daily", "CAN-D-16", "125", "1", 125, ""),
    ("canteen_daily", "CAN-D-16", "124", "0", 124, ""),
    ("canteen_daily", "CAN-D-16", "00125", "1", 125, ""),
    ("canteen_daily", "CAN-D-16", "125.0", ".", None, "places"),
    ("canteen_daily", "CAN-D-01", "20000", "0", 20000, ""),
    ("canteen_daily", "CAN-D-01", "20001", ".", None, "outside"),
    ("canteen_daily", "CAN-D-24", "0.0", "1", "0.0", ""),
    ("dormitory_nightly", "DOR-N-03", "-0", "1", 0, ""),
    ("dormitory_nightly", "DOR-N-03", "1", "0", 1, ""),
    ("dormitory_nightly", "DOR-N-03", "-1", ".", None, "outside"),
    ("canteen_weekly", "CAN-W-13", "好" * 10, "1", "好" * 10, ""),
    ("canteen_weekly", "CAN-W-13", "😀" * 9, "0", "😀" * 9, ""),
    ("canteen_weekly", "CAN-W-13", "\u3000" + "好" * 10 + "\x85", "1", "好" * 10, ""),
    ("canteen_weekly", "CAN-W-13", "字" * 500, "1", "字" * 500, ""),
    ("canteen_weekly", "CAN-W-13", "😀" * 501, ".", None, "too_long"),
    ("canteen_weekly", "CAN-W-13", "好" * 10 + "\ud83d", ".", None, "characters"),
]  # fmt: skip


def edge_case(edge: tuple[Any, ...]) -> Case:
    """Return a day on which everything is well but for the one answer."""
    code, item, typed = edge[:3]
    context = rules_cases.known(code)
    entry = {"a": typed, "photos": 1, "changed_reason": "复核", "stop_service": {"stopped": False}}
    return {"form": code, "context": context, "submission": {item: browser.as_sent(entry)}, "stage": None, "look": True}


def outcome(edge: tuple[Any, ...], verdict: Any) -> tuple[Any, ...]:
    """Return what came of the one answer of an edge, in the words of the table."""
    code, item = edge[:2]
    keys = [one["key"] for one in verdict["errors"] if one["code"] == item]
    char = verdict["answers"][form(code).by_code[item].index]
    return (*edge[:3], char, verdict["values"].get(item), "".join(keys))


def test_the_server_takes_the_edges_as_the_table_says():
    answers = [judge(form(one["form"]), one["context"], one["submission"]) for one in map(edge_case, EDGES)]

    told = [outcome(edge, browser.verdict_json(one)) for edge, one in zip(EDGES, answers, strict=True)]

    assert told == EDGES


@needs_node
def test_the_browser_takes_the_edges_as_the_table_says(tmp_path):
    found = browser.answers(tmp_path, asked_of([edge_case(edge) for edge in EDGES]))

    told = [outcome(edge, one["verdict"]) for edge, one in zip(EDGES, found, strict=True)]

    assert told == EDGES


def test_the_judge_of_the_browser_is_small():
    sizes = {name: len(gzip.compress((browser.SCRIPTS / name).read_bytes())) for name in browser.MODULES}

    print(sizes)
    assert sum(sizes.values()) <= LARGEST
