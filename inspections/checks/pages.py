"""A form as a page shows it: sections with their items, what was typed, what was said the last time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from inspections.checklists.rules.clock import Due
from inspections.checklists.rules.context import Context
from inspections.checklists.rules.forms import Kind
from inspections.checks.answers import restore
from inspections.checks.models import Check
from inspections.checks.rules.asking import Question, questions, rest_of_section
from inspections.checks.rules.plans import Compiled, Plan
from inspections.checks.rules.sight import na_reason_text
from inspections.checks.rules.typed import instant
from inspections.checks.selectors import compiled_of, local
from inspections.schedules.versions import specs_of
from logistics_portal.accounts.models import User
from logistics_portal.records.units import unit_word
from schools.register.models import Place

SHORT = 24
MARKS = {"pass": "good", "fail": "bad", "na": "idle"}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of an item, as a button."""

    value: str
    label: str
    tone: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of an item: of the item itself, or of one appliance or delivery."""

    name: str
    label: str
    value: str
    known: str
    accepted: bool
    left_out: bool


@dataclass(slots=True)
class ItemView:
    """One item of the form with all that stands around it."""

    question: Question
    text: str
    error: str
    last: str
    limits: str
    below: str
    above: str
    due: str
    rest: bool
    entry: Mapping[str, Any]
    day: date
    options: Sequence[Option] = ()
    lines: Sequence[Line] = ()
    fixer: int | None = None
    photos_lost: int = 0

    @property
    def is_figure(self) -> bool:
        """Say whether a number is typed."""
        return self.question.kind in {Kind.NUMBER, Kind.COUNT}

    @property
    def is_text(self) -> bool:
        """Say whether words are typed."""
        return self.question.kind == Kind.TEXT

    @property
    def unit(self) -> str:
        """Return what a figure is counted in, in the reader's language."""
        return unit_word(self.question.unit)

    @property
    def is_known(self) -> bool:
        """Say whether the portal holds data on it that an answer may depart from."""
        held = self.question.prefill is not None or any(line.known for line in self.lines)
        return held or bool(self.entry.get("changed_reason"))

    @property
    def may_fail(self) -> bool:
        """Say whether the item can open a finding."""
        return self.question.severity != "info"

    @property
    def stopped(self) -> str:
        """Return what was said about stopping: yes, no or nothing."""
        stop = self.entry.get("stop_service")
        return "" if not stop else "yes" if stop.get("stopped") else "no"

    @property
    def photos_kept(self) -> int:
        """Return how many photos an earlier revision brought; they count."""
        return int(self.entry.get("photos") or 0)

    @property
    def since(self) -> tuple[str, str]:
        """Return since which day and clock the thing is out of use, as typed; the day of the check until told."""
        told = str((self.entry.get("stop_service") or {}).get("since", ""))
        if at := instant(told, self.day):
            return at.date().isoformat(), f"{at:%H:%M}"
        day, parted, clock = told.partition("T")
        return (day, clock) if parted else (self.day.isoformat(), told)


@dataclass(slots=True)
class SectionView:
    """A section: what must be looked at one by one, then what its button covers."""

    code: str
    name: str
    first: list[ItemView] = field(default_factory=list)
    rest: list[ItemView] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """Return how many items the section's button answers."""
        return sum(it.rest for it in self.rest)

    @property
    def total(self) -> int:
        """Return how many items are asked."""
        return len(self.first) + len(self.rest)

    @property
    def has_errors(self) -> bool:
        """Say whether something in it must be put right."""
        return any(it.error for it in [*self.first, *self.rest])


@dataclass(slots=True)
class RuleView:
    """A comparison that does not hold and asks why."""

    code: str
    text: str
    error: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What must be put right, and at which item."""

    code: str
    name: str
    sentence: str


@dataclass(slots=True)
class FormView:
    """A whole form, or one stage of it."""

    name: str
    stage: str
    stage_name: str
    sections: list[SectionView]
    rules: list[RuleView]
    asked: list[Question]
    errors: list[Mistake]
    people: list[User]

    @property
    def total(self) -> int:
        """Return how many items are asked."""
        return sum(section.total for section in self.sections)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form is filled with: what was typed, what was wrong with it, and what was said the last time."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, Any] = field(default_factory=dict)
    fixers: Mapping[str, int] = field(default_factory=dict)
    photos: Mapping[str, int] = field(default_factory=dict)


def build(form: Compiled, known: Context, stage: str, filled: Filled, people: list[User], me: User) -> FormView:
    """Return the form as it is shown for one slot."""
    template = form.spec.template
    asked = [it for it in questions(form, known, stage or None) if it.asked]
    covered: set[str] = set()
    sections = []
    for part in template.sections:
        mine = [it for it in asked if it.section == part.code]
        if not mine:
            continue
        covered |= rest_of_section(form, known, part.code, {}).keys()
        view = SectionView(part.code, local(part.zh, part.en))
        for it in mine:
            rest = it.code in covered
            item = _item(form, it, filled, (rest, known.date), me=_preset(people, me))
            (view.rest if rest else view.first).append(item)
        sections.append(view)
    named = {stage.code: local(stage.zh, stage.en) for stage in template.stages}
    rules = [
        RuleView(it.code, local(it.rule.zh, it.rule.en), filled.errors.get(it.code, ""), _reason(filled, it.code))
        for it in form.rules
        if it.code in filled.errors or _reason(filled, it.code)
    ]
    names = {it.code: local(it.zh, it.en) for it in asked} | {it.code: it.text for it in rules}
    errors = [Mistake(code, _short(names.get(code, "")), text) for code, text in filled.errors.items()]
    return FormView(
        local(template.zh, template.en), stage, named.get(stage, ""), sections, rules, asked, errors, people
    )


def last_answers(place: Place, checklist_id: int, before: date, form: Compiled) -> dict[str, Any]:
    """Return what the check before said, to be shown beside, never copied; one query."""
    row = (
        Check.objects.complete()
        .filter(place=place, checklist=checklist_id, date__lt=before)
        .order_by("-date", "-seq", "-revision")
        .values("version_id", "version__spec_hash", "answers", "values")
        .first()
    )
    if row is None:
        return {}
    spec = specs_of({row["version_id"]: row["version__spec_hash"]})[row["version_id"]]
    return restore(compiled_of(spec), row["answers"], row["values"])


def said_of(plan: Plan, entry: Mapping[str, Any] | None) -> str:
    """Return an answer in words: 正常, 异常, 不适用, a figure with its unit, the choice's name."""
    answer = entry.get("a") if entry else None
    if answer is None or answer == "":
        return ""
    if isinstance(answer, Mapping):
        return gettext("、").join(_figure(one, plan.item.answer.unit) for one in answer.values())
    words = {"pass": gettext("正常"), "fail": gettext("异常"), "na": gettext("不适用")}
    if answer in words:
        return words[answer]
    choices = {it.code: local(it.zh, it.en) for it in plan.item.answer.choices}
    return choices.get(str(answer)) or _figure(answer, plan.item.answer.unit)


def stop_words(stop: Mapping[str, Any] | None, day: date) -> str:
    """Return since when something is out of use, day and clock, or that it is not; nothing where nobody was asked."""
    if not stop:
        return ""
    if not stop.get("stopped"):
        return gettext("没有停用")
    since = instant(str(stop.get("since", "")), day)
    return gettext("自 %(since)s 起已停用") % {"since": f"{since:%Y-%m-%d %H:%M}"} if since else gettext("已经停用")


def due_words(due: Due | None) -> str:
    """Return how long mending may take, in words."""
    if due is None:
        return ""
    words = {
        "m": gettext("%(count)s 分钟内"),
        "h": gettext("%(count)s 小时内"),
        "d": gettext("%(count)s 个教学日内"),
    }
    return words[due.unit] % {"count": due.amount}


def na_words(stored: str) -> str:
    """Return why an item does not apply, in words."""
    return na_reason_text(stored)


def _figure(answer: object, unit: str) -> str:
    return gettext("不适用") if answer == "na" else f"{answer} {unit_word(unit)}".strip()


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def _reason(filled: Filled, code: str) -> str:
    entry = filled.answers.get(code)
    return str(entry.get("reason", "")) if isinstance(entry, Mapping) else ""


def _preset(people: Collection[User], me: User) -> int | None:
    ids = [it.pk for it in people]
    return me.pk if me.pk in ids else next(iter(ids), None)


def _item(form: Compiled, question: Question, filled: Filled, stands: tuple[bool, date], *, me: int | None) -> ItemView:
    rest, day = stands
    entry = filled.answers.get(question.code)
    entry = entry if isinstance(entry, Mapping) else {}
    plan = form.by_code[question.code]
    return ItemView(
        question=question,
        text=local(question.zh, question.en),
        error=filled.errors.get(question.code, ""),
        last=said_of(plan, filled.last.get(question.code)),
        limits=_limits(question),
        below=_verdict(question.low, question.unit, gettext("低于 %(limit)s %(unit)s，按异常记录")),
        above=_verdict(question.high, question.unit, gettext("高于 %(limit)s %(unit)s，按异常记录")),
        due=due_words(plan.due),
        rest=rest,
        entry=entry,
        day=day,
        options=_options(question, entry, plan.passing),
        lines=_lines(question, entry),
        fixer=filled.fixers.get(question.code, me),
        photos_lost=filled.photos.get(question.code, 0),
    )


def _limits(question: Question) -> str:
    if question.kind == Kind.TEXT:
        return _lengths(question)
    low, high, unit = question.low, question.high, unit_word(question.unit)
    if low is not None and high is not None:
        return gettext("应在 %(low)s–%(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}
    if low is not None:
        return gettext("不低于 %(low)s %(unit)s") % {"low": low, "unit": unit}
    return gettext("不高于 %(high)s %(unit)s") % {"high": high, "unit": unit} if high is not None else ""


def _lengths(question: Question) -> str:
    """Return how long a text is to be, told before it is typed."""
    most = gettext("最多 %(count)s 字") % {"count": question.max_length}
    if not question.min_length:
        return most
    return gettext("至少 %(count)s 字，不足按异常记录；") % {"count": question.min_length} + most


def _verdict(limit: str | None, unit: str, words: str) -> str:
    return words % {"limit": limit, "unit": unit_word(unit)} if limit is not None else ""


def _options(question: Question, entry: Mapping[str, Any], passing: Collection[str]) -> list[Option]:
    chosen = entry.get("a")
    if question.kind == Kind.BOOL:
        pairs = [("pass", gettext("正常")), ("fail", gettext("异常"))]
    elif question.kind == Kind.CHOICE:
        pairs = [(it.code, local(it.zh, it.en)) for it in question.choices]
    else:
        return []
    if question.na_allowed:
        pairs.append(("na", gettext("不适用")))
    return [Option(value, label, _tone(value, passing), value == chosen) for value, label in pairs]


def _tone(value: str, passing: Collection[str]) -> str:
    return MARKS.get(value) or ("good" if value in passing else "bad")


def _lines(question: Question, entry: Mapping[str, Any]) -> list[Line]:
    if question.kind not in {Kind.NUMBER, Kind.COUNT}:
        return []
    answer = entry.get("a")
    if not question.repeats:
        return [_line(question.code, "", answer, question.prefill)]
    given = answer if isinstance(answer, Mapping) else {}
    return [
        _line(f"{question.code}.{it.code}", it.label, given.get(it.code), _text(it.figure)) for it in question.entries
    ]


def _line(name: str, label: str, answer: object, known: str | None) -> Line:
    typed = "" if answer in (None, "na") else str(answer)
    accepted = bool(known) and typed == known
    return Line(name, label, "" if accepted else typed, known or "", accepted, answer == "na")


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)
