"""All tables of this wing, gathered for Django."""

from canteens.premises.models import Canteen, Supply

__all__ = ["Canteen", "Supply"]
