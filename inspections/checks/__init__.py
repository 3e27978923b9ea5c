"""Checks: what a school found on a day, kept as one short row."""
