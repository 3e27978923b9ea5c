"""What the database itself refuses about units and posts."""

# ruff: noqa: S608 - the words put into these statements are role keys from code, never input

from __future__ import annotations

from collections.abc import Iterable

from logistics_portal.accounts.permissions import OWN_LOG_ROLES, SCHOOL_ROLES, Role
from logistics_portal.accounts.rules import BUREAU_KINDS, DELEGATION_DAYS, OFFICE, PAIRS, Near, Pair
from logistics_portal.records.guards import Guard, never_deleted, refuse

_END = "'9999-12-31'"


def _listed(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"


def _near(near: Near, first: str, second: str) -> str:
    if near is Near.SAME_UNIT:
        return f"{first}.path = {second}.path"
    if near is Near.SECOND_COVERS_FIRST:
        return f"substr({first}.path, 1, length({second}.path)) = {second}.path"
    return f"{second}.kind <> 'province'" if near is Near.SECOND_BELOW_PROVINCE else "1 = 1"


def _pair(pair: Pair) -> str:
    ways = [
        f"({one}.role IN {_listed(pair.first)} AND {two}.role IN {_listed(pair.second)} "
        f"AND {_near(pair.near, at, over)})"
        for one, at, two, over in (("NEW", "mine", "held", "theirs"), ("held", "theirs", "NEW", "mine"))
    ]
    return " OR ".join(ways)


def _overlap(one: str, other: str, end: str = "until_date") -> str:
    return f"{one}.from_date <= COALESCE({other}.{end}, {_END}) AND {other}.from_date <= COALESCE({one}.{end}, {_END})"


SEPARATED = (
    "NEW.revoked_at IS NULL AND EXISTS (SELECT 1 FROM accounts_post held "
    "JOIN accounts_unit theirs ON theirs.id = held.unit_id JOIN accounts_unit mine ON mine.id = NEW.unit_id "
    f"WHERE held.user_id = NEW.user_id AND held.id <> NEW.id AND held.revoked_at IS NULL AND {_overlap('NEW', 'held')} "
    f"AND ({' OR '.join(_pair(pair) for pair in PAIRS)}))"
)
MISFIT = (
    "EXISTS (SELECT 1 FROM accounts_unit mine WHERE mine.id = NEW.unit_id AND NOT ("
    f"(NEW.role IN {_listed(SCHOOL_ROLES)} AND mine.kind = 'school') "
    f"OR (NEW.role = '{Role.AUDITOR}' AND mine.kind IN ('province', 'city')) "
    f"OR (NEW.role IN {_listed((Role.SCHEME_ADMIN, Role.SYSTEM_OPERATOR))} AND mine.kind = 'province') "
    f"OR (NEW.role NOT IN {_listed(SCHOOL_ROLES | {Role.AUDITOR, Role.SCHEME_ADMIN, Role.SYSTEM_OPERATOR})} "
    f"AND mine.kind IN {_listed(BUREAU_KINDS)})))"
)
INSPECTED_BY_OWN_OFFICE = (
    "EXISTS (SELECT 1 FROM accounts_post area JOIN accounts_post held ON held.user_id = area.user_id "
    "JOIN accounts_unit theirs ON theirs.id = held.unit_id JOIN accounts_unit school ON school.id = NEW.unit_id "
    f"WHERE area.id = NEW.post_id AND held.id <> area.id AND held.role IN {_listed(OFFICE)} "
    f"AND area.revoked_at IS NULL AND held.revoked_at IS NULL AND {_overlap('area', 'held')} "
    f"AND {_near(Near.SECOND_COVERS_FIRST, 'school', 'theirs')})"
)
UNASKED = (
    "NEW.granted_by_id IS NOT NULL AND NEW.stands_in_for_id IS NULL "
    "AND (NEW.asked_by_id IS NULL OR NEW.asked_by_id = NEW.user_id) "
    "AND EXISTS (SELECT 1 FROM accounts_unit mine WHERE mine.id = NEW.unit_id AND (mine.kind = 'province' "
    f"OR (mine.kind = 'school' AND NEW.asked_by_id IS NULL AND NEW.role NOT IN {_listed(OWN_LOG_ROLES)})))"
)
UNAGREED = "NEW.state = 'applied' AND (NEW.agreed_at IS NULL OR NEW.confirmed_by_id = NEW.asked_by_id)"
OTHER_LIST = "NEW.file_id <> OLD.file_id OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.by_id <> OLD.by_id"
PERIODS_OVERLAP = (
    "EXISTS (SELECT 1 FROM accounts_unitperiod other WHERE other.id <> NEW.id "
    f"AND (other.unit_id = NEW.unit_id OR other.code = NEW.code) AND {_overlap('NEW', 'other')})"
)

GUARDS: tuple[Guard, ...] = (
    never_deleted("accounts_unit"),
    refuse("posts_stay_separated", "accounts_post", on=("INSERT", "UPDATE"), when=SEPARATED),
    refuse("post_role_fits_its_unit", "accounts_post", on=("INSERT", "UPDATE"), when=MISFIT),
    refuse("post_was_asked_for", "accounts_post", on=("INSERT",), when=UNASKED),
    never_deleted("accounts_postrequest"),
    never_deleted("accounts_peopleimport"),
    refuse("closed_people_import_stands", "accounts_peopleimport", on=("UPDATE",), when="OLD.state <> 'checked'"),
    refuse("people_import_was_agreed_to", "accounts_peopleimport", on=("INSERT", "UPDATE"), when=UNAGREED),
    refuse("people_import_keeps_its_list", "accounts_peopleimport", on=("UPDATE",), when=OTHER_LIST),
    refuse("decided_post_request_stands", "accounts_postrequest", on=("UPDATE",), when="OLD.state <> 'asked'"),
    refuse("inspector_is_not_the_office", "accounts_listedschool", on=("INSERT",), when=INSPECTED_BY_OWN_OFFICE),
    refuse(
        "delegation_ends_in_time",
        "accounts_post",
        on=("INSERT", "UPDATE"),
        sqlite="NEW.stands_in_for_id IS NOT NULL AND (NEW.until_date IS NULL OR "
        f"julianday(NEW.until_date) - julianday(NEW.from_date) > {DELEGATION_DAYS})",
        postgres="NEW.stands_in_for_id IS NOT NULL AND (NEW.until_date IS NULL OR "
        f"NEW.until_date - NEW.from_date > {DELEGATION_DAYS})",
    ),
    refuse("unit_periods_never_overlap", "accounts_unitperiod", on=("INSERT", "UPDATE"), when=PERIODS_OVERLAP),
)
