"""What the database itself refuses about findings."""

from __future__ import annotations

from logistics_portal.records.guards import Guard, append_only, never_deleted

GUARDS: tuple[Guard, ...] = (
    append_only("inspections_findingevent"),
    never_deleted("inspections_finding"),
)
