"""Days as the tests need them: facts all known, or none, and a submission that passes."""

from datetime import date
from functools import lru_cache
from typing import Any

from inspections.checklists.rules.context import Context
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.spec import compile_template
from inspections.checks.rules.asking import questions
from inspections.checks.rules.plans import Compiled
from logistics_portal.kit.registry import ListedEntry

SUMMER, WINTER = date(2026, 9, 1), date(2026, 12, 1)
APPLIANCES = {"canteens.refrigerators": ("k1", "一号冰箱"), "canteens.freezers": ("f1", "一号冰柜")}
FIGURES: dict[str, Any] = {
    "canteens.supply_mode": "self_run",
    "canteens.staff_checked": 10,
    "canteens.staff_rostered": 10,
    "canteens.core_temperature": "75.0",
    "canteens.samples_kept": 12,
    "canteens.sample_min_weight": 130,
    "canteens.dishes_served": 12,
    "canteens.leftovers": "3.5",
    "canteens.leftover_zero_days": 0,
    "canteens.leftovers_month": "80.0",
    "canteens.surplus_rate": "1.0",
    "canteens.papers_expiring": 1,
    "canteens.papers_expired": 0,
    "canteens.open_kitchen_online": "99.0",
    "canteens.nutrition_days": "90.0",
    "schools.training_hours": "2.0",
    "schools.drills_held": 1,
    "schools.drill_seconds": 90,
    "schools.guards_in_post": 4,
    "schools.guards_required": 4,
    "dormitories.boarders": 100,
    "dormitories.on_leave": 2,
    "dormitories.present_today": 98,
    "dormitories.roll_present": 98,
    "dormitories.roll_unverified": 0,
    "dormitories.duty_count": 2,
    "dormitories.duty_minimum": 1,
    "dormitories.sick_today": 0,
    "dormitories.night_events": 0,
    "campus.building_sites": 0,
    "campus.labour_sites": 0,
    "campus.footage_days": 60,
    "campus.stocktake_rate": "99.0",
    "campus.repairs_in_time": "95.0",
}
ABSENT = ("dormitories.stove_heating", "canteens.own_production")


def parameters() -> dict[str, Any]:
    """Return the parameters as shipped."""
    return {name: one.value for name, one in shipped().parameters.items()}


@lru_cache
def form(code: str) -> Compiled:
    """Return a shipped form, prepared."""
    return Compiled(compile_template(shipped(), code))


def facts(code: str, **changed: Any) -> dict[str, Any]:
    """Return all facts of a form known and good; a keyword names the part after the dot."""
    answer: dict[str, Any] = {}
    for key, spec in form(code).spec.facts.items():
        if key in APPLIANCES:
            answer[key] = (ListedEntry(*APPLIANCES[key]),)
        elif spec.type == "list":
            answer[key] = (ListedEntry("d1", "早餐"),)
        elif spec.type == "bool":
            answer[key] = spec.unknown == "manual"
        else:
            answer[key] = FIGURES[key]
    return answer | {key: changed[key.partition(".")[2]] for key in answer if key.partition(".")[2] in changed}


def known(code: str, on: date = SUMMER, **changed: Any) -> Context:
    """Return a day on which every fact is known and good, but for what the keywords change."""
    return Context(on, parameters(), facts(code, **changed))


def unknown(on: date = SUMMER, **facts_known: Any) -> Context:
    """Return a day on which no fact is known."""
    return Context(on, parameters(), facts_known)


TYPED = {
    "CAN-D-01": "10", "CAN-D-13": "75.5", "CAN-D-15": "12", "CAN-D-16": "130", "CAN-D-24": "3.5", "CAN-P-03": "65",
    "CAN-P-06": "130", "CAN-P-12": "0", "DOR-D-11": "98", "DOR-D-18": "0", "DOR-D-17": "20.0", "DOR-N-01": "100",
    "DOR-N-02": "98", "DOR-N-13": "2", "DOR-N-03": "0", "DOR-N-05": "2", "DOR-N-10": "0", "CAN-M-12": "80.0",
    "CAN-M-05": "1.0", "CAN-M-08": "2.0", "CAN-M-09": "1", "CAN-M-10": "99.0", "CAN-M-11": "90.0",
    "CMP-M-04": "1", "CMP-M-05": "90", "CMP-M-12": "60", "CMP-M-13": "4", "CMP-M-14": "99.0", "CMP-M-15": "95.0",
}  # fmt: skip
READINGS = {"CAN-D-10": "4.0", "CAN-D-11": "-18.0"}


def passing(code: str, context: Context, stage: str | None = None) -> dict[str, Any]:
    """Return a submission in which everything that is asked is well."""
    submission: dict[str, Any] = {}
    for question in questions(form(code), context, stage):
        if question.asked and question.settled and question.critical:
            submission[question.code] = {"a": "na"}
        elif question.asked and not question.settled:
            submission[question.code] = {"a": _good(question)}
    return submission


def _good(question: Any) -> Any:
    if question.repeats:
        return {entry.code: READINGS[question.code] for entry in question.entries}
    if question.prefill is not None:
        return question.prefill
    if question.kind == "bool":
        return "pass"
    if question.kind == "choice":
        return question.choices[0].code
    return TYPED.get(question.code, "本周风险已研判，下周加强抽查")
