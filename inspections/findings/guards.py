"""What the database itself refuses about findings."""

from __future__ import annotations

from logistics_portal.records.guards import Guard, append_only, never_deleted, refuse

TOLERATED_WITHOUT_WORD = (
    "NEW.tolerated_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inspections_toleration held "
    "WHERE held.finding_id = NEW.id AND held.state IN ('granted', 'revoked') "
    "AND held.until_date >= NEW.tolerated_until)"
)
SCHOOL_YEAR = 366  # days; the rule in force may be shorter, the database never lets it grow
GRANTED = "NEW.state IN ('granted', 'revoked')"
SETTLED_AND_CHANGED = (
    "OLD.state IN ('returned', 'refused', 'revoked', 'lapsed') OR (OLD.state = 'granted' AND (NEW.state <> 'revoked' "
    "OR NEW.until_date <> OLD.until_date OR NEW.from_date <> OLD.from_date OR NEW.decided_by_id <> OLD.decided_by_id "
    "OR NEW.prepared_by_id <> OLD.prepared_by_id OR NEW.finding_id <> OLD.finding_id))"
)

GUARDS: tuple[Guard, ...] = (
    append_only("inspections_findingevent"),
    never_deleted("inspections_finding"),
    never_deleted("inspections_toleration"),
    refuse(
        "tolerated_by_a_granted_toleration", "inspections_finding", on=("INSERT", "UPDATE"), when=TOLERATED_WITHOUT_WORD
    ),
    refuse(
        "toleration_ends_within_a_school_year",
        "inspections_toleration",
        on=("INSERT", "UPDATE"),
        sqlite=f"{GRANTED} AND julianday(NEW.until_date) - julianday(NEW.from_date) > {SCHOOL_YEAR}",
        postgres=f"{GRANTED} AND NEW.until_date - NEW.from_date > {SCHOOL_YEAR}",
    ),
    refuse("settled_toleration_stays", "inspections_toleration", on=("UPDATE",), when=SETTLED_AND_CHANGED),
)
