"""Reading `checklists.yaml`: safe, complete, and with every mistake told by its line."""

from functools import lru_cache
from pathlib import Path as FilePath

from . import references, schema, sense_forms, sense_words
from .definition import Definition
from .lines import Document
from .problems import DefinitionError, Fault, Problem, dotted

SHIPPED_FILE = FilePath(__file__).parent.parent / "data" / "checklists.yaml"

__all__ = ["SHIPPED_FILE", "DefinitionError", "Problem", "read", "shipped"]


def read(text: str) -> Definition:
    """Return the definition that a YAML text holds; raises `DefinitionError` with all its problems.

    References and sums are looked at once the shape is right: before that they cannot be told apart from it.
    """
    document = Document(text)
    faults = list(document.faults)
    misshapen = list(schema.faults(document.values))
    if misshapen:
        raise _error(document, faults + misshapen)
    definition = Definition.from_json(document.values)
    faults += [*references.faults(definition), *sense_forms.faults(definition), *sense_words.faults(definition)]
    if faults:
        raise _error(document, faults)
    return definition


@lru_cache(maxsize=1)
def shipped() -> Definition:
    """Return the province's default definition, as the product ships it."""
    return read(SHIPPED_FILE.read_text(encoding="utf-8"))


def _error(document: Document, faults: list[Fault]) -> DefinitionError:
    """Return the error that tells the faults in the order of their lines."""
    problems = {Problem(document.line(fault.path), dotted(fault.path), fault.reason) for fault in faults}
    return DefinitionError(sorted(problems))
