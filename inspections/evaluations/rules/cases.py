"""The trial calculator: a file of cases in, one plain answer per case out (evaluation §7)."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from inspections.evaluations.rules import parsers
from inspections.evaluations.rules.awards import PROGRAMMES, Standing, VetoWindow, entry_bar
from inspections.evaluations.rules.bureaus import BureauOutcome, city, county
from inspections.evaluations.rules.figures import printed, printed_or_none
from inspections.evaluations.rules.persons import principal
from inspections.evaluations.rules.ranking import Candidate, rank
from inspections.evaluations.rules.reading import CaseError, Reader
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import Remedy, grade_of, outcome, rectification
from inspections.evaluations.rules.words import GRADES, PERSON_WORDS, WORDS, Grade
from inspections.incidents.rules.words import VetoState

__all__ = ["CaseError", "calculate", "load"]

Answer = dict[str, object]

VETOES = {state.value: state for state in (VetoState.PROVISIONAL, VetoState.ACTIVE, VetoState.LIFTED)}


def load(text: str) -> dict[str, object]:
    """Return a case file's contents with every number exact; broken text or a key given twice is a CaseError."""
    try:
        cases = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except CaseError:
        raise
    except (ValueError, RecursionError) as broken:
        raise CaseError("文件", "全文", "不是有效的 JSON") from broken
    if not isinstance(cases, dict):
        raise CaseError("文件", "全文", "应为一组“案例名：案例”")
    return cases


def calculate(cases: Mapping[str, object], scheme: Scheme | None = None) -> dict[str, Answer]:
    """Return each case's answer, with exactly the keys of evaluation §7; the first bad input is a CaseError."""
    figures = Scheme() if scheme is None else scheme
    return {name: _answer(name, case, figures) for name, case in cases.items()}


def _answer(name: str, case: object, scheme: Scheme) -> Answer:
    if not isinstance(case, Mapping):
        raise CaseError(name, "全例", "应为一组键值")
    whole = Reader(name, "", case)
    kind = whole.choice("kind", KINDS)
    if case.get("inputs") is None:
        raise whole.refuse("inputs", "缺少此项")
    if kind is _rounding:
        return kind(whole, scheme)
    inputs = whole.child("inputs")
    if inputs is None:
        raise whole.refuse("inputs", "缺少此项")
    return kind(Reader(name, "", inputs.data), scheme)


def _school(reader: Reader, scheme: Scheme) -> Answer:
    result = outcome(parsers.school_inputs(reader), scheme)
    return {
        "score": result.printed,
        "grade": WORDS[result.grade],
        "veto": result.veto.value,
        "trigger": [trigger.value for trigger in result.triggers],
        "caps": [cap.code for cap in result.caps],
        "parts": {key: line.printed for key, line in result.parts.items()},
        "indicators": {
            part: {key: line.printed for key, line in lines.items()} for part, lines in result.indicators.items()
        },
    }


def _rectification(reader: Reader, scheme: Scheme) -> Answer:
    result = rectification([_remedy(row) for row in reader.children("issues")], scheme)
    return {
        "issues": {name: [count.on_time, count.half, count.failed] for name, count in result.issues.items()},
        "rate": printed_or_none(result.rate),
    }


def _remedy(reader: Reader) -> Remedy:
    remedy = Remedy(
        severity=reader.choice("severity", {name: name for name in parsers.SEVERITIES}),
        allowed=reader.needed("allowed"),
        extension=reader.figure("extension") or Fraction(0),
        taken=reader.figure("taken"),
    )
    if remedy.extension > 0 and remedy.severity == "critical":
        raise reader.refuse("extension", "严重问题不得延期")
    if remedy.extension > remedy.allowed:
        raise reader.refuse("extension", "延期不应长于首次期限")
    return remedy


def _ranking(reader: Reader, scheme: Scheme) -> Answer:
    del scheme
    quota = reader.count("quota") if reader.has("quota") else None
    schools: dict[str, Candidate] = {}
    for row in reader.children("schools"):
        candidate = _candidate(row)
        if candidate.code in schools:
            raise row.refuse("code", "学校代码重复")
        schools[candidate.code] = candidate
    result = rank(list(schools.values()), quota)
    placings = {placing.code: placing for placing in result.placings}
    return {code: {"rank": placings[code].rank, "grade": WORDS[placings[code].grade]} for code in schools}


def _candidate(reader: Reader) -> Candidate:
    code = reader.data.get("code")
    if not isinstance(code, str) or not code:
        raise reader.refuse("code", "应为学校代码")
    vetoed = reader.flag("vetoed")
    return Candidate(
        code=code,
        score=reader.score("score"),
        own_grade=reader.choice("own_grade", GRADES, Grade.FAIL if vetoed else None),
        vetoed=vetoed,
        critical_rectification=reader.score("critical_rectification"),
        supervision=reader.score("supervision"),
    )


def _county(reader: Reader, scheme: Scheme) -> Answer:
    result = county(parsers.county_inputs(reader), scheme)
    return {**_bureau(result), "line": result.line}


def _city(reader: Reader, scheme: Scheme) -> Answer:
    return _bureau(city(parsers.city_inputs(reader), scheme))


def _bureau(result: BureauOutcome) -> Answer:
    return {
        "score": result.printed,
        "grade": WORDS[result.grade],
        "vetoed": result.vetoed,
        "veto": result.veto.value,
    }


def _principal(reader: Reader, scheme: Scheme) -> Answer:
    result = principal(parsers.person_inputs(reader), scheme)
    return {"score": result.printed, "grade": PERSON_WORDS[result.grade]}


def _award(reader: Reader, scheme: Scheme) -> Answer:
    parts = reader.child("parts")
    standing = Standing(
        grade=reader.choice("grade", GRADES, Grade.NOT_GRADED),
        parts={} if parts is None else {key: parts.score(key) for key in parts.data},
        vetoes=tuple(_veto(row) for row in reader.children("vetoes")),
        open_critical=reader.flag("open_critical"),
        visits=reader.count("visits"),
        legal_basis=reader.flag("legal_basis"),
    )
    programme = reader.choice("programme", {name: name for name in PROGRAMMES})
    result = entry_bar(programme, standing, on=reader.day("on"), scheme=scheme)
    return {"eligible": result.eligible, "reasons": [reason.value for reason in result.reasons]}


def _veto(reader: Reader) -> VetoWindow:
    months = reader.count("months", None)
    if months > MOST_MONTHS:
        raise reader.refuse("months", "月数过大")
    return VetoWindow(
        state=reader.choice("state", VETOES),
        day=reader.day("day"),
        months=months,
        verified=reader.flag("verified"),
    )


def _rounding(whole: Reader, scheme: Scheme) -> Answer:
    answers: Answer = {}
    for place, value in enumerate(whole.items("inputs")):
        row = Reader(whole.case, "", {f"inputs[{place}]": value})
        figure = row.needed(f"inputs[{place}]")
        answers[str(value)] = {"score": printed(figure), "grade": WORDS[grade_of(figure, scheme)]}
    return answers


def _no_number(word: str) -> NoReturn:
    raise CaseError("文件", word, "不是数字")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise CaseError("文件", key, "同一层中出现两次")
        found[key] = value
    return found


MOST_MONTHS = 1200
KINDS: dict[str, Callable[[Reader, Scheme], Answer]] = {
    "school": _school,
    "rectification": _rectification,
    "ranking": _ranking,
    "county": _county,
    "city": _city,
    "principal": _principal,
    "award": _award,
    "rounding": _rounding,
}
