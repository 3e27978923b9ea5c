"""The second person's word on a remedy: accepted, or returned with the old deadline."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.models import Finding
from inspections.findings.rules.ladders import OPENED
from inspections.findings.services.keeping import Hand, Seen, locked, people_at_school, require_as_seen, tell
from inspections.findings.services.keeping import write_down as write
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.errors import NotAllowed


@transaction.atomic
def accept(*, finding: Finding, seen: Seen, hand: Hand, note: str = "") -> Finding:
    """Close a finding whose remedy somebody else has looked at.

    Raises `Clash` when the remedy is no longer the one that was seen.
    """
    row = locked(finding)
    require_as_seen(row, seen)
    row.state = rules.after(rules.Step.ACCEPT, row.state)
    rules.require_other_person(hand.by.pk, [row.fixer_id, row.remedied_by_id])
    row.outcome = rules.OUTCOMES[rules.Step.ACCEPT]
    row.verified_by, row.verified_at, row.closed_at, row.rung = hand.by, hand.at, hand.at, ""
    row.save(update_fields=["state", "outcome", "verified_by", "verified_at", "closed_at", "rung"])
    write(row, rules.Step.ACCEPT, note, hand)
    tell(row, [row.remedied_by, row.fixer], gettext_noop("整改已复查通过"), hand)
    return row


@transaction.atomic
def refuse(*, finding: Finding, seen: Seen, reason: str, hand: Hand) -> Finding:
    """Return a remedy to the school with a reason; the old deadline stays (R107).

    Raises `Clash` when the remedy is no longer the one that was seen.
    """
    row = locked(finding)
    require_as_seen(row, seen)
    row.state = rules.after(rules.Step.REFUSE, row.state)
    rules.require_other_person(hand.by.pk, [row.fixer_id, row.remedied_by_id])
    if not reason.strip():
        raise NotAllowed(gettext("请写明退回的理由，让学校知道还差什么。"))
    told = [row.remedied_by, row.fixer, *people_at_school(row, [Role.VICE_PRINCIPAL_LOGISTICS], hand.at)]
    facts = {"remedied_at": row.remedied_at, "remedied_by": row.remedied_by_id}
    write(row, rules.Step.REFUSE, reason, hand, **facts)
    send_back(row)
    tell(row, told, gettext_noop("整改被退回"), hand, text=reason)
    return row


def send_back(row: Finding) -> None:
    """Make a finding one to be mended once more: it counts a return, and the last remedy no longer stands."""
    row.returns += 1
    row.remedy, row.remedied_by, row.remedied_at, row.rung = "", None, None, OPENED
    row.save(update_fields=["state", "returns", "remedy", "remedied_by", "remedied_at", "rung"])
