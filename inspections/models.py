"""All tables of this wing, gathered for Django."""

from inspections.checklists.models import Checklist, Item, Section, SheetVersion, Version
from inspections.checks.models import AwaitedPhoto, Check, CheckPhoto, Failure, Release
from inspections.evaluations.models import Evaluation, Run, SchemeVersion
from inspections.findings.models import ExtensionRequest, Finding, FindingEvent, FindingPhoto, Toleration
from inspections.incidents.models import (
    GradeDecision,
    Incident,
    IncidentVersion,
    Lifting,
    ReportAct,
    ResponsibilityFinding,
    Softening,
    Veto,
)
from inspections.reports.models import Report
from inspections.schedules.models import ClosedDay, Exemption, Missed
from inspections.tallies.models import CountyDay, ItemDay, SchoolMonth

__all__ = [
    "AwaitedPhoto",
    "Check",
    "CheckPhoto",
    "Checklist",
    "ClosedDay",
    "CountyDay",
    "Evaluation",
    "Exemption",
    "ExtensionRequest",
    "Failure",
    "Finding",
    "FindingEvent",
    "FindingPhoto",
    "GradeDecision",
    "Incident",
    "IncidentVersion",
    "Item",
    "ItemDay",
    "Lifting",
    "Missed",
    "Release",
    "Report",
    "ReportAct",
    "ResponsibilityFinding",
    "Run",
    "SchemeVersion",
    "SchoolMonth",
    "Section",
    "SheetVersion",
    "Softening",
    "Toleration",
    "Version",
    "Veto",
]
