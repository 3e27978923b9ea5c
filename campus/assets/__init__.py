"""Facilities of a campus and their certificates."""
