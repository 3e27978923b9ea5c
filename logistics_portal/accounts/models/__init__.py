"""Units, users, posts, and what is asked for before a second person decides."""

from logistics_portal.accounts.models.asking import PostRequest
from logistics_portal.accounts.models.imports import PeopleImport
from logistics_portal.accounts.models.people import ListedPlace, ListedSchool, Post, PostQuerySet, User, UserManager
from logistics_portal.accounts.models.signin import AddressRelease
from logistics_portal.accounts.models.units import Unit, UnitChange, UnitPeriod, UnitQuerySet

__all__ = [
    "AddressRelease",
    "ListedPlace",
    "ListedSchool",
    "PeopleImport",
    "Post",
    "PostQuerySet",
    "PostRequest",
    "Unit",
    "UnitChange",
    "UnitPeriod",
    "UnitQuerySet",
    "User",
    "UserManager",
]
