"""The checks, findings and incidents of the demo province."""
