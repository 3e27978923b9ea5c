"""Codes on a wall: scanned with a phone they open the right form of a place; they give no right."""
