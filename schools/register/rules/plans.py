"""What a sheet of schools would do: which rows are new, changed, the same or wrong. No database, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext

from logistics_portal.kit.cells import read_day, read_flag, read_whole
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.sheets import Row
from schools.register.rules.changes import GUARDED
from schools.register.rules.columns import (
    AMBIGUOUS_KINDS,
    BY_KEY,
    FLAGS,
    KINDS,
    MIDDLE_SCHOOLS,
    NAME_ENDS,
    NAME_SAYS,
    NOT_SCHOOLS,
    OWNERSHIPS,
)
from schools.register.rules.regions import Region, Regions

SHORTEST_CODE, LONGEST_CODE = 10, 20
LONGEST = {"name": 80, "address": 120, "phone": 30}
MOST_PUPILS = 50_000
EARLIEST = date(1850, 1, 1)


@dataclass(frozen=True, slots=True)
class Known:
    """A school as the register has it."""

    pk: int
    code: str
    unit: int
    closed: bool
    facts: Mapping[str, Any]


@dataclass
class Line:
    """A row that can be read: which school, under which bureau, and what the sheet says of it."""

    number: int
    code: str
    region: Region
    facts: dict[str, Any]
    guess: str = ""


@dataclass
class Plan:
    """What an import would do."""

    new: list[Line] = field(default_factory=list)
    changed: list[tuple[Known, dict[str, Any]]] = field(default_factory=list)
    same: int = 0
    errors: dict[int, list[str]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def guarded(self) -> int:
        """Return how many known schools would change in a fact that needs a second person."""
        return sum(any(name in GUARDED for name in told) for _known, told in self.changed)

    @property
    def figures(self) -> dict[str, int]:
        """Return the figures of a dry run."""
        counted = {"new": len(self.new), "changed": len(self.changed), "same": self.same, "errors": len(self.errors)}
        return {**counted, "guarded": self.guarded, **self.warnings}

    def wrong(self, number: int, sentence: str) -> None:
        """Note what is wrong with a row."""
        self.errors.setdefault(number, []).append(sentence)


def plan(rows: Iterable[Row], regions: Regions, known: Iterable[Known], today: date) -> Plan:
    """Return what a sheet would do; one wrong row and nothing may be written."""
    found = Plan()
    lines = _read_all(rows, regions, found, today)
    _refuse_doubles(lines, found)
    by_code = {school.code: school for school in known}
    by_name = {(school.unit, school.facts["name"]): school for school in by_code.values() if not school.closed}
    for line in lines:
        if line.number not in found.errors:
            _sort_in(
                line, by_code.get(line.code) if line.code else by_name.get((line.region.pk, line.facts["name"])), found
            )
    return found


def _read_all(rows: Iterable[Row], regions: Regions, found: Plan, today: date) -> list[Line]:
    lines: list[Line] = []
    unit = code = city = ""
    for row in rows:
        if row["unit"] or row["unit_code"]:
            unit, code, city = row["unit"], row["unit_code"], row["city"]
        elif unit or code:
            found.warnings["carried"] += 1
        for sentence in row.errors:
            found.wrong(row.number, sentence)
        try:
            region = regions.find(unit, "" if row.errors and not unit else code, row["city"] or city)
        except NotAllowed as refusal:
            found.wrong(row.number, str(refusal))
            continue
        facts = _facts(row, found, today)
        lines.append(Line(row.number, _code(row, found), region, facts, guess(row["name"], row["kind"])))
    return lines


def _code(row: Row, found: Plan) -> str:
    code = row["code"].replace(" ", "").upper()
    if not code or row.errors:
        return code
    if not code.isascii() or not code.isalnum() or len(code) > LONGEST_CODE:
        found.wrong(row.number, gettext("学校代码“%(code)s”应由数字或字母组成，最多 20 位。") % {"code": code})
    elif code.isdigit() and len(code) < SHORTEST_CODE:
        told = {"code": code, "length": len(code)}
        found.wrong(
            row.number,
            gettext("学校代码 %(code)s 只有 %(length)s 位，前面的 0 可能丢了，请把该列设为文本重填。") % told,
        )
    return code


def _facts(row: Row, found: Plan, today: date) -> dict[str, Any]:
    """Return what a row says, empty cells left out; what cannot be read is noted."""
    facts = _texts(row, found)
    readers: dict[str, Callable[[], object]] = {
        "kind": partial(_kind, row),
        "ownership": partial(_ownership, row["ownership"]),
        "pupils": partial(_number, row["pupils"]),
        "boarders": partial(_number, row["boarders"]),
        "opened_date": partial(_opened, row["opened"], today),
        **{name: partial(read_flag, row[key]) for name, key in FLAGS.items()},
    }
    for name, reader in readers.items():
        try:
            value = reader()
        except NotAllowed as refusal:
            found.wrong(row.number, f"{_label(name)}：{refusal}")
            continue
        if value is not None:
            facts[name] = value
    return facts


def _texts(row: Row, found: Plan) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, longest in LONGEST.items():
        if len(row[name]) > longest:
            told = {"name": BY_KEY[name].label, "longest": longest}
            found.wrong(row.number, gettext("“%(name)s”最多 %(longest)s 个字。") % told)
        elif row[name]:
            facts[name] = row[name]
    if not row["name"]:
        found.wrong(row.number, gettext("学校名称没有填。"))
    return facts


def _label(name: str) -> str:
    return BY_KEY[{**FLAGS, "opened_date": "opened"}.get(name, name)].label


def guess(name: str, word: str) -> str:
    """Return the kind that a school's name tells, or else the word 中学, or nothing."""
    told = next((kind for part, kind in NAME_SAYS if part in name), "")
    told = told or next((kind for end, kind in NAME_ENDS.items() if name.endswith(end)), "")
    return told or ("junior" if word.strip().lower() in MIDDLE_SCHOOLS else "")


def _kind(row: Row) -> str | None:
    word = row["kind"].strip().lower()
    if word in NOT_SCHOOLS or "幼儿园" in row["name"]:
        raise NotAllowed(gettext("幼儿园、高校等不在登记范围，请删去这一行。"))
    if word in KINDS:
        return KINDS[word]
    if word not in AMBIGUOUS_KINDS:
        raise NotAllowed(gettext("“%(word)s”不是学校类型，请从下拉列表中选。") % {"word": row["kind"]})
    return None


def _ownership(text: str) -> str | None:
    if not text:
        return None
    try:
        return OWNERSHIPS[text.strip().lower()]
    except KeyError:
        raise NotAllowed(gettext("请填“公办”或“民办”，不能填“%(text)s”。") % {"text": text}) from None


def _number(text: str) -> int | None:
    number = read_whole(text)
    if number is not None and not 0 <= number <= MOST_PUPILS:
        raise NotAllowed(gettext("%(number)s 不合理，请核对。") % {"number": number})
    return number


def _opened(text: str, today: date) -> date | None:
    day = read_day(f"{text.strip()}1月" if text.strip().endswith("年") else text)
    if day is not None and not EARLIEST <= day <= today:
        raise NotAllowed(gettext("%(day)s 不合理，请核对。") % {"day": day})
    return day


def _refuse_doubles(lines: list[Line], found: Plan) -> None:
    codes = Counter(line.code for line in lines if line.code)
    names = Counter((line.region.pk, line.facts.get("name")) for line in lines if not line.code)
    for line in lines:
        if line.code and codes[line.code] > 1:
            found.wrong(line.number, gettext("学校代码 %(code)s 在文件里重复。") % {"code": line.code})
        if not line.code and names[line.region.pk, line.facts.get("name")] > 1:
            found.wrong(line.number, gettext("同一主管单位下有重名学校，请填学校代码加以区分。"))


def _sort_in(line: Line, school: Known | None, found: Plan) -> None:
    try:
        if school is None:
            found.warnings["guessed"] += _complete(line)
            found.new.append(line)
        elif told := _changes(line, school):
            found.changed.append((school, told))
        else:
            found.same += 1
    except NotAllowed as refusal:
        found.wrong(line.number, str(refusal))


def _complete(line: Line) -> bool:
    """Refuse a new school that lacks what it must have; say whether its kind had to be read from its name."""
    if "kind" not in line.facts and not line.guess:
        raise NotAllowed(gettext("类型没有填，从校名也看不出来，请选小学、初中等。"))
    _boarders_are_pupils(line.facts.get("boarders", 0), line.facts.get("pupils", 0))
    guessed = "kind" not in line.facts
    line.facts.setdefault("kind", line.guess)
    return guessed


def _changes(line: Line, school: Known) -> dict[str, Any]:
    """Return what a known school would be told anew, or refuse what an import cannot do."""
    if school.closed:
        raise NotAllowed(gettext("代码 %(code)s 的学校已撤并，不能再导入。") % {"code": school.code})
    if school.unit != line.region.pk:
        raise NotAllowed(gettext("这所学校现由其他单位主管，变更主管单位请在学校页面申请。"))
    told = {name: value for name, value in line.facts.items() if school.facts[name] != value}
    _boarders_are_pupils(told.get("boarders", school.facts["boarders"]), told.get("pupils", school.facts["pupils"]))
    return told


def _boarders_are_pupils(boarders: int, pupils: int) -> None:
    if boarders > pupils:
        raise NotAllowed(gettext("寄宿生数不能多于在校生数。"))
