"""A form and a day as JSON: small, always the same bytes, and read again as they were."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, Context
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.spec import compile_template
from inspections.checks.rules import portable
from inspections.checks.rules.judging import judge
from inspections.checks.rules.plans import Compiled

from . import rules_cases
from .portable_cases import CODES, FORMS, draw, form

SEED = 20260901
LARGEST_FORM, LARGEST_DAY = 3400, 600  # bytes, packed


def test_a_day_that_was_written_and_read_again_is_judged_the_same():
    chance = Random(SEED)  # noqa: S311
    for case in [draw(chance) for _ in range(500)]:
        known = form(case["form"])
        written = portable.context_json(known, case["context"])

        again = portable.read_context(json.loads(portable.to_bytes(written)))

        told = [judge(known, one, case["submission"], case["stage"]) for one in (case["context"], again)]
        assert told[0] == told[1]
        assert portable.context_json(known, again) == written


@pytest.mark.parametrize("code", CODES)
def test_a_form_and_a_day_are_small_enough_for_a_village_network(code):
    sent = portable.to_bytes(portable.form_json(form(code)))
    day = portable.to_bytes(portable.context_json(form(code), rules_cases.known(code)))

    packed, packed_day = len(gzip.compress(sent)), len(gzip.compress(day))

    print(f"{code}: form {packed} bytes, day {packed_day} bytes")
    assert packed <= LARGEST_FORM
    assert packed_day <= LARGEST_DAY


def test_the_same_version_is_always_the_same_bytes():
    first, again = (Compiled(compile_template(shipped(), "canteen_daily")) for _ in range(2))

    sent = [portable.to_bytes(portable.form_json(one)) for one in (first, again)]

    other = portable.to_bytes(portable.form_json(form("canteen_daily/other")))
    assert sent[0] == sent[1]
    assert portable.fingerprint(sent[0]) == portable.fingerprint(sent[1]) != portable.fingerprint(other)


@pytest.mark.parametrize("code", FORMS)
def test_a_form_says_nothing_that_says_nothing(code):
    def idle(value: Any, path: str) -> list[str]:
        if isinstance(value, dict):
            return [found for key, one in value.items() for found in idle(one, f"{path}.{key}")]
        return [path] if value in (None, "", [], {}) else []

    sent = portable.form_json(form(code))

    assert [found for part in ("items", "rules") for one in sent[part] for found in idle(one, part)] == []


@pytest.mark.parametrize("code", CODES)
def test_a_day_comes_back_as_it_was(code):
    whole = rules_cases.known(code)
    keys, names = portable.facts_used(form(code)), portable.parameters_used(form(code))
    facts = {key: whole.facts[key] for key in keys[3:]} | dict.fromkeys(keys[:2], NOT_APPLICABLE)
    context = Context(whole.date, {name: whole.parameters[name] for name in names}, facts)
    unsure = replace(context, facts={**facts, keys[2]: UNKNOWN}) if len(keys) > 2 else context

    again = portable.read_context(json.loads(portable.to_bytes(portable.context_json(form(code), unsure))))

    assert again == context


def test_a_day_of_another_format_is_refused():
    day = portable.context_json(form("canteen_daily"), rules_cases.known("canteen_daily"))

    with pytest.raises(ValueError, match="not version"):
        portable.read_context({**day, "format": portable.FORMAT + 1})
