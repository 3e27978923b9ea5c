"""The gate that every page stands behind: who is asking, and may they?"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Permission

P = ParamSpec("P")


class SignedRequest(HttpRequest):
    """A request whose user has signed in."""

    user: User  # type: ignore[assignment]


def signed_in(
    view: Callable[Concatenate[SignedRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Send anyone who has not signed in to the sign-in page."""

    @wraps(view)
    def guarded(request: SignedRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return login_required(guarded)


def require(user: User, permission: Permission, *, at: Unit) -> Post:
    """Return the post under which `user` may use `permission` at `at`, or refuse the request with 403."""
    post = user.post_for(permission, at=at)
    if post is None:
        raise PermissionDenied(permission)
    return post
