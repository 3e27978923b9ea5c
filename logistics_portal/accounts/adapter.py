"""What sign-in by allauth may do here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SECOND_FACTOR_ROLES


class PortalAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: accounts are made by a security administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no."""
        return False


class PortalMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor stays on while a post demands it."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return no for the code generator of somebody whose post demands it."""
        user = authenticator.user
        demanded = settings.SECOND_FACTOR_REQUIRED and isinstance(user, User)
        is_generator = authenticator.type == Authenticator.Type.TOTP
        return not (demanded and is_generator and user.roles & {role.value for role in SECOND_FACTOR_ROLES})
