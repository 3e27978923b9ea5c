"""Taking back a finding made by mistake, and opening a closed one again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.figures import figures_on
from inspections.findings.models import Finding
from inspections.findings.selectors import withdrawal_asked
from inspections.findings.services.keeping import (
    Hand,
    deadline_by_severity,
    locked,
    people_at_school,
    people_of_office,
    tell,
    write_down,
)
from inspections.findings.services.verifying import send_back
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed


@transaction.atomic
def ask_withdrawal(*, finding: Finding, reason: str, hand: Hand) -> Finding:
    """Ask the first reviewer to take back a finding that was made by mistake."""
    row = locked(finding)
    rules.after(rules.Step.WITHDRAW, row.state)
    if withdrawal_asked(row) is not None:
        raise NotAllowed(gettext("已经申请过误报撤销，请等待答复。"))
    write_down(row, "ask_withdraw", reason, hand)
    tell(
        row,
        people_of_office(row, Permission.FINDING_WITHDRAW, hand.at),
        gettext_noop("申请误报撤销，请决定"),
        hand,
        text=reason,
    )
    return row


@transaction.atomic
def refuse_withdrawal(*, finding: Finding, reason: str, hand: Hand) -> Finding:
    """Say that a finding was no mistake: it stays as it is, and its deadline with it."""
    row = locked(finding)
    rules.after(rules.Step.WITHDRAW, row.state)
    asked = withdrawal_asked(row)
    if asked is None:
        raise NotAllowed(gettext("没有待决定的误报撤销申请。"))
    if hand.by.pk == asked.by_id:
        raise NotAllowed(gettext("申请人不能答复自己的申请，请由他人办理。"))
    write_down(row, "no_withdraw", reason, hand)
    tell(row, [asked.by, row.fixer], gettext_noop("误报撤销未同意，请按期整改"), hand, text=reason)
    return row


@transaction.atomic
def withdraw(*, finding: Finding, reason: str, hand: Hand) -> Finding:
    """Close a finding as made by mistake: it stays readable, leaves the rate and is counted apart."""
    row = locked(finding)
    row.state = rules.after(rules.Step.WITHDRAW, row.state)
    asked = withdrawal_asked(row)
    if asked is None and row.origin not in rules.OF_BUREAU:
        raise NotAllowed(gettext("学校还没有申请误报撤销，请由分管副校长先申请。"))
    if hand.by.pk in {row.found_by_id, row.fixer_id, row.remedied_by_id, asked.by_id if asked else None}:
        raise NotAllowed(gettext("发现人、整改人、申请人不能自己撤销，请由他人办理。"))
    row.outcome, row.closed_at, row.rung = rules.OUTCOMES[rules.Step.WITHDRAW], hand.at, ""
    row.save(update_fields=["state", "outcome", "closed_at", "rung"])
    write_down(row, rules.Step.WITHDRAW, reason, hand)
    tell(row, [asked.by if asked else None, row.fixer], gettext_noop("误报已撤销"), hand, text=reason)
    return row


@transaction.atomic
def reopen(*, finding: Finding, reason: str, hand: Hand) -> Finding:
    """Open a closed finding again with a new deadline by its severity; it counts a return."""
    row = locked(finding)
    row.state = rules.after(rules.Step.REOPEN, row.state)
    if row.closed_at is not None:
        rules.require_reopening(row.closed_at, hand.at, figures_on(local_date(row.closed_at)))
    row.due_at = deadline_by_severity(row, hand.at)
    row.outcome, row.closed_at, row.verified_by, row.verified_at = "", None, None, None
    row.tolerated_until, row.late_before = None, rules.NO_TIME
    anew = ("outcome", "closed_at", "verified_by", "verified_at", "due_at", "tolerated_until", "late_before")
    row.save(update_fields=["state", *anew])
    told = [row.fixer, *people_at_school(row, [Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS], hand.at)]
    write_down(row, rules.Step.REOPEN, reason, hand)
    send_back(row)
    tell(row, told, gettext_noop("问题重新打开，请整改"), hand, text=reason)
    return row
