"""What may still happen to a check that was handed in: a second person signs it, or it is declared void."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inspections.checklists.rules.forms import Template
from inspections.checks import correctors, freezing, people
from inspections.checks.aftermath import address
from inspections.checks.closing import write_missed
from inspections.checks.models import Check, Release
from inspections.checks.rules import releases
from inspections.schedules.selectors import slot_of
from inspections.schedules.versions import specs_of
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.selectors import answerers
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import trail
from logistics_portal.records.services import log, notify

ASKED = "check.ask_void"


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps a person may take with a check now."""

    countersign: bool = False
    correct: bool = False
    ask_void: bool = False
    void: bool = False

    def __bool__(self) -> bool:
        return self.countersign or self.correct or self.ask_void or self.void


def template_of(check: Check) -> Template:
    """Return the form a check was made with."""
    return specs_of({check.version_id: check.version.spec_hash})[check.version_id].template


def steps_open(check: Check, user: User, authors: Collection[int], asked: Release | None, at: datetime) -> Steps:
    """Return which buttons a person sees on a check, given who handed it in and what was asked; services ask again."""
    unit = check.school.unit
    received = check.state == Check.State.RECEIVED
    thawed = not freezing.is_frozen(check.date, at)
    post = user.post_for(Permission.CHECK_CORRECT, at=unit) if thawed else None
    return Steps(
        countersign=received
        and check.countersigned_by_id is None
        and people.signer(user, check.place, template_of(check), author=check.by) is not None,
        correct=check.state in {Check.State.RECEIVED, Check.State.RECEIVING}
        and post is not None
        and correctors.is_corrector(authors, user, post.role)
        and (asked is None or (asked.state == releases.State.RELEASED and asked.asked_by_id == user.pk)),
        ask_void=received and thawed and user.can(Permission.CHECK_VOID_ASK, at=unit),
        void=received and thawed and user.can(Permission.CHECK_VOID, at=unit),
    )


@transaction.atomic
def countersign(*, check: Check, by: User, post: Post, at: datetime) -> Check:
    """Sign a check as the second person; who filled it in never signs it."""
    check = _locked(check)
    if check.state != Check.State.RECEIVED:
        raise NotAllowed(gettext("只有已收到的检查可以复核签字。"))
    if check.countersigned_by_id is not None:
        raise NotAllowed(gettext("这次检查已有人复核签字。"))
    if check.by_id == by.pk:
        raise NotAllowed(gettext("填报人不能复核自己的检查，请由校长或书记签字。"))
    check.countersigned_by, check.countersigned_at = by, at
    check.save(update_fields=["countersigned_by", "countersigned_at"])
    log(by=by, verb="check.countersign", on=check, post=post, at=at)
    return check


@transaction.atomic
def ask_void(*, check: Check, reason: str, by: User, post: Post, at: datetime) -> Check:
    """Ask the first reviewer's office to declare a check void."""
    check = _locked(check)
    if check.state != Check.State.RECEIVED:
        raise NotAllowed(gettext("只有已收到的检查可以申请作废。"))
    freezing.require_open(check.date, at)
    log(by=by, verb=ASKED, on=check, post=post, reason=reason, at=at)
    office = answerers(Permission.CHECK_VOID, check.place.school.unit, local_date(at))
    words = {"school": check.school.name, "receipt": check.receipt_no}
    title = said(gettext_noop("%(school)s申请作废检查 %(receipt)s"), words)
    notify(to=office, key=f"check-void:{check.pk}:{at:%s}", title=title, text=reason, url=address(check.pk), at=at)
    return check


@transaction.atomic
def void(*, check: Check, reason: str, by: User, post: Post, at: datetime) -> Check:
    """Declare a check void after its school asked; the slot counts as missed and the check stays readable (T06)."""
    check = _locked(check)
    if check.state != Check.State.RECEIVED:
        raise NotAllowed(gettext("只有已收到的检查可以作废。"))
    freezing.require_open(check.date, at)
    asked = [row for row in trail(check) if row.verb == ASKED]
    if not asked or asked[0].by_id == by.pk:
        raise NotAllowed(gettext("须先由学校分管副校长或校长申请作废。"))
    check.state, check.voided_by, check.voided_at, check.void_reason = Check.State.VOIDED, by, at, reason
    check.save(update_fields=["state", "voided_by", "voided_at", "void_reason"])
    slot = slot_of(check.place, check.checklist_id, check.date, check.seq)
    if slot is not None and slot.closes_at <= at:
        write_missed([(check.place, check.checklist_id, slot)], at=at)
    log(by=by, verb="check.void", on=check, post=post, reason=reason, at=at)
    return check


def _locked(check: Check) -> Check:
    rows = Check.objects.select_for_update(of=("self",)).select_related(
        "version", "county", "school__unit", "place__school__unit__parent__parent__parent"
    )
    return rows.defer("version__spec").get(pk=check.pk)
