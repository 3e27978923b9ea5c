"""Dormitory buildings, rooms and beds."""
