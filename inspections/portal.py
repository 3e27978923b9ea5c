"""What this wing plugs into the portal."""

from inspections.demo.plant import plant
from logistics_portal.kit import registry

registry.demos.add(registry.Demo("inspections", plant, 30))
