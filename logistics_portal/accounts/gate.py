"""The gate that every page stands behind: who is asking, and may they?"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.context import act_on_post, aim_at

P = ParamSpec("P")


class SignedRequest(HttpRequest):
    """A request whose user has signed in."""

    user: User


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
    aim_at(at)
    if post is None:
        raise PermissionDenied(permission)
    act_on_post(post.pk, post.unit_id)
    return post


def fresh(view: Callable[Concatenate[SignedRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask for the password or the second factor again before a grave act, unless given in the last 30 minutes."""

    @wraps(view)
    def guarded(request: SignedRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        given = [float(record["at"]) for record in get_authentication_records(request, request.user)]
        if given and time.time() - max(given) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return view(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            again = f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
            return HttpResponse(status=401, headers={"HX-Redirect": again})
        raise ReauthenticationRequired

    return guarded
