"""Accidents, their grade and responsibility, and the one-vote veto."""
