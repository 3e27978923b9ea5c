"""What the page of one figure is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk.figures import selectors
from logistics_portal.records import bases
from logistics_portal.records.models import Parameter
from logistics_portal.records.rules import State


def page_of(rows: Sequence[Parameter], user: User, today: date) -> dict[str, Any]:
    """Return a figure's value of today, every value it had, the change that waits, and what this person may do."""
    newest = rows[0]
    now = next((row for row in rows if row.valid_from <= today), None)
    changes = list(selectors.changes_of(newest.code))
    waiting = next((change for change in changes if change.state == State.PROPOSED), None)
    province = selectors.province()
    sets = user.can(Permission.PARAMETER_SET, at=province)
    confirms = user.can(Permission.PARAMETER_CONFIRM, at=province)
    return {
        "figure": newest,
        "name": selectors.name_of(newest),
        "now": now,
        "value": selectors.with_unit(now, now.value) if now else "",
        "today": today,
        "rows": [(row, selectors.with_unit(row, row.value)) for row in rows],
        "basis": bases.in_words(newest.basis),
        "sure": selectors.sure_of(now or newest),
        "bounds": selectors.bounds_of(newest),
        "waiting": waiting,
        "wanted": selectors.with_unit(newest, waiting.value) if waiting else "",
        "changes": [(change, selectors.with_unit(newest, change.value)) for change in changes if change != waiting],
        "may_decide": waiting is not None and confirms and waiting.proposed_by_id != user.pk,
        "may_withdraw": waiting is not None and sets,
        "may_propose": waiting is None and sets,
        "events": selectors.trail(newest.code),
    }
