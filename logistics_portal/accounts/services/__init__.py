"""Verbs of units, people and posts."""
