"""The checks of the demo province, judged by the real rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from inspections.checklists.models import Item
from inspections.checks.answers import content_hash
from inspections.checks.models import Check
from inspections.checks.rules.asking import Question, questions
from inspections.checks.rules.judging import judge
from inspections.checks.rules.verdicts import Failure, Verdict
from inspections.demo.slots import Duty, Temper, duties, moment, tempers
from inspections.schedules.models import Missed
from inspections.schedules.rules import Mark, Timeliness
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import Plot
from schools.register.models import Place

AUTHORS = {
    Place.Kind.CANTEEN: Role.FOOD_SAFETY_OFFICER,
    Place.Kind.DORMITORY: Role.DORM_KEEPER,
    Place.Kind.CAMPUS: Role.LOGISTICS_OFFICER,
}
REASONS = ["现场网络中断，当日补录", "值班人员外出培训，次日补录", "手机故障，次日补录"]
NOTES = ["已安排人员处理", "现场发现，立即通知责任人", "设备老化，联系维修", "操作不规范，已当场纠正"]


@dataclass
class Planted:
    """One check to be written, and what failed in it."""

    check: Check
    duty: Duty
    failures: tuple[Failure, ...]


def plant(plot: Plot) -> list[Planted]:
    """Write checks and missed slots; return the checks in order of time."""
    nature = tempers(plot)
    planted: list[Planted] = []
    missed: list[Missed] = []
    for duty in duties(plot):
        temper = nature[duty.place.school_id]
        if plot.rng.random() < temper.missed:
            if duty.slot.closes_at <= plot.now:
                missed.append(_missed(plot, duty))
            continue
        late = plot.rng.random() < temper.late
        at = moment(plot, duty.slot, late=late)
        if at is not None:
            planted.append(_check(plot, duty, temper, at, late=late))
        elif duty.slot.closes_at <= plot.now:
            missed.append(_missed(plot, duty))
    Missed.objects.bulk_create(missed, batch_size=500)
    Check.objects.bulk_create([one.check for one in planted], batch_size=500)
    return sorted(planted, key=lambda one: (one.check.handed_in_at, one.check.client_id.hex))


def _missed(plot: Plot, duty: Duty) -> Missed:
    return Missed(
        place=duty.place,
        school_id=duty.place.school_id,
        county=duty.place.school.unit.first_reviewer,
        checklist_id=duty.wording.checklist_id,
        date=duty.slot.date,
        seq=duty.slot.seq,
        due_at=duty.slot.due_at,
        written_at=duty.slot.closes_at,
    )


def _check(plot: Plot, duty: Duty, temper: Temper, at: datetime, *, late: bool) -> Planted:
    submission, verdict = _answers(plot, duty, temper)
    author = author_of(plot, duty.place)
    check = Check(
        client_id=UUID(int=plot.rng.getrandbits(128), version=4),
        content_hash=content_hash(submission, []),
        place=duty.place,
        school_id=duty.place.school_id,
        county=duty.place.school.unit.first_reviewer,
        checklist_id=duty.wording.checklist_id,
        version_id=duty.wording.version_id,
        date=duty.slot.date,
        seq=duty.slot.seq,
        state=Check.State.RECEIVED,
        answers=verdict.answers,
        values=verdict.values,
        n_fail=verdict.n_fail,
        n_na=verdict.n_na,
        by=author,
        post=plot.posts[author.pk],
        at=at,
        handed_in_at=at,
        received_at=at,
        timeliness=Timeliness.LATE if late else Timeliness.ON_TIME,
        mark=Mark.BACKFILLED if late else Mark.NONE,
        reason=plot.rng.choice(REASONS) if late else "",
        stage=duty.wording.spec.template.stages[-1].code if duty.wording.spec.template.stages else "",
    )
    return Planted(check, duty, verdict.failures)


def author_of(plot: Plot, place: Place) -> User:
    """Return who fills in the checks of a place."""
    return plot.staff[place.school.unit_id][AUTHORS[Place.Kind(place.kind)]]


def _answers(plot: Plot, duty: Duty, temper: Temper) -> tuple[dict[str, Any], Verdict]:
    asked = [one for one in questions(duty.form, duty.context) if one.asked and not one.settled]
    submission: dict[str, Any] = {one.code: {"a": _good(plot.rng, one)} for one in asked}
    _agree(submission)
    for one in asked:
        if one.kind == "bool" and plot.rng.random() < temper.failing:
            submission[one.code] = _bad(plot, one)
        elif one.prefill is not None and one.prefill != submission[one.code]["a"]:
            submission[one.code]["changed_reason"] = plot.rng.choice(NOTES)
    verdict = judge(duty.form, duty.context, submission)
    for refusal in verdict.errors:
        if refusal.code not in submission:
            submission[refusal.code] = {"reason": NOTES[0]}
    verdict = judge(duty.form, duty.context, submission)
    if verdict.errors:
        raise ValueError(f"{duty.wording.code}: {verdict.errors}")
    return submission, verdict


def _bad(plot: Plot, one: Question) -> dict[str, Any]:
    entry: dict[str, Any] = {"a": "fail", "note": plot.rng.choice(NOTES), "photos": 1}
    if one.asks_stop_service:
        entry["stop_service"] = {"stopped": True, "since": "07:30"}
    if one.prefill == "pass":
        entry["changed_reason"] = NOTES[1]
    return entry


def _good(rng: Random, one: Question) -> Any:
    if one.kind == "bool":
        return "pass"
    if one.kind == "choice":
        return one.choices[0].code
    if one.kind == "text":
        return "本周未发现系统性风险，下周加强到货查验和留样核对。"
    if one.repeats:
        return {entry.code: _figure(rng, one) for entry in one.entries}
    return one.prefill or one.expected or _figure(rng, one)


TYPICAL = {"人": (3, 8), "份": (6, 12), "件": (0, 3), "次": (0, 2), "kg": (2, 18), "h": (1, 3), "s": (80, 118)}


def _figure(rng: Random, one: Question) -> str:
    low, high = one.low, one.high
    if low is None and high is None:
        span = TYPICAL.get(one.unit, (1, 5))
    elif low is None:
        span = (int(float(str(high))) - 6, int(float(str(high))) - 1)
    elif high is None:
        span = (int(float(low)), int(float(low)) + 8)
    else:
        span = (int(float(low)) + (1 if float(high) - float(low) > 1 else 0), int(float(high)))
    if one.unit == "%":
        span = (span[0], min(100, span[1]))
    return str(rng.randint(min(span), max(span)))


def _agree(submission: dict[str, Any]) -> None:
    """Let the figures of a night roll add up: everybody is there."""
    if "DOR-N-02" in submission:
        expected = submission["DOR-N-01"]["a"]
        submission["DOR-N-13"] = {"a": submission["DOR-N-13"]["a"] if submission["DOR-N-13"]["a"] == "0" else "0"}
        submission["DOR-N-02"] = {"a": expected}
        submission["DOR-N-03"] = {"a": "0"}
    if "CMP-M-04" in submission:
        submission["CMP-M-04"] = {"a": "1"}


def items_of(version_ids: set[int]) -> dict[tuple[int, str], Item]:
    """Return the items of some versions by version and code."""
    return {(item.version_id, item.code): item for item in Item.objects.filter(version__in=version_ids)}
