"""Errors that a person can act on."""

from logistics_portal.kit import context


class NotAllowed(Exception):
    """The step asked for cannot be taken from here; the text is a sentence the person can act on.

    The request remembers the sentence, so that the refusal is kept whether a view shows it or not.
    """

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        context.current().refusals.append(sentence)


class Clash(Exception):
    """Somebody else was there first: the same id with other content, or a row that changed meanwhile."""
