"""A correction after the slot has closed: asked for, released or refused, used once. No database, no clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.errors import NotAllowed


class State(TextChoices):
    """Where a request for a correction stands."""

    REQUESTED = "requested", _("待同意更正")
    RELEASED = "released", _("已同意更正")
    REFUSED = "refused", _("不同意更正")
    WITHDRAWN = "withdrawn", _("已撤回")
    USED = "used", _("已更正")
    LAPSED = "lapsed", _("逾期未更正")


OPEN = (State.REQUESTED, State.RELEASED)
STEPS = {
    ("release", State.REQUESTED): State.RELEASED,
    ("refuse", State.REQUESTED): State.REFUSED,
    ("withdraw", State.REQUESTED): State.WITHDRAWN,
    ("withdraw", State.RELEASED): State.WITHDRAWN,
    ("use", State.RELEASED): State.USED,
    ("lapse", State.RELEASED): State.LAPSED,
}


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step."""
    try:
        return STEPS[step, State(state)]
    except KeyError:
        raise NotAllowed(
            gettext("这份更正申请目前为“%(state)s”，不能再这样办理。") % {"state": State(state).label}
        ) from None


def stands(state: str, until: datetime | None, at: datetime) -> State:
    """Return the state as it is at an instant: a release that ran out unused has lapsed, whoever wrote it down yet."""
    if state == State.RELEASED and until is not None and until < at:
        return State.LAPSED
    return State(state)


def usable_until(answered_by: datetime, frozen_from: datetime) -> datetime:
    """Return until when a release may be used: some working days, and never past the data freeze."""
    return min(answered_by, frozen_from)
