"""What this wing plugs into the portal."""

from inspections.demo.plant import plant
from inspections.findings import plugs as findings
from logistics_portal.kit import registry

registry.demos.add(registry.Demo("inspections", plant, 30))
findings.plug()
