"""What the database itself refuses about incidents: versions are only added, nothing is ever deleted."""

from __future__ import annotations

from logistics_portal.records.guards import Guard, append_only, never_deleted

GUARDS: tuple[Guard, ...] = (
    append_only("inspections_incidentversion"),
    never_deleted("inspections_incident"),
    never_deleted("inspections_veto"),
    never_deleted("inspections_softening"),
    never_deleted("inspections_lifting"),
)
