"""What the page of one figure is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk.figures import selectors
from logistics_portal.records.models import Parameter
from logistics_portal.records.rules import State


def page_of(rows: Sequence[Parameter], user: User, today: date) -> dict[str, Any]:
    """Return a figure's value of today, every value it had, the change that waits, and what this person may do."""
    newest, values = rows[0], selectors.rows_in_words(rows)
    changes = list(selectors.changes_of(newest.code))
    waiting = next((change for change in changes if change.state == State.PROPOSED), None)
    province = selectors.province()
    sets = user.can(Permission.PARAMETER_SET, at=province)
    confirms = user.can(Permission.PARAMETER_CONFIRM, at=province)
    return {
        "figure": newest,
        "name": selectors.name_of(newest),
        "now": next((pair for pair in values if pair[0].valid_from <= today), None),
        "today": today,
        "rows": values,
        "sure": selectors.sure_of(newest),
        "bounds": selectors.bounds_of(newest),
        "waiting": waiting,
        "wanted": selectors.with_unit(newest, waiting.value) if waiting else "",
        "changes": [change for change in changes if change != waiting],
        "may_decide": waiting is not None and confirms and waiting.proposed_by_id != user.pk,
        "may_withdraw": waiting is not None and sets,
        "may_propose": waiting is None and sets,
        "events": selectors.trail(newest.code),
    }
