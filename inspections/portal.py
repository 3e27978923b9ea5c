"""What this wing plugs into the portal."""

from inspections.checklists import plugs as checklists
from inspections.checks import plugs as checks
from inspections.dashboards import plugs as dashboards
from inspections.demo.plant import plant
from inspections.evaluations import plugs as evaluations
from inspections.findings import plugs as findings
from inspections.incidents import plugs as incidents
from inspections.reports import plugs as reports
from inspections.schedules import plugs as schedules
from logistics_portal.kit import registry

registry.demos.add(registry.Demo("inspections", plant, 30))
checks.plug()
schedules.plug()
findings.plug()
incidents.plug()
checklists.plug()
reports.plug()
evaluations.plug()
dashboards.plug()
