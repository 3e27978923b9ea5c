"""What was agreed to for a later day: carried out by the clock when the day has come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.attempts import attempt
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.figures import closes_after
from schools.register.models import Proposal
from schools.register.rules import changes
from schools.register.services import proposals

DONE = _("%(school)s：%(kind)s已生效")
FAILED = _("%(school)s：%(kind)s到期未能生效")


def apply_due(*, at: datetime) -> int:
    """Carry out every agreed change of a school whose day has come, the oldest first; returns how many.

    Each stands in a transaction of its own, so one that breaks holds up no other. One that cannot be carried out stays
    agreed and says why; it is tried again until the checks of its day are closed, from then on it can only be taken
    back. Who asked and who agreed are told once a day. What was carried out is not carried out twice.
    """
    due = Proposal.objects.filter(state=Proposal.State.AGREED, takes_effect__lte=local_date(at))
    return sum(_try(pk, at) for pk in list(due.order_by("takes_effect", "pk").values_list("pk", flat=True)))


def _try(pk: int, at: datetime) -> int:
    clash = gettext("与现有机构或沿革冲突，数据库未接受，请核对代码、日期和隶属。")
    about: dict[str, object] = {"proposal": pk}
    return attempt(lambda: _apply(pk, at), trouble=lambda why: _tell_trouble(pk, why, at), clash=clash, about=about)


@transaction.atomic
def _apply(pk: int, at: datetime) -> int:
    row = proposals.locked(pk)
    if row.state != Proposal.State.AGREED:
        return 0
    _refuse_too_late(row, at)
    proposals.carry_out(row, row.decided_by, at)
    row.state, row.trouble = changes.after("apply", row.state), ""
    row.save(update_fields=["state", "trouble"])
    records.log(by=None, verb=f"{row.kind}.apply", on=row, at=at)
    proposals.tell(row, [row.asked_by], DONE, "", at)
    return 1


def _refuse_too_late(row: Proposal, at: datetime) -> None:
    if changes.slots_closed(row.takes_effect, at, closes_after(at)):
        day = {"day": row.takes_effect}
        raise NotAllowed(gettext("%(day)s 的检查已关账，这次变更不能再生效；请撤回批准，改定日期后重新申请。") % day)


@transaction.atomic
def _tell_trouble(pk: int, why: str, at: datetime) -> None:
    row, why = proposals.locked(pk), why[:200]
    if row.state != Proposal.State.AGREED:
        return
    if row.trouble != why:
        row.trouble = why
        row.save(update_fields=["trouble"])
        records.refused(by=None, verb=f"{row.kind}.apply", on=row, reason=why, at=at)
    people = [person for person in (row.asked_by, row.decided_by) if person is not None]
    proposals.tell(row, people, FAILED, why, at, key=f"proposal.trouble/{pk}/{local_date(at)}")
