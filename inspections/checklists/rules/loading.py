"""Reading `checklists.yaml`: safe, complete, and with every mistake told by its line."""

from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from . import references, schema, sense_forms, sense_words
from .definition import Definition
from .lines import Document
from .problems import DefinitionError, Fault, Problem, dotted

SENSE = (references.faults, sense_forms.faults, sense_words.faults)
SHIPPED_FILE = FilePath(__file__).parent.parent / "data" / "checklists.yaml"

__all__ = ["SHIPPED_FILE", "DefinitionError", "Problem", "read", "shipped"]


def read(text: str) -> Definition:
    """Return the definition that a YAML text holds; raises `DefinitionError` with all its problems.

    Where the shape is wrong, references and sums are still looked at as far as they can be read.
    """
    document = Document(text)
    faults = [*document.faults, *schema.faults(document.values)]
    if faults:
        raise _error(document, [*faults, *_readable_faults(document.values)])
    definition = Definition.from_json(document.values)
    faults = [fault for check in SENSE for fault in check(definition)]
    if faults:
        raise _error(document, faults)
    return definition


def _readable_faults(values: Any) -> list[Fault]:
    """Return the faults of sense in a file whose shape is wrong; what cannot be read is left for the next try."""
    found: list[Fault] = []
    try:
        definition = Definition.from_json(values)
        for check in SENSE:
            found.extend(check(definition))
    except (LookupError, TypeError, ValueError, AttributeError):
        return found
    return found


@lru_cache(maxsize=1)
def shipped() -> Definition:
    """Return the province's default definition, as the product ships it."""
    return read(SHIPPED_FILE.read_text(encoding="utf-8"))


def _error(document: Document, faults: list[Fault]) -> DefinitionError:
    """Return the error that tells the faults in the order of their lines."""
    problems = {Problem(document.line(fault.path), dotted(fault.path), fault.reason) for fault in faults}
    return DefinitionError(sorted(problems))
