"""Accidents, what was decided about them, and the one-vote veto."""

from inspections.incidents.models.decisions import GradeDecision, ReportAct, ResponsibilityFinding, Softening
from inspections.incidents.models.incidents import Incident, IncidentVersion
from inspections.incidents.models.vetoes import Lifting, Veto

__all__ = [
    "GradeDecision",
    "Incident",
    "IncidentVersion",
    "Lifting",
    "ReportAct",
    "ResponsibilityFinding",
    "Softening",
    "Veto",
]
