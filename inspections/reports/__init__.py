"""Periodic reports to the bureaus, frozen once issued."""
