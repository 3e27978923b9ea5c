"""The worked cases of the evaluation, and what the trial calculator refuses."""

import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from inspections.evaluations.rules import parsers, writing
from inspections.evaluations.rules.cases import CaseError, calculate, load
from inspections.evaluations.rules.figures import in_full, printed
from inspections.evaluations.rules.reading import Reader
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import outcome

TEXT = (Path(__file__).parents[2] / "data" / "evaluation_cases.json").read_text(encoding="utf-8")
CASES: dict[str, Any] = load(TEXT)
WRITERS = {
    "school": (parsers.school_inputs, writing.school_case),
    "county": (parsers.county_inputs, writing.county_case),
    "city": (parsers.city_inputs, writing.city_case),
    "principal": (parsers.person_inputs, writing.person_case),
}


def test_every_worked_case_is_there():
    kinds = {case["kind"] for case in CASES.values()}

    assert len(CASES) == 87
    assert kinds == {"school", "rectification", "ranking", "county", "city", "principal", "award", "rounding"}


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case_comes_out_exactly(name):
    case = {"kind": CASES[name]["kind"], "inputs": CASES[name]["inputs"]}

    assert calculate({name: case}) == {name: CASES[name]["expected"]}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["kind"] in WRITERS])
def test_frozen_inputs_are_read_back_and_give_the_same_result(name):
    kind = CASES[name]["kind"]
    read, write = WRITERS[kind]
    frozen = json.loads(json.dumps(write(read(Reader(name, "", CASES[name]["inputs"])))))

    assert calculate({name: {"kind": kind, "inputs": frozen}}) == {name: CASES[name]["expected"]}


def test_the_same_file_gives_the_same_bytes_whatever_the_order_of_lists_and_keys():
    shuffled = {name: {**case, "inputs": _shuffled(case["inputs"])} for name, case in CASES.items()}

    first, second = calculate(CASES), calculate(shuffled)

    assert first == second
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_numbers_and_numeric_strings_are_the_same_figures():
    inputs = CASES["E01"]["inputs"]

    assert calculate({"E": {"kind": "school", "inputs": _as_strings(inputs)}})["E"] == CASES["E01"]["expected"]


def test_unknown_keys_are_ignored():
    inputs = {**CASES["E01"]["inputs"], "weather": "snow"}

    assert calculate({"E": {"kind": "school", "inputs": inputs}})["E"] == CASES["E01"]["expected"]


def _part(**changes: Any) -> dict[str, Any]:
    part = {"required": 10, "exempt": 0, "timely": 9, "late": 1, "issues": {}, "visits": []}
    return {"campus": {**part, **changes}}


def _award(**changes: Any) -> dict[str, Any]:
    return {"programme": "canteen", "on": "2027-04-20", "grade": "良好", "parts": {"canteen": "86"}, **changes}


@pytest.mark.parametrize(
    ("kind", "inputs", "key"),
    [
        ("school", None, "inputs"),
        ("school", [], "inputs"),
        ("school", _part(timely=-1), "campus.timely"),
        ("school", _part(timely="1.5"), "campus.timely"),
        ("school", _part(timely=True), "campus.timely"),
        ("school", _part(timely="九"), "campus.timely"),
        ("school", _part(timely=None), "campus.timely"),
        ("school", _part(required=None), "campus.required"),
        ("school", _part(exempt=11), "campus.exempt"),
        ("school", _part(issues={"grave": [1, 0, 0]}), "campus.issues.grave"),
        ("school", _part(issues={"minor": [1, 0]}), "campus.issues.minor"),
        ("school", _part(issues={"minor": [1, 0, None]}), "campus.issues.minor"),
        ("school", _part(issues={"minor": [1, 0, -1]}), "campus.issues.minor"),
        ("school", _part(visits=[["town", 80]]), "campus.visits[0]"),
        ("school", _part(visits=[["city", 101]]), "campus.visits[0]"),
        ("school", _part(visits=[["city"]]), "campus.visits[0]"),
        ("school", _part(visits={"city": 80}), "campus.visits"),
        ("school", {"campus": 5}, "campus"),
        ("school", {"management": {"ratio": [1]}}, "management.ratio"),
        ("school", {"management": {"ratio": [-1, 2]}}, "management.ratio"),
        ("school", {"management": {"ratio": "-0.1"}}, "management.ratio"),
        ("school", {"management": {"funds": 101}}, "management.funds"),
        ("school", {"management": {"funds": {"surplus_rate": "x"}}}, "management.funds.surplus_rate"),
        ("school", {"management": {"new_debt": "no"}}, "management.new_debt"),
        ("school", {"management": {"survey": {"cooks": [1, 1, 1]}}}, "management.survey.cooks"),
        ("school", {"management": {"survey": {"staff": [90, 9, 8]}}}, "management.survey.staff"),
        ("school", {"management": {"survey": {"staff": [90, 9]}}}, "management.survey.staff"),
        ("school", {"bonus": {"practices": -1}}, "bonus.practices"),
        ("school", {"bonus": -1}, "bonus"),
        ("school", {"school_days": "NaN"}, "school_days"),
        ("school", {"school_days": 10**40}, "school_days"),
        ("school", {"school_days": 1.5}, "school_days"),
        ("school", {"late_reports": "1e999999999"}, "late_reports"),
        ("school", {"incidents": {"deaths": 1}}, "incidents"),
        ("school", {"incidents": [5]}, "incidents[0]"),
        ("school", {"incidents": [{"grade_493": "huge"}]}, "incidents[0].grade_493"),
        ("school", {"incidents": [{"reporting": False}]}, "incidents[0].reporting"),
        ("rectification", {"issues": [{"severity": "minor", "taken": 4}]}, "issues[0].allowed"),
        ("rectification", {"issues": [{"allowed": 4, "taken": 4}]}, "issues[0].severity"),
        (
            "rectification",
            {"issues": [{"severity": "critical", "allowed": 4, "extension": 1}]},
            "issues[0].extension",
        ),
        ("rectification", {"issues": [{"severity": "minor", "allowed": 4, "extension": 5}]}, "issues[0].extension"),
        ("ranking", {"quota": -1, "schools": []}, "quota"),
        ("ranking", {"schools": [{"score": 90, "own_grade": "优秀"}]}, "schools[0].code"),
        ("ranking", {"schools": [{"code": "S", "score": 90, "own_grade": "极好"}]}, "schools[0].own_grade"),
        ("ranking", {"schools": [{"code": "S", "own_grade": "优秀"}] * 2}, "schools[1].code"),
        ("county", {"schools": [{"score": 90, "grade": "优秀"}]}, "schools[0].enrolment"),
        ("county", {"schools": [{"enrolment": 5, "score": 90}]}, "schools[0].grade"),
        ("county", {"satisfaction": 100.5}, "satisfaction"),
        ("county", {"review": {"verification": [1, 2, 3]}}, "review.verification"),
        ("city", {"counties": [{"enrolment": 5, "score": "101"}]}, "counties[0].score"),
        ("principal", {"posts": [{"days": -1}]}, "posts[0].days"),
        ("principal", {"posts": [{"school_score": 80}]}, "posts[0].days"),
        ("principal", {"duty": "很好"}, "duty"),
        ("award", _award(on="20270420"), "on"),
        ("award", _award(on="2027-02-30"), "on"),
        ("award", _award(programme="library"), "programme"),
        ("award", _award(vetoes=[{"state": "active", "day": "2026-03-12"}]), "vetoes[0].months"),
        ("award", _award(vetoes=[{"state": "gone", "day": "2026-03-12", "months": 12}]), "vetoes[0].state"),
        ("award", _award(parts={"canteen": "8O"}), "parts.canteen"),
        ("rounding", ["89.9", None], "inputs[1]"),
        ("rounding", ["-1"], "inputs[0]"),
        ("rounding", {"a": 1}, "inputs"),
        ("picnic", {}, "kind"),
        (None, {}, "kind"),
    ],
)
def test_bad_input_is_refused_by_case_and_key_in_one_sentence(kind, inputs, key):
    with pytest.raises(CaseError) as refusal:
        calculate({"E99": {"kind": kind, "inputs": inputs}})

    sentence = str(refusal.value)
    assert (refusal.value.case, refusal.value.key) == ("E99", key)
    assert sentence.startswith(f"案例“E99”的“{key}”有误：")
    assert sentence.endswith("。")
    assert sentence.count("。") == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "5", "{", '{"a": NaN}', '{"a": {"kind": 1, "kind": 2}}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}"],
)
def test_a_broken_file_is_refused(text):
    with pytest.raises(CaseError):
        load(text)


@pytest.mark.parametrize("case", [None, 5, "E01", []])
def test_a_case_that_is_no_object_is_refused(case):
    with pytest.raises(CaseError):
        calculate({"E99": case})


def _shuffled(value: Any) -> Any:
    order = random.Random(7)  # noqa: S311
    if isinstance(value, dict):
        pairs = [(key, _shuffled(member)) for key, member in value.items()]
        order.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        members = [_shuffled(member) for member in value]
        if members and all(isinstance(member, list | dict) for member in members):
            order.shuffle(members)
        return members
    return value


def _as_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_strings(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_as_strings(member) for member in value]
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _lines(line):
    yield line
    for child in line.children:
        yield from _lines(child)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["kind"] == "school"])
def test_points_as_printed_sum_to_the_figure_as_printed_or_the_line_says_why_not(name):
    result = outcome(parsers.school_inputs(Reader(name, "", CASES[name]["inputs"])), Scheme())

    for line in _lines(result.explanation):
        points = [child.points for child in line.children if child.points is not None]
        if line.exact is None or not points or sum(points) != line.exact:
            continue
        shown = sum(Decimal(printed(figure)) for figure in points)
        if str(shown) == line.printed:
            assert line.rounding is None
        else:
            assert line.rounding == (str(shown), in_full(line.exact))
            assert line.rounding[0] != line.printed


def test_some_worked_case_needs_the_word_about_rounding():
    said = [
        line.rounding
        for name, case in CASES.items()
        if case["kind"] == "school"
        for line in _lines(outcome(parsers.school_inputs(Reader(name, "", case["inputs"])), Scheme()).explanation)
        if line.rounding
    ]

    assert said
    assert all(abs(Decimal(shown) - Decimal(exact.rstrip("…"))) < Decimal("0.1") for shown, exact in said)


def test_a_figure_in_full_tells_that_it_goes_on():
    assert in_full(Fraction(1765, 20)) == "88.250000"
    assert in_full(Fraction(-200, 3)) == "-66.666666…"
