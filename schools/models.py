"""All tables of the hall, gathered for Django."""

from schools.codes.models import Code
from schools.register.models import Enrolment, ImportFile, Place, Proposal, School, Trait
from schools.terms.models import Closure, Edition, Extra, NationalYear, Term

__all__ = [
    "Closure",
    "Code",
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
