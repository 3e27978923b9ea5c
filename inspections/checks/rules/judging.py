"""Judging a check in one pass: every item in version order, then the cross-rules."""

from collections.abc import Mapping
from typing import Any

from inspections.checklists.rules.context import NOT_APPLICABLE, Context
from inspections.checklists.rules.shape import Json
from inspections.checklists.rules.spec import Spec

from .answering import NA, PASSED, Said, known, read
from .comparing import LEFT_OUT, OPEN, Comparison
from .plans import Compiled, Plan, RulePlan, compiled
from .sayings import Saying
from .sight import NaReason, Sight
from .typed import MAX_NOTE, MAX_REASON, NotTaken, clean, photos, stopped
from .verdicts import Alarm, Failure, Flag, Note, Refusal, Verdict

FAILED = "0"
MAX_STRANGE = 5
ABSENT: Mapping[str, Any] = {}


def judge(spec: Json | Spec | Compiled, context: Context, submission: object, stage: str | None = None) -> Verdict:
    """Return what a submission comes to; whatever was sent, it answers with a verdict and never raises.

    With `stage` only that stage must be whole: earlier ones are judged as far as they are given, later ones are not
    looked at. An unknown stage is the caller's mistake (`KeyError`).
    """
    return _Run(Sight(compiled(spec), context), submission, stage).verdict()


class _Run:
    """One judging: what has been gathered so far."""

    def __init__(self, sight: Sight, submission: object, stage: str | None) -> None:
        self.sight, self.form, self.stage = sight, sight.form, stage
        self.until = len(self.form.stages) if stage is None else self.form.stages[stage]
        self.chars: list[str] = []
        self.figures: dict[str, Any] = {}
        self.values: Json = {}
        self.aside: dict[str, Json] = {}
        self.failing: dict[int, tuple[tuple[str, ...], list[str]]] = {}
        self.errors: list[Refusal] = []
        self.missing: list[str] = []
        self.notes: list[Note] = []
        self.needs_reason: list[str] = []
        self.alarms: list[Alarm] = []
        self.flags: list[Flag] = []
        self.open_stages: set[str] = set()
        self.submission = self._whole(submission)

    def verdict(self) -> Verdict:
        """Judge everything and return what came of it."""
        for plan in self.form.plans:
            self.chars.append(self._item(plan))
        comparison = Comparison(self.sight, self.chars, self.figures)
        for rule in self.form.rules:
            shortfall = comparison.shortfall(rule)
            if shortfall is not None:
                self._broken(rule, shortfall)
        failures = tuple(self._failure(self.form.plans[index]) for index in sorted(self.failing))
        return Verdict(
            answers="".join(self.chars),
            values=self.values | {key: one for key, one in self.aside.items() if one},
            failures=failures,
            alarms=tuple(self.alarms),
            flags=tuple(self.flags),
            needs_reason=tuple(self.needs_reason),
            notes=(*self.notes, *comparison.notes),
            errors=tuple(self.errors),
            missing=tuple(self.missing),
            complete=not self.open_stages,
            stages={code: code not in self.open_stages for code in self.form.stages},
            n_fail=len(failures),
            n_na=self.chars.count(LEFT_OUT),
        )

    def _whole(self, submission: object) -> Mapping[str, Any]:
        """Return the submission if it is one, and refuse what it says about items that the form lacks."""
        if not isinstance(submission, Mapping):
            self._refuse("", "not_answers")
            return ABSENT
        strange = [key for key in submission if key not in self.form.known]
        for key in strange[:MAX_STRANGE]:
            shown = key[:20] if isinstance(key, str) and key.isascii() and key.isprintable() else "?"
            self._not_taken("", Saying("no_such_item", {"code": shown}))
        return submission

    def _refuse(self, code: str, key: str, **words: int | str | Saying) -> None:
        self._not_taken(code, Saying(key, words))

    def _not_taken(self, code: str, saying: Saying) -> None:
        self.errors.append(Refusal(code, str(saying), saying))

    def _keep(self, kind: str, code: str, value: object) -> None:
        self.aside.setdefault(kind, {})[code] = value

    def _item(self, plan: Plan) -> str:
        """Return the character of one item."""
        asked = self.sight.asked(plan) if plan.when else True
        entry = self.submission.get(plan.code)
        if asked is False:
            if entry:
                self.notes.append(Note(plan.code, "ignored", plan.code))
            return OPEN
        if plan.stage_rank > self.until:
            return self._open(plan)
        try:
            return self._answered(plan, entry, asked)
        except NotTaken as refusal:
            self._not_taken(plan.code, refusal.saying)
            return self._open(plan)

    def _open(self, plan: Plan) -> str:
        self.open_stages.add(plan.stage)
        return OPEN

    def _answered(self, plan: Plan, entry: object, asked: bool | None) -> str:
        """Return the character of an item that is asked now."""
        if entry is None:
            return self._silent(plan)
        if not isinstance(entry, dict):
            raise NotTaken("wrong_shape")
        raw = entry.get("a")
        if not raw and type(raw) is not int:
            return self._silent(plan)
        if raw == NA:
            return self._left_out(plan, entry, asked)
        said = read(plan, raw, self.sight)
        self._note(plan, entry)
        if said is not PASSED:
            self._weigh(plan, entry, said)
        return said.char

    def _silent(self, plan: Plan) -> str:
        """Return the character of an item nobody answered: not applicable of itself, or still open."""
        reason = self.sight.settled(plan)
        if reason:
            self._keep("na", plan.code, reason.value)
            return LEFT_OUT
        self.missing.append(plan.code)
        if self.stage is None or plan.stage == self.stage:
            self._refuse(plan.code, "open")
        return self._open(plan)

    def _left_out(self, plan: Plan, entry: Mapping[str, Any], asked: bool | None) -> str:
        """Take "not applicable" where it is allowed, with its reason."""
        nothing_due = bool(plan.fact) and self.sight.fact(plan.fact) is NOT_APPLICABLE
        of_itself = NaReason.CONFIRMED if nothing_due else self.sight.settled(plan)
        if not (plan.na_allowed or asked is None or of_itself):
            raise NotTaken("na_refused")
        reason = clean(entry.get("na_reason") or "", MAX_REASON)
        if not reason and not of_itself:
            raise NotTaken("na_reason")
        self._note(plan, entry)
        self._keep("na", plan.code, reason or (of_itself.value if of_itself else ""))
        fact = known(plan, self.sight)
        if fact not in (None, NA):
            self._keep("changed", plan.code, {"fact": fact, "reason": reason})
        return LEFT_OUT

    def _weigh(self, plan: Plan, entry: Mapping[str, Any], said: Said) -> None:
        """Keep what an answer leaves behind: its figure, its departure from the fact, its failure."""
        if said.left_out:
            reason = clean(entry.get("na_reason") or "", MAX_REASON)
            if not reason:
                raise NotTaken("na_reason")
            self._keep("na", plan.code, reason)
        if said.differs is not None:
            self._changed(plan, entry, said)
        if said.value is not None:
            self.values[plan.code] = said.value
        if said.figure is not None:
            self.figures[plan.code] = said.figure
        self.notes += [Note(plan.code, "parameter", name) for name in said.absent]
        if not said.good:
            self.failing[plan.index] = (said.failing, [])

    def _changed(self, plan: Plan, entry: Mapping[str, Any], said: Said) -> None:
        """Keep both values where a person departs from what the portal knew, and ask why."""
        reason = clean(entry.get("changed_reason") or "", MAX_REASON)
        if not reason and not said.left_out:
            self._refuse(plan.code, "changed")
        self._keep("changed", plan.code, {"fact": said.differs, "reason": reason})

    def _note(self, plan: Plan, entry: Mapping[str, Any]) -> None:
        if "note" in entry and (note := clean(entry["note"] or "", MAX_NOTE)):
            self._keep("notes", plan.code, note)

    def _broken(self, rule: RulePlan, shortfall: Any) -> None:
        """Draw the consequences of a rule that does not hold; several may stand together."""
        on_fail = rule.rule.on_fail
        if rule.fail_index is not None and self.chars[rule.fail_index] != OPEN:
            self.chars[rule.fail_index] = FAILED
            self.failing.setdefault(rule.fail_index, ((), []))[1].append(rule.code)
        if on_fail.needs_reason:
            self._reason(rule)
        if on_fail.alarm:
            self.alarms.append(Alarm(rule.code, on_fail.alarm, shortfall))
        if on_fail.flag:
            self.flags.append(Flag(on_fail.flag, rule.code))

    def _reason(self, rule: RulePlan) -> None:
        """Keep the sentence a rule asks for; the reason for changing one of its items says it as well."""
        given = self.submission.get(rule.code)
        raw = given.get("reason") if isinstance(given, dict) else given
        try:
            reason = clean(raw or "", MAX_REASON)
        except NotTaken as refusal:
            self._not_taken(rule.code, refusal.saying)
            return
        changed = self.aside.get("changed", {})
        said = [changed[str(name)]["reason"] for kind, name in rule.operands if kind == "item" and str(name) in changed]
        reason = reason or next((one for one in said if one), "")
        if reason:
            self._keep("reasons", rule.code, reason)
            return
        self.needs_reason.append(rule.code)
        self._refuse(rule.code, "rule", rule=rule.rule.zh)

    def _failure(self, plan: Plan) -> Failure:
        """Return what a failed item's finding needs, and refuse the hand-in where something is lacking."""
        given = self.submission.get(plan.code)
        entry: Mapping[str, Any] = given if isinstance(given, dict) else ABSENT
        names, rules = self.failing[plan.index]
        return Failure(
            code=plan.code,
            severity=plan.item.severity,
            due=plan.due,
            escalate_to=plan.escalate_to,
            stage=plan.stage,
            entries=names,
            rules=tuple(rules),
            stop_service=self._stop(plan, entry),
            note=self.aside.get("notes", {}).get(plan.code, ""),
            photos=self._photos(plan, entry),
        )

    def _photos(self, plan: Plan, entry: Mapping[str, Any]) -> int:
        try:
            number = photos(entry.get("photos"))
        except NotTaken as refusal:
            self._not_taken(plan.code, refusal.saying)
            return 0
        if number:
            self._keep("photos", plan.code, number)
        elif plan.photo:
            self._refuse(plan.code, "photo")
        return number

    def _stop(self, plan: Plan, entry: Mapping[str, Any]) -> Json | None:
        if not plan.stop_service:
            return None
        try:
            answer = stopped(entry.get("stop_service"), self.sight.context.date)
        except NotTaken as refusal:
            self._not_taken(plan.code, refusal.saying)
            return None
        self._keep("stop", plan.code, answer)
        return answer
