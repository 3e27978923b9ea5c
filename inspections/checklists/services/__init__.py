"""Loading, drafting and publishing check-lists."""

from inspections.checklists.services.loading import Start, load, publish_spec, write_items

__all__ = ["Start", "load", "publish_spec", "write_items"]
