"""What the database itself refuses about inspections, gathered from the rooms."""

from __future__ import annotations

from inspections.checklists import guards as checklists
from inspections.checks import guards as checks
from inspections.findings import guards as findings
from inspections.incidents import guards as incidents
from logistics_portal.records.guards import Guard

GUARDS: tuple[Guard, ...] = (
    *checklists.GUARDS,
    *checks.GUARDS,
    *findings.GUARDS,
    *incidents.GUARDS,
)
