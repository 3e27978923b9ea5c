"""What sign-in by allauth may do here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class PortalAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: accounts are made by a security administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no."""
        return False
