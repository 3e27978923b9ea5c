"""Sheets handed in for import: which step may follow which, who must agree, how long they wait and are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.errors import NotAllowed


class State(TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("已上传")
    CHECKED = "checked", _("待导入")
    REFUSED = "refused", _("有错")
    APPLIED = "applied", _("已导入")
    CANCELLED = "cancelled", _("已取消")


STEPS = {
    ("check", State.UPLOADED): State.CHECKED,
    ("refuse", State.UPLOADED): State.REFUSED,
    ("match", State.UPLOADED): State.UPLOADED,
    ("match", State.CHECKED): State.UPLOADED,
    ("match", State.REFUSED): State.UPLOADED,
    ("confirm", State.CHECKED): State.CHECKED,
    ("reopen", State.CHECKED): State.UPLOADED,
    ("apply", State.CHECKED): State.APPLIED,
    ("cancel", State.UPLOADED): State.CANCELLED,
    ("cancel", State.CHECKED): State.CANCELLED,
}
LIVING = (State.UPLOADED, State.CHECKED)
OVER = (State.REFUSED, State.CANCELLED)  # nothing of it was written; a better sheet may be brought


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of imports as they stand on a day; the portal's parameters of the same names replace them."""

    head_above_rows: int = 50
    waits_days: int = 7
    kept_days: int = 90

    def given_up_before(self, at: datetime) -> datetime:
        """Return the moment before which a sheet must have come to be given up now."""
        return at - timedelta(days=self.waits_days)

    def gone_before(self, at: datetime) -> datetime:
        """Return the moment before which a sheet must have come for its files to go now."""
        return at - timedelta(days=self.kept_days)


def may(step: str, state: str) -> bool:
    """Say whether `step` may be taken from a state."""
    return (step, state) in STEPS


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step."""
    try:
        return STEPS[step, State(state)]
    except KeyError:
        told = {"state": State(state).label}
        raise NotAllowed(gettext("这份文件的状态是“%(state)s”，不能这样办理，请重新上传。") % told) from None


def needs_head(figures: Mapping[str, Any], limits: Limits) -> bool:
    """Say whether the head of the unit must confirm: more than fifty rows, or guarded facts of known schools."""
    written = int(figures.get("new", 0)) + int(figures.get("changed", 0))
    return written > limits.head_above_rows or int(figures.get("guarded", 0)) > 0
