"""What the database itself refuses about check-lists: what was published never changes and never goes."""

from __future__ import annotations

from logistics_portal.records.guards import Guard, append_only, refuse

STANDS = "OLD.state IN ('published', 'retired')"
CONTENT = ("checklist_id", "unit_id", "number", "spec_hash", "valid_from", "drafted_at", "published_at")
CHANGED = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in (*CONTENT, "spec"))
BACKWARDS = "NEW.state NOT IN ('published', 'retired') OR (OLD.state = 'retired' AND NEW.state <> 'retired')"

GUARDS: tuple[Guard, ...] = (
    refuse(
        "published_checklist_never_changes",
        "inspections_version",
        on=("UPDATE",),
        when=f"{STANDS} AND ({CHANGED} OR {BACKWARDS})",
    ),
    refuse("published_checklist_never_goes", "inspections_version", on=("DELETE",), when=STANDS),
    append_only("inspections_section"),
    append_only("inspections_item"),
)
