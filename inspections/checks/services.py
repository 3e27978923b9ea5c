"""Handing in a check: once, whatever the network does, and never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from inspections.checklists.rules.context import Context
from inspections.checks import aftermath, awaiting, correctors, faults, releasing
from inspections.checks.aftermath import Outcome, outcome_of
from inspections.checks.answers import LEFT_OUT, content_hash, laid_over, restore
from inspections.checks.models import Check
from inspections.checks.rules.judging import judge
from inspections.checks.rules.plans import Compiled
from inspections.checks.rules.promised import Promise
from inspections.checks.rules.verdicts import Verdict
from inspections.checks.selectors import compiled_of, context_of
from inspections.checks.tickets import Ticket
from inspections.schedules import rules
from inspections.schedules.rules import Mark, overlaps_exemption
from inspections.schedules.selectors import DutyKey, clocks_on, exemptions
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit import context
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.kit.prepared import insert, prepared
from logistics_portal.records.selectors import figures_read_once
from schools.register.models import Place

Photos = Mapping[str, Sequence["File[Any]"]]


OTHER_CONTENT = gettext_lazy("同一编号的检查已经提交过，内容不同。请刷新页面，以已收到的为准；要改动请用“更正”。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a person hands in: for which slot, the answers and photos, and the sender's own number for it.

    `at` is the phone's clock, kept and never counted; `skew` is by how many seconds it was ahead when it sent.
    `fixers` names who shall mend what fails, by item. Photos come with the paper or are `promised` and follow it.
    """

    client_id: UUID
    ticket: Ticket
    place: Place
    answers: Mapping[str, object]
    stage: str = ""
    photos: Photos = field(default_factory=dict)
    promised: Mapping[str, Sequence[Promise]] = field(default_factory=dict)
    fixers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    at: datetime | None = None
    skew: int | None = None
    offline: bool = False
    known: Context | None = None

    def was_offline(self, at: datetime) -> bool:
        """Say whether a paper received late had been filled in on a phone in time, by the server's clock.

        While the slot is still open for late checks that is until it was due; afterwards, until it closed.
        """
        slot, filled = self.ticket.slot, self.filled_at
        limit = slot.due_at if at <= slot.closes_at else slot.closes_at
        return self.offline and filled is not None and filled <= limit

    @property
    def filled_at(self) -> datetime | None:
        """Return when the phone says the form was finished, put right by how far its clock was off."""
        try:
            return self.at - timedelta(seconds=self.skew or 0) if self.at else None
        except OverflowError:
            return None

    @property
    def context(self) -> Context:
        """Return what is known on the slot's date, asked just now unless the sender asked already."""
        return self.known or context_of(self.place, self.ticket.spec, self.ticket.slot.date)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The check as it was taken; `again` says that it had been taken before, so nothing was written now."""

    check: Check
    again: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand it is: the person, the post they act under, and whether they stand in for somebody (代填)."""

    by: User
    post: Post
    stands_in: bool = False


@figures_read_once()
def hand_in(*, paper: Paper, hand: Hand, at: datetime) -> Receipt:
    """Take a check, or one stage of it, received at `at`; the same paper again gives the same receipt (F03–F05).

    The unique number decides, not a look beforehand: of two at once one is written and the other told so.
    Raises `Clash` for the same number with other content or a slot somebody else filled, `Refused` with every
    sentence that keeps it from being taken, and `NotAllowed` outside the slot's hours.
    """
    key = _fingerprint(paper)
    try:
        with transaction.atomic():
            return _take(paper, hand, at, key)
    except IntegrityError:
        before = _revisions(paper)
        if not before:
            raise
        return _twin(before, paper, hand, key) or _taken(before)


@figures_read_once()
def correct(*, paper: Paper, hand: Hand, at: datetime) -> Receipt:
    """Write a new revision of a check beside the old one, with a reason (T05).

    Until its slot closes; then once under a release of the first reviewer's office, until the data freeze. Whether
    it came in time stays what the first whole revision was. Findings already opened stay.
    """
    key = _fingerprint(paper)
    try:
        with transaction.atomic():
            return _correct(paper, hand, at, key)
    except IntegrityError:
        before = _revisions(paper)
        if not before:
            raise
        return _twin(before, paper, hand, key) or _taken(before)


def _fingerprint(paper: Paper) -> str:
    parts = {
        "place": paper.place.pk,
        "checklist": paper.ticket.checklist_id,
        "slot": [paper.ticket.slot.date.isoformat(), paper.ticket.slot.seq],
        "stage": paper.stage,
        "answers": paper.answers,
        "fixers": paper.fixers,
        "reason": paper.reason,
    }
    seen = [f"{code}:{_digest(photo)}" for code, photos in paper.photos.items() for photo in photos]
    coming = [f"{code}:{it.sha256}" for code, promises in paper.promised.items() for it in promises]
    return content_hash(parts, [*seen, *coming])


def is_same(check: Check, paper: Paper) -> bool:
    """Say whether a paper is the one a check came from."""
    return check.content_hash == _fingerprint(paper)


def _digest(photo: File[Any]) -> str:
    total = sha256()
    for chunk in photo.chunks():
        total.update(chunk)
    photo.seek(0)
    return total.hexdigest()


def _revisions(paper: Paper) -> list[Check]:
    """Return every revision of the slot, and whatever was handed in under this number, in order."""
    slot = paper.ticket.slot
    return _of_slot(paper.place.pk, paper.ticket.checklist_id, slot.date, slot.seq, paper.client_id)


@prepared
def _of_slot(place: int, checklist: int, day: date, seq: int, client: UUID) -> QuerySet[Check]:
    slot = Q(place=place, checklist=checklist, date=day, seq=seq)
    return Check.objects.filter(slot | Q(client_id=client)).select_related("by").order_by("revision", "pk")


def _twin(before: Sequence[Check], paper: Paper, hand: Hand, key: str) -> Receipt | None:
    twin = next((it for it in before if it.client_id == paper.client_id), None)
    if twin is None:
        return None
    if twin.content_hash == key and twin.by_id == hand.by.pk:
        return Receipt(twin, again=True)
    raise Clash(str(OTHER_CONTENT))


def _taken(before: Sequence[Check]) -> Receipt:
    last = before[-1]
    words = {"person": str(last.by), "receipt": last.receipt_no}
    raise Clash(gettext("这项检查已由%(person)s提交，回执号 %(receipt)s。要改动请打开它用“更正”。") % words)


def _standing(before: Sequence[Check]) -> Check | None:
    return next((it for it in before if it.state in {Check.State.RECEIVED, Check.State.RECEIVING}), None)


def _take(paper: Paper, hand: Hand, at: datetime, key: str) -> Receipt:
    before = _revisions(paper)
    if again := _twin(before, paper, hand, key):
        return again
    last = _standing(before)
    if last is not None and last.state == Check.State.RECEIVED:
        return _taken(before)
    if any(it.state == Check.State.VOIDED for it in before):
        raise NotAllowed(gettext("这项检查已作废，记为漏检，不能再填。"))
    _require_no_exemption(paper)
    form = compiled_of(paper.ticket.spec)
    if last is not None and awaiting.is_answered(last, form):
        return _taken(before)
    _require_next_stage(form, paper.stage, last)
    slot = paper.ticket.slot
    offline = paper.was_offline(at)
    timing = rules.timeliness(slot, at, offline=offline, clocks=clocks_on(slot.date) if offline else None)
    filled_late = bool(paper.filled_at and paper.filled_at > slot.due_at)
    reason_needed = timing.mark == Mark.BACKFILLED or (timing.mark == Mark.UPLOADED_LATE and filled_late)
    outcome = _judged(form, paper, last, Besides(at, reason_needed))
    check = _row(paper, hand, at, key, outcome)
    check.revision, check.reason = len(before) + 1, paper.reason.strip()
    if outcome.complete:
        check.mark = timing.mark
    return _kept(check, last, paper, hand, outcome, timing.timeliness if outcome.complete else "")


def _correct(paper: Paper, hand: Hand, at: datetime, key: str) -> Receipt:
    before = _revisions(paper)
    if again := _twin(before, paper, hand, key):
        return again
    last = _standing(before)
    if last is None:
        raise NotAllowed(gettext("这项检查还没有提交，不用更正，请直接填报。"))
    correctors.require_corrector({it.by_id for it in before}, hand.by, hand.post)
    release = releasing.require_usable(last, paper.ticket.slot, hand.by, at)
    form = compiled_of(paper.ticket.spec)
    outcome = _judged_anew(form, paper, last, Besides(at, reason_needed=True))
    check = _row(paper, hand, at, key, outcome)
    check.revision, check.reason = len(before) + 1, paper.reason.strip()
    check.state, check.stage, check.received_at = last.state, last.stage, last.received_at
    check.timeliness, check.mark = last.timeliness, last.mark
    receipt = _kept(check, last, paper, hand, outcome)
    aftermath.tell_findings(last, check, (hand.by, hand.post), outcome)
    if release is not None:
        releasing.use(release=release, correction=receipt.check)
    return receipt


def _kept(
    check: Check, last: Check | None, paper: Paper, hand: Hand, outcome: Outcome, timeliness: str = ""
) -> Receipt:
    """Write a revision with all it leaves behind; with `timeliness` it is received now, unless photos are to come."""
    found = aftermath.standing_failures(last, outcome, paper.stage)
    failed = found.keys() | {it.code for it in outcome.failures}
    photos = aftermath.within_the_day(paper.place, paper.photos, failed, check.handed_in_at)
    promised = aftermath.within_the_day(paper.place, paper.promised, failed, check.handed_in_at)
    check.n_fail = len(failed)
    check.values = aftermath.told_of(check.values, paper.photos, photos)
    check.values = aftermath.told_of(check.values, paper.promised, promised)
    if timeliness and not promised and not (last and awaiting.lacking(last)):
        check.state, check.received_at, check.timeliness = Check.State.RECEIVED, check.handed_in_at, timeliness
    if last is not None:
        Check.objects.filter(pk=last.pk).update(state=Check.State.SUPERSEDED)
    insert(Check, [check])
    aftermath.settle(
        check=check,
        found=found,
        alarmed=last.values.get(aftermath.ALARMS, {}) if last else {},
        hand=(hand.by, hand.post),
        paper=replace(paper, photos=photos, promised=promised),
        outcome=outcome,
    )
    begun = last is not None and last.state == Check.State.RECEIVING and check.state == Check.State.RECEIVING
    if begun and awaiting.receive_if_whole(check, at=check.handed_in_at):
        check.refresh_from_db(fields=["state", "received_at", "timeliness", "mark"])
    return Receipt(check)


def _require_no_exemption(paper: Paper) -> None:
    slot, key = paper.ticket.slot, DutyKey(paper.place.pk, paper.ticket.checklist_id)
    if overlaps_exemption(slot, exemptions([paper.place.pk], slot.date, slot.date).get(key, ())):
        raise NotAllowed(gettext("这项检查已批准免检，不用填报。"))


def _require_next_stage(form: Compiled, stage: str, last: Check | None) -> None:
    """Refuse a stage out of turn: each is handed in alone, in order, and the last one completes the check."""
    stages = form.spec.template.stages
    if not stages and not stage:
        return
    done = next((place for place, it in enumerate(stages, 1) if last and it.code == last.stage), 0)
    if done >= len(stages) or stages[done].code != stage:
        name = stages[done].zh if done < len(stages) else ""
        raise NotAllowed(gettext("请先提交“%(stage)s”这一阶段。") % {"stage": name})


@dataclass(frozen=True, slots=True)
class Besides:
    """What is looked at besides the answers: the hour they came at, and whether a reason must stand with them."""

    at: datetime
    reason_needed: bool

    def accepted(self, verdict: Verdict, paper: Paper) -> Verdict:
        """Return a verdict that can be taken, or refuse with every sentence at once."""
        reason = faults.of_reason(paper.reason, needed=self.reason_needed)
        stops = faults.of_stops(verdict, paper.ticket.slot.date, self.at)
        return faults.accepted(verdict, paper.ticket.spec, [*faults.of_photos(paper.photos), *stops, *reason])


def _judged(form: Compiled, paper: Paper, last: Check | None, besides: Besides) -> Outcome:
    """Judge what is handed in now, an earlier stage standing as it is."""
    stage, known = paper.stage, paper.context
    answers = _counted(paper, {})
    if not stage:
        return outcome_of(besides.accepted(judge(form, known, answers), paper), form)
    earlier = restore(form, last.answers, last.values) if last else {}
    mine = {plan.code for plan in form.plans if plan.stage == stage} | {it.code for it in form.rules}
    whole = {**earlier, **{code: one for code, one in answers.items() if code in mine}}
    verdict = judge(form, known, whole, stage)
    verdict = replace(verdict, errors=tuple(it for it in verdict.errors if not it.code or it.code in mine))
    new = outcome_of(besides.accepted(verdict, paper), form)
    old = (last.answers, last.values) if last else ("", {})
    chars, values = laid_over(form, (new.answers, new.values), stage, old)
    failed = tuple(it for it in new.failures if it.code in mine)
    complete = stage == form.spec.template.stages[-1].code
    return replace(new, answers=chars, values=values, failures=failed, complete=complete)


def _judged_anew(form: Compiled, paper: Paper, last: Check, besides: Besides) -> Outcome:
    """Judge a whole check again, as far as it had come."""
    known = paper.context
    stage = last.stage if last.state == Check.State.RECEIVING and form.stages else None
    answers = _counted(paper, aftermath.photo_counts(last))
    return outcome_of(besides.accepted(judge(form, known, answers, stage), paper), form)


def _counted(paper: Paper, kept: Mapping[str, int]) -> dict[str, Any]:
    """Return the answers with the photos that really came, whatever the sender says of them."""
    answers: dict[str, Any] = {}
    for code, entry in paper.answers.items():
        number = len(paper.photos.get(code, ())) + len(paper.promised.get(code, ())) + kept.get(code, 0)
        answers[code] = {**entry, "photos": number} if isinstance(entry, Mapping) else entry
    return answers


def _row(paper: Paper, hand: Hand, at: datetime, key: str, outcome: Outcome) -> Check:
    school = paper.place.school
    return Check(
        client_id=paper.client_id,
        content_hash=key,
        place=paper.place,
        school=school,
        county=school.unit.first_reviewer,
        checklist_id=paper.ticket.checklist_id,
        version_id=paper.ticket.version_id,
        date=paper.ticket.slot.date,
        seq=paper.ticket.slot.seq,
        state=Check.State.RECEIVING,
        stage=paper.stage,
        answers=outcome.answers,
        values=outcome.values,
        n_na=outcome.answers.count(LEFT_OUT),
        by=hand.by,
        post=hand.post,
        stands_in=hand.stands_in,
        at=paper.at,
        skew=paper.skew,
        handed_in_at=at,
        address=context.current().address,
    )
