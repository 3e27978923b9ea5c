"""Correcting a check after its slot has closed: a school asks, the first reviewer's office releases or refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from inspections.checks import freezing
from inspections.checks.correctors import require_corrector
from inspections.checks.figures import figures_on
from inspections.checks.models import Check, Release
from inspections.checks.rules import releases
from inspections.schedules.rules import Slot
from inspections.schedules.selectors import slot_of
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.selectors import answerers
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.sayings import Said, said
from logistics_portal.records.selectors import figures_read_once
from logistics_portal.records.services import log, notify
from schools.terms.selectors import national_calendar

LOOKED_AT = 20
UP_TO_F = "check_row__school__unit__parent__parent__parent"


@transaction.atomic
def ask(*, check: Check, reason: str, by: User, post: Post, at: datetime) -> Release:
    """Ask that a check whose slot has closed may be corrected once (T05); the office of F is told."""
    check = _locked_check(check)
    if why := why_not_asked(check, at):
        raise NotAllowed(why)
    require_corrector(authors(check), by, post)
    slot = slot_of(check.place, check.checklist_id, check.date, check.seq)
    if slot is not None and at <= slot.closes_at:
        raise NotAllowed(gettext("这项检查还没有关账，不用申请，请直接更正。"))
    lapse_unused(at=at, check=check)
    if (open_one := Release.objects.filter(check_row=check, state__in=releases.OPEN).first()) is not None:
        state = open_one.get_state_display()
        raise NotAllowed(gettext("这次检查已有更正申请（%(state)s），不用再申请。") % {"state": state})
    row = Release.objects.create(check_row=check, reason=reason, asked_by=by, asked_at=at)
    log(by=by, verb="check.ask_correct", on=check, post=post, reason=reason, at=at)
    _tell_office(row, at)
    return row


@transaction.atomic
def release(*, release: Release, answer: str, by: User, post: Post, at: datetime) -> Release:
    """Let the one who asked hand in one revision, some working days long and never past the data freeze."""
    row = _decided(release, "release", answer, by, at)
    check = row.check_row
    if check.state != Check.State.RECEIVED:
        raise NotAllowed(gettext("这次检查已更正或作废，不能再同意更正，请写明原因，不同意更正。"))
    freezing.require_open(check.date, at)
    days = figures_on(local_date(at)).release_use_working_days
    answered_by = national_calendar().deadline(local_date(at), days)
    row.until = releases.usable_until(answered_by, freezing.freezes_at(check.date, at))
    row.save(update_fields=["state", "decided_by", "decided_at", "answer", "until"])
    log(by=by, verb="check.release", on=check, post=post, reason=answer, after={"until": row.until}, at=at)
    words = {"receipt": check.receipt_no}
    _tell_asker(row, said(gettext_noop("检查 %(receipt)s 可以更正了"), words), at)
    return row


@transaction.atomic
def refuse(*, release: Release, answer: str, by: User, post: Post, at: datetime) -> Release:
    """Turn a request down with a reason."""
    if not answer.strip():
        raise NotAllowed(gettext("不同意更正须写明原因。"))
    row = _decided(release, "refuse", answer, by, at)
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    log(by=by, verb="check.refuse_correct", on=row.check_row, post=post, reason=answer, at=at)
    words = {"receipt": row.check_row.receipt_no}
    _tell_asker(row, said(gettext_noop("检查 %(receipt)s 的更正申请未获同意"), words), at)
    return row


@transaction.atomic
def withdraw(*, release: Release, by: User, post: Post, at: datetime) -> Release:
    """Let the one who asked take the request back, answered or not, as long as nothing was corrected."""
    row = _locked(release)
    if row.asked_by_id != by.pk:
        raise NotAllowed(gettext("只有申请人本人可以撤回。"))
    row.state = releases.after("withdraw", row.stands(at))
    row.save(update_fields=["state"])
    log(by=by, verb="check.withdraw_correct", on=row.check_row, post=post, at=at)
    return row


def use(*, release: Release, correction: Check) -> None:
    """Note which revision came of a release, read anew under a lock; a second one, or one taken back, does not."""
    row = _locked(release)
    row.state, row.used_for = releases.after("use", row.stands(correction.handed_in_at)), correction
    row.save(update_fields=["state", "used_for"])


def lapse_unused(*, at: datetime, check: Check | None = None) -> int:
    """Close the releases that ran out unused, of one check or of all; safe to run again."""
    rows = Release.objects.filter(state=releases.State.RELEASED, until__lt=at)
    rows = rows if check is None else rows.filter(check_row=check)
    return rows.update(state=releases.State.LAPSED)


def open_release(check: Check, at: datetime) -> Release | None:
    """Return the request that waits or the release that may still be used, if a check has one."""
    rows = Release.objects.filter(check_row=check, state__in=releases.OPEN).select_related("asked_by")
    return next((row for row in rows if row.stands(at) in releases.OPEN), None)


def usable(check: Check, by: User, at: datetime) -> Release | None:
    """Return the release under which a person may correct a check now, if there is one."""
    row = open_release(check, at)
    return row if row is not None and row.stands(at) == releases.State.RELEASED and row.asked_by_id == by.pk else None


def require_usable(check: Check, slot: Slot, by: User, at: datetime) -> Release | None:
    """Return the release a correction needs: none until its slot closes, then one of one's own, or a refusal."""
    if at <= slot.closes_at:
        return None
    freezing.require_open(slot.date, at)
    row = usable(check, by, at)
    if row is None:
        raise NotAllowed(gettext("这项检查已关账，须先申请更正，经初审单位后勤部门同意后，由申请人在期限内更正一次。"))
    return row


def why_not_asked(check: Check, at: datetime) -> str:
    """Return why nothing can be asked of a check: there is nothing to correct, or its year is frozen."""
    if check.state != Check.State.RECEIVED:
        return gettext("只有已收到的检查可以更正。")
    return freezing.sentence(check.date) if freezing.is_frozen(check.date, at) else ""


def authors(check: Check) -> set[int]:
    """Return who handed in a revision of a check's slot."""
    rows = Check.objects.filter(place=check.place_id, checklist=check.checklist_id, date=check.date, seq=check.seq)
    return set(rows.values_list("by_id", flat=True))


def waiting_for(user: User) -> list[Release]:
    """Return the requests that wait for a person's answer, oldest first; only the offices of F answer."""
    theirs = user.where(Permission.CHECK_RELEASE, "check_row__school__unit")
    rows = Release.objects.visible_to(user).filter(theirs, state=releases.State.REQUESTED).exclude(asked_by=user)
    related = ("check_row__school", "check_row__checklist")
    rows = rows.select_related(*related).defer("check_row__answers", "check_row__values").order_by("asked_at", "pk")
    return list(rows[:LOOKED_AT])


def to_use(user: User, at: datetime) -> list[Release]:
    """Return the releases under which a person may correct a check now, the first to run out first."""
    rows = Release.objects.filter(asked_by=user, state=releases.State.RELEASED, until__gte=at)
    related = ("check_row__place__school", "check_row__checklist")
    rows = rows.select_related(*related).defer("check_row__answers", "check_row__values")
    return list(rows.order_by("until", "pk")[:LOOKED_AT])


def address(row: Release) -> str:
    """Return where a request is shown."""
    return reverse("inspections:release", args=[row.pk])


def answer_dues(rows: Sequence[Release]) -> dict[int, datetime]:
    """Return until when the office should have answered some requests; two queries."""
    if not rows:
        return {}
    asked, calendar = {row.pk: local_date(row.asked_at) for row in rows}, national_calendar()
    with figures_read_once():
        return {pk: calendar.deadline(day, figures_on(day).release_answer_working_days) for pk, day in asked.items()}


def _decided(release: Release, step: str, answer: str, by: User, at: datetime) -> Release:
    row = _locked(release)
    row.state = releases.after(step, row.state)
    if row.asked_by_id == by.pk:
        raise NotAllowed(gettext("申请人不能答复自己的申请。"))
    row.decided_by, row.decided_at, row.answer = by, at, answer
    return row


def _tell_office(row: Release, at: datetime) -> None:
    check = row.check_row
    office = answerers(Permission.CHECK_RELEASE, check.school.unit, local_date(at))
    words = {"school": check.school.name, "receipt": check.receipt_no}
    title = said(gettext_noop("%(school)s申请更正已关账的检查 %(receipt)s"), words)
    notify(to=office, key=f"check-release:{row.pk}", title=title, text=row.reason, url=address(row), at=at)


def _tell_asker(row: Release, title: Said, at: datetime) -> None:
    key = f"check-release-answered:{row.pk}"
    notify(to=row.asked_by, key=key, title=title, text=row.answer, url=address(row), at=at)


def _locked(release: Release) -> Release:
    rows = Release.objects.select_for_update(of=("self",))
    related = ("asked_by", "check_row__place", "check_row__checklist", UP_TO_F)
    return rows.select_related(*related).defer("check_row__answers", "check_row__values").get(pk=release.pk)


def _locked_check(check: Check) -> Check:
    rows = Check.objects.select_for_update(of=("self",))
    related = ("school__unit__parent__parent__parent", "place__school__unit__parent__parent__parent")
    return rows.select_related(*related).defer("answers", "values").get(pk=check.pk)
