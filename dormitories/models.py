"""All tables of this wing, gathered for Django."""

from dormitories.buildings.models import Building, Room

__all__ = ["Building", "Room"]
