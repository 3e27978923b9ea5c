"""A stored check turned back into a submission, so that a later stage can be handed in on top of it."""

from collections.abc import Mapping
from typing import Any

from inspections.checklists.rules.forms import Kind
from inspections.checklists.rules.shape import Json
from inspections.checklists.rules.spec import Spec

from .answering import FAIL, NA, PASS
from .plans import Compiled, Plan, compiled

ASIDE = {"notes": "note", "photos": "photos", "stop": "stop_service"}


def restore(spec: Json | Spec | Compiled, answers: str, values: Mapping[str, Any]) -> dict[str, Json]:
    """Return the submission that a stored check came from; merge the new stage's answers over it and judge the whole.

    What was not applicable of itself is left to be found again.
    """
    form = compiled(spec)
    submission: dict[str, Json] = {}
    for plan, char in zip(form.plans, answers, strict=True):
        answer = _answer(plan, char, values)
        if answer is not None:
            submission[plan.code] = {"a": answer, **_beside(plan.code, values)}
    for code, reason in values.get("reasons", {}).items():
        submission[code] = {"reason": reason}
    return submission


def _answer(plan: Plan, char: str, values: Mapping[str, Any]) -> Any:
    """Return what was answered, or nothing."""
    if char == ".":
        return None
    if char == "-":
        of_itself = str(values.get("na", {}).get(plan.code, "*")).startswith("*")
        return None if of_itself else values.get(plan.code, NA)
    if plan.kind is Kind.BOOL:
        return PASS if char == "1" else FAIL
    if plan.kind is Kind.CHOICE:
        return {letter: code for code, letter in plan.letters.items()}.get(char)
    return values.get(plan.code)


def _beside(code: str, values: Mapping[str, Any]) -> Json:
    """Return the reasons, notes and photos that stood beside an answer."""
    beside: Json = {name: values[kind][code] for kind, name in ASIDE.items() if code in values.get(kind, {})}
    if code in values.get("na", {}):
        beside["na_reason"] = values["na"][code].lstrip("*")
    if code in values.get("changed", {}):
        beside["changed_reason"] = values["changed"][code]["reason"]
    return beside
