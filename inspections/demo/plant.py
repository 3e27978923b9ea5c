"""The inspections' part of the demo province, in order."""

from __future__ import annotations

from inspections.demo import checks, findings, incidents
from logistics_portal.desk.plot import Plot


def plant(plot: Plot) -> None:
    """Plant checks, what they found, and a few incidents."""
    planted = checks.plant(plot)
    findings.plant(plot, planted)
    incidents.plant(plot)
