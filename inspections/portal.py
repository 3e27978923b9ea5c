"""What this wing plugs into the portal."""
