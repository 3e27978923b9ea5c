"""Commands of the inspections wing."""
