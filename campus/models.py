"""All tables of this wing, gathered for Django."""

from campus.assets.models import Facility, NoFacility

__all__ = ["Facility", "NoFacility"]
