"""Figures folded from closed days."""
