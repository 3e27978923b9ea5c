"""All tables of the hall, gathered for Django."""

from schools.register.models import Enrolment, ImportFile, Place, Proposal, School, Trait
from schools.terms.models import Closure, Edition, Extra, NationalYear, Term

__all__ = [
    "Closure",
    "Edition",
    "Enrolment",
    "Extra",
    "ImportFile",
    "NationalYear",
    "Place",
    "Proposal",
    "School",
    "Term",
    "Trait",
]
