"""Pages of checks: today's duties and the form, and what was handed in."""
