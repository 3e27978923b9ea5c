"""Errors that a person can act on."""


class NotAllowed(Exception):
    """The step asked for cannot be taken from here; the text is a sentence the person can act on."""


class Clash(Exception):
    """Somebody else was there first: the same id with other content, or a row that changed meanwhile."""
