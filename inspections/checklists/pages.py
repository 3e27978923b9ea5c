"""What the pages of check-lists show: a version, its neighbours in time, what changed, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from inspections.checklists import selectors
from inspections.checklists.estimate import Effort, effort
from inspections.checklists.models import Version
from inspections.checklists.rules.comparison import Change, Turn, compare
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.records.selectors import parameters
from logistics_portal.records.trails import events

TURNS = {Turn.ADDED: "good", Turn.REMOVED: "bad", Turn.CHANGED: "warn"}
BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_LENGTH = 6
MOST_CODES = 100


@dataclass(frozen=True)
class ChangeLine:
    """One difference as the compare page shows it."""

    tone: str
    word: str
    code: str
    name: str
    label: str
    before: str
    after: str


def version_page(user: User, version: Version, history: list[Version], on: date) -> dict[str, Any]:
    """Return everything the page of a version shows."""
    return {
        "version": version,
        "tone": selectors.STATE_TONES[version.state],
        "sections": selectors.sections_of(version.spec, parameters(on)),
        "schedule": selectors.schedule_words(version.spec),
        "effort": effort(version.spec),
        "history": history,
        "previous": next((it for it in history if it.number < version.number and it.unit_id == version.unit_id), None),
        "events": events(on=version),
        "rights": rights(user, version),
    }


def rights(user: User, version: Version) -> dict[str, bool]:
    """Return what a person may do with a version now."""
    draft = version.state == Version.State.DRAFT
    publishes = user.can(Permission.CHECKLIST_PUBLISH, at=version.unit)
    return {
        "publish": draft and publishes and version.drafted_by_id != user.pk,
        "discard": draft and (publishes or version.drafted_by_id == user.pk),
        "retire": version.state == Version.State.PUBLISHED and publishes,
        "add": adding_unit(user) is not None,
    }


def adding_unit(user: User) -> Unit | None:
    """Return the county or city for which a person may add to check-lists."""
    local = {Unit.Kind.COUNTY, Unit.Kind.CITY, Unit.Kind.SPECIAL_COMMITTEE, Unit.Kind.FUNCTIONAL_ZONE}
    posts = (post for post in user.live_posts if post.role == Role.OFFICE_CLERK and post.unit.kind in local)
    return next((post.unit for post in posts), None)


def effort_words(before: Effort | None, after: Effort) -> str:
    """Return how much longer a form gets, for the page where it is published."""
    words: dict[str, Any] = {"taps": after.taps, "typed": after.typed, "seconds": after.seconds}
    if before is None:
        return gettext("全部适用且无系统取数时：%(taps)s 次点按、%(typed)s 项填写，约 %(seconds)s 秒。") % words
    words |= {"more": f"{after.seconds - before.seconds:+d}"}
    said = gettext(
        "全部适用且无系统取数时：%(taps)s 次点按、%(typed)s 项填写，约 %(seconds)s 秒，比现行版本 %(more)s 秒。"
    )
    return said % words


def changes_between(before: Version, after: Version) -> list[ChangeLine]:
    """Return every difference between two versions of a check-list."""
    words = {Turn.ADDED: gettext("新增"), Turn.REMOVED: gettext("删除"), Turn.CHANGED: gettext("修改")}
    return [_change(change, words[change.turn]) for change in compare(before.spec, after.spec)]


def _change(change: Change, word: str) -> ChangeLine:
    whole = change.turn != Turn.CHANGED
    before, after = ("", "") if whole else (_shown(change.before), _shown(change.after))
    return ChangeLine(TURNS[change.turn], word, change.code, change.name, change.label, before, after)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, dict):
        parts = (f"{key}: {_shown(inside)}" for key, inside in value.items())
        return str(value["param"]) if set(value) == {"param"} else gettext("，").join(parts)
    if isinstance(value, list | tuple):
        return gettext("、").join(_shown(one) for one in value)
    return str(value)


def next_code(spec: dict[str, Any], unit: Unit, taken: set[str]) -> str:
    """Return the next free code for an item a unit adds: the form's letters, three for the unit, a number."""
    letters = spec["items"][0]["code"][:5]
    return next(
        code for number in range(1, MOST_CODES) if (code := f"{letters}-{unit_letters(unit)}-{number:02d}") not in taken
    )


def unit_letters(unit: Unit) -> str:
    """Return three letters for a unit: its city's place in the province and its own two digits."""
    code = unit.code
    if len(code) == CODE_LENGTH and code.isascii() and code.isdigit() and int(code[2:4]) < len(BASE36):
        return f"{BASE36[int(code[2:4])]}{code[4:]}"
    plain = "".join(char for char in code.upper() if char in BASE36)
    return plain[-3:].rjust(3, "0")
