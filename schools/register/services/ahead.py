"""What was agreed to for a later day: carried out by the clock when the day has come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Proposal
from schools.register.rules import changes
from schools.register.services import proposals

DONE = _("%(school)s：%(kind)s已生效")
FAILED = _("%(school)s：%(kind)s到期未能生效")


def apply_due(*, at: datetime) -> int:
    """Carry out every agreed change of a school whose day has come, the oldest first; returns how many.

    Each stands in a transaction of its own. One that cannot be carried out stays agreed, says why and is tried again;
    who asked and who agreed are told once of each reason. Running twice changes nothing.
    """
    done = 0
    due = Proposal.objects.filter(state=Proposal.State.AGREED, takes_effect__lte=local_date(at))
    for pk in list(due.order_by("takes_effect", "pk").values_list("pk", flat=True)):
        try:
            done += _apply(pk, at)
        except NotAllowed as refusal:
            _tell_trouble(pk, str(refusal)[:200], at)
    return done


@transaction.atomic
def _apply(pk: int, at: datetime) -> int:
    row = proposals.locked(pk)
    if row.state != Proposal.State.AGREED:
        return 0
    proposals.carry_out(row, row.decided_by, at)
    row.state, row.trouble = changes.after("apply", row.state), ""
    row.save(update_fields=["state", "trouble"])
    records.log(by=None, verb=f"{row.kind}.apply", on=row, at=at)
    proposals.tell(row, [row.asked_by], DONE, "", at)
    return 1


@transaction.atomic
def _tell_trouble(pk: int, why: str, at: datetime) -> None:
    row = proposals.locked(pk)
    if row.state != Proposal.State.AGREED or row.trouble == why:
        return
    row.trouble = why
    row.save(update_fields=["trouble"])
    records.refused(by=None, verb=f"{row.kind}.apply", on=row, reason=why, at=at)
    people = [person for person in (row.asked_by, row.decided_by) if person is not None]
    proposals.tell(row, people, FAILED, why, at)
