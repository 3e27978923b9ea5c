"""Loading, drafting and publishing check-lists."""

from inspections.checklists.services.drafting import Author, add_locally, draft_from_definition, draft_version
from inspections.checklists.services.loading import Start, load, publish_spec, write_items
from inspections.checklists.services.publishing import DAYS_AHEAD, discard, first_start, publish, retire

__all__ = [
    "DAYS_AHEAD",
    "Author",
    "Start",
    "add_locally",
    "discard",
    "draft_from_definition",
    "draft_version",
    "first_start",
    "load",
    "publish",
    "publish_spec",
    "retire",
    "write_items",
]
