"""Days and answers of every kind, drawn by chance from a seed: right, nearly right, and plain nonsense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from inspections.checklists.rules.context import NOT_APPLICABLE, UNKNOWN, Context
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.shape import Json
from inspections.checklists.rules.spec import compile_template
from inspections.checks.rules.plans import Compiled, Plan
from logistics_portal.kit.registry import ListedEntry

from . import rules_cases

CODES = [template.code for template in shipped().templates]
OTHER = "/other"
FORMS = [*CODES, *(code + OTHER for code in CODES)]
REPEATING = ["canteen_daily", "canteen_daily", "canteen_daily/other"]  # the forms that ask for each appliance
SEASON = {"WINTER_FROM": "03-01", "WINTER_TO": "11-15"}  # one that does not run over the new year
EDGES = [date(2027, *day) for day in [(3, 1), (11, 15), (2, 28), (11, 16), (10, 15), (4, 15), (10, 14), (4, 16)]]
FIGURES = [
    "0", "-0", "-0.0", "0.04", "0.05", "-0.04", "-0.05", "3.449999", "3.45", "36.6", "36.60", "7.95", "8", "8.0", "8.1",
    "-12.1", "-11.95", "69.9", "69.95", "70", "75", "1", "2", "4", "5", "12", "98", "100", "150", "150.1", "-60.0",
    "20000", "20001", "99999999999", "0.500", "124", "125", "499", "1e2", "NaN", "Infinity", " 12 ", "+5", "1_0", "",
    "１２", "７５．０", "－3", "−2", "3。5", "٣", "4.", ".5", "00012", "0x10", "\x1c5\x85", "\ufeff5", "\u30005",
    "1000000000", "999999999", "1234567890.5", "9" * 30, "12.345678", "12.3456789",
]  # fmt: skip
TEXTS = [
    "", " ", "\u3000", "已核对", "一台除霜", "x\x00", "\ud800", "\udc00\ud800", "😀" * 3, "长" * 200, "😀" * 200,
    "长" * 201, "😀" * 201, "字" * 500, "字" * 501, "好" * 9 + "😀", "\ufeff留", "\x85", "a\x7f", "行\r\n行", "\x1f",
    "本周风险已研判，下周加强抽查", "  前后  ", "pass", "na", "constructor", "__proto__",
]  # fmt: skip
SINCES = [
    "07:30", "24:00", "7:30", " 07:30 ", "０７:30", "2026-09-01T07:30", "2026-09-01T07:30:59.5", "2026-09-01T23:30Z",
    "2026-09-01T07:30+05:45", "2026-01-01T00:10-12:00", "2026-02-29T07:30", "2028-02-29T07:30", "2026-13-01T07:30",
    "2026-09-01T07:30+24:00", "2026-09-01T07:30+0800", "1986-06-01T07:30", "2026-09-01 07:30", "2026-09-01T24:00",
    "2026-00-10T07:30", "2026-09-01T07:30\n", "soon", "2000-01-01T00:00+14:00", "9" * 33,
]  # fmt: skip
STRANGE = ["CAN-X-99", "7", "03", "1", "__proto__", "项", "a" * 30, "\x00", "", "é", "toString"]
NUMBERS = [5.0, 36.5, 10**9, -(10**9)]
NOTHING = [None, "", False, 0, [], {}]


@lru_cache
def form(name: str) -> Compiled:
    """Return a form of the domain file, or the same with all that the file has no example of."""
    code = name.removesuffix(OTHER)
    return rules_cases.form(code) if name == code else Compiled(other(compile_template(shipped(), code)))


def other(spec: Json) -> Json:
    """Return a form with stricter limits, more seasons, readings that may not be left out, and rules with figures."""
    season = shipped().vocabulary.conditions["winter"].to_json()
    spec["conditions"]["winter"] = season
    for place, item in enumerate(spec["items"]):
        if item["answer"]["kind"] in ("number", "count"):
            item["tighter"] = [{"min": "1.5", "max": "74.95"}, {"max": "75.5"}][place % 2 :]
        if "repeat_by" in item["answer"]:
            item.pop("na", None)
        if place % 3 == 2:
            item["when"] = ["winter"]
    spec["rules"] += [rule(place, item) for place, item in enumerate(spec["items"]) if compared(item)]
    return spec


def compared(item: Json) -> bool:
    """Whether a rule may compare an item."""
    return item["answer"]["kind"] in ("number", "count") and "repeat_by" not in item["answer"]


def rule(place: int, item: Json) -> Json:
    """Return a rule that compares an item with a figure; every consequence stands in one of them."""
    ends = [{"needs_reason": True}, {"flag": "truth"}, {"alarm": ["principal"]}, {"fail": item["code"]}]
    sides = {"left": {"item": item["code"]}, "right": {"value": place}}
    names = {"code": f"XR-OTH-{place:02}", "template": "", "zh": "另加的规则", "en": "Another rule"}
    return {**names, **sides, "op": ["eq", "le", "ge"][place % 3], "on_fail": ends[place % 4]}


def draw(chance: Random) -> dict[str, Any]:
    """Return a form, a day, a submission and a stage."""
    name = chance.choice([*FORMS, *REPEATING])
    context = day(chance, name)
    stage = chance.choice([None, *form(name).stages])
    return {"form": name, "context": context, "submission": submission(chance, name, context, stage), "stage": stage}


# ---------------------------------------------------------------- the day


def day(chance: Random, name: str) -> Context:
    """Return a date, parameters and facts: mostly sound, some of them strange."""
    good = rules_cases.facts(name.removesuffix(OTHER))
    keys = form(name).spec.facts
    strange = chance.choice([0.0, 0.1, 0.4, 1.0])
    facts = {key: fact(chance, keys[key].type) if chance.random() < strange else good[key] for key in keys}
    parameters = rules_cases.parameters()
    for key in chance.sample(sorted(parameters), chance.choice([0, 0, 3, len(parameters)])):
        parameters[key] = chance.choice([0, 3, -1, "7.95", "70.05", "0.5", "-0.5", "junk", "03-01", "11-15"])
    if chance.random() < 0.3:
        parameters |= SEASON
    on = chance.choice([date(2026, 1, 1) + timedelta(chance.randrange(1200)), chance.choice(EDGES)])
    return Context(on, parameters if chance.random() < 0.9 else {}, facts)


def fact(chance: Random, kind: str) -> Any:
    """Return what a fact may answer, once in a while of another type than it promises."""
    if chance.random() < 0.15:
        return chance.choice([True, 5, "7", "self_run", (), (ListedEntry("k1", "冰箱"),)])
    told: dict[str, Callable[[], Any]] = {
        "bool": lambda: chance.random() < 0.5,
        "choice": lambda: chance.choice(["self_run", "contracted", "delivered", "other"]),
        "list": lambda: entries(chance),
    }
    figure = lambda: chance.choice([chance.choice(FIGURES), chance.randrange(-3, 130)])  # noqa: E731
    return chance.choice([UNKNOWN, NOT_APPLICABLE, told.get(kind, figure)(), told.get(kind, figure)()])


def entries(chance: Random) -> tuple[ListedEntry, ...]:
    """Return the appliances of a list fact; some have no name, some no figure."""
    codes = chance.sample(["k1", "2", "10", "__proto__", "toString"], chance.randrange(4))
    return tuple(
        ListedEntry(code, chance.choice(["一号冰箱", "", "甲%(x)s"]), chance.choice([None, *FIGURES])) for code in codes
    )


# ---------------------------------------------------------------- the answers


def submission(chance: Random, name: str, context: Context, stage: str | None) -> Any:
    """Return answers that pass, with some of them changed; or something that is no set of answers."""
    if chance.random() < 0.02:
        return chance.choice([None, [], "x", 5, True, [{}]])
    known = form(name)
    usual = {} if chance.random() < 0.1 else passing(known, context, stage)
    changed = chance.sample(known.plans, min(len(known.plans), chance.choice([0, 1, 2, 4, 8, 99])))
    usual |= {plan.code: entry(chance, plan, known, context) for plan in changed}
    usual |= {rule.code: reason(chance) for rule in known.rules if chance.random() < 0.4}
    if chance.random() < 0.1:
        usual |= {key: {"a": "pass"} for key in chance.sample(STRANGE, chance.randrange(len(STRANGE)))}
    return usual


def passing(known: Compiled, context: Context, stage: str | None) -> dict[str, Any]:
    """Return answers in which everything that is asked is well, as the helper of the other tests gives them."""
    code = known.spec.template.code
    try:
        return rules_cases.passing(code, context, stage)
    except KeyError:  # a list that names appliances the helper has no reading for
        return {}


def reason(chance: Random) -> Any:
    """Return what may stand under the code of a rule."""
    text = chance.choice([any_text(chance), *TEXTS, *NOTHING, 5])
    return chance.choice([text, {"reason": text}, {"a": text}, [text]])


def entry(chance: Random, plan: Plan, known: Compiled, context: Context) -> Any:
    """Return an answer with what may stand beside it."""
    if chance.random() < 0.1:
        return chance.choice([*NOTHING, "pass", 1, True, ["pass"], 4.5])
    if plan.repeat_by and chance.random() < 0.4:
        return {"a": dict.fromkeys(listed(plan, context), "na"), "na_reason": "除霜"}
    given: dict[str, Any] = {"a": answer(chance, plan, context)}
    for key in ("na_reason", "changed_reason", "note"):
        if chance.random() < 0.6:
            given[key] = chance.choice(
                ["说明", chance.choice([any_text(chance), *TEXTS, *NOTHING, 7, ["x"], {"x": 1}, True])]
            )
    if chance.random() < 0.6:
        given["photos"] = chance.choice([1, 2, 0, None, -1, 1.5, 2.0, True, "1", 10**9, 10**25, [], {}])
    if chance.random() < 0.6:
        given["stop_service"] = stop(chance)
    return given


def any_text(chance: Random) -> str:
    """Return characters from anywhere."""
    return "".join(chr(chance.choice([chance.randrange(0x300), chance.randrange(0x110000)])) for _one in range(12))


def stop(chance: Random) -> Any:
    """Return what may be said about stopping a service."""
    since = chance.choice([*SINCES, *NOTHING, 730, ["07:30"]])
    return chance.choice(
        [{"stopped": True, "since": since}] * 6
        + [{"stopped": False}, {"stopped": False, "since": 5}, {"stopped": 1}, {"stopped": None}, {}, [], None, "yes"]
    )


def answer(chance: Random, plan: Plan, context: Context) -> Any:
    """Return the answer to an item: of its kind, or of any other."""
    if chance.random() < 0.15:
        return chance.choice([*NOTHING, "na", "pass", True, 5, 4.5, 10**12, 10**30, -0.0, ["na"], {"k1": "4.0"}])
    if plan.repeat_by:
        return each(chance, plan, context)
    if plan.is_figure:
        return figure(chance)
    if plan.kind == "bool":
        return chance.choice(["pass", "fail", "fail", "na", "Pass"])
    if plan.kind == "choice":
        return chance.choice([*plan.letters, "na", "other", "constructor"])
    return chance.choice([any_text(chance), *TEXTS])


def listed(plan: Plan, context: Context) -> list[str]:
    """Return the codes of the appliances that a day lists."""
    known = context.facts.get(plan.repeat_by)
    return [one.code for one in known if isinstance(one, ListedEntry)] if isinstance(known, tuple) else ["1"]


def each(chance: Random, plan: Plan, context: Context) -> Any:
    """Return answers for the entries that the day lists, sometimes one too many or too few."""
    codes = listed(plan, context)
    if chance.random() < 0.1:
        codes = [*codes, "k9"][chance.randrange(2) :]
    return {code: chance.choice(["4.0", "-18", "na", figure(chance), *NOTHING]) for code in codes}


def figure(chance: Random) -> Any:
    """Return a figure as text, near a limit more often than not, or as a number."""
    whole, tenths = chance.randrange(-2, 131), f"{chance.randrange(-200, 1600) / 10:.1f}"
    odd = "".join(chance.choice("0123456789.-+e０９．－。− \t\x1c") for _sign in range(chance.randrange(1, 12)))
    return chance.choice(
        [odd, chance.choice(FIGURES), chance.choice(FIGURES), str(whole), whole, tenths, tenths, *NUMBERS]
    )
