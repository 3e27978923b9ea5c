"""Decisions of the register: dated changes, papers that run out, and how rows of a sheet are read."""
