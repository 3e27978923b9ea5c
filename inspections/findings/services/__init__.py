"""The steps that change a finding."""

from inspections.findings.services.opening import Defect, Occasion, open_findings

__all__ = ["Defect", "Occasion", "open_findings"]
