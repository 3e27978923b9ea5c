"""Refusals written down: whatever a person was denied is kept, outside the transaction that was rolled back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from logistics_portal.kit import context
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.kit.secrecy import masked
from logistics_portal.records import services

logger = logging.getLogger(__name__)
FORBIDDEN, NOT_FOUND, CONFLICT, BAD = 403, 404, 409, 400
REDIRECTS = range(300, 400)


class WriteRefusals:
    """Keeps a row for every 403, every foreign id a signed-in person asked for, and every sentence of refusal.

    A refusal that no view turned into an answer becomes a page with its sentence.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        reason = _reason(request, response.status_code)
        if reason is not None and not context.current().refusal_kept:
            _write(request, reason)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its sentence: 409 to a step that cannot be taken, 400 to an address without sense."""
        if not isinstance(exception, NotAllowed | Clash):
            return None
        status = BAD if request.method in {"GET", "HEAD"} else CONFLICT
        if "HX-Request" in request.headers:
            return HttpResponse(str(exception), status=status, content_type="text/plain; charset=utf-8")
        return render(request, "records/refused.html", {"sentence": str(exception)}, status=status)


def _reason(request: HttpRequest, status: int) -> str | None:
    """Return why the request was refused, or nothing when it was not."""
    sentences = context.current().refusals
    if status == FORBIDDEN:
        return sentences[-1] if sentences else "403"
    if status == NOT_FOUND:
        asked = request.resolver_match is not None and bool(request.resolver_match.kwargs)
        return "404" if asked and _person(request) is not None else None
    if sentences and status not in REDIRECTS and (request.method in {"POST", "PUT"} or status in {BAD, CONFLICT}):
        return sentences[-1]
    return None


def _person(request: HttpRequest) -> AbstractBaseUser | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, AbstractBaseUser) else None


def _write(request: HttpRequest, reason: str) -> None:
    match = request.resolver_match
    verb = match.view_name if match is not None else str(request.method)
    pk = match.kwargs.get("pk") if match is not None else None
    asked = services.Asked(verb=verb, pk=pk, method=str(request.method), address=masked(request.path))
    try:
        services.refused_address(by=_person(request), asked=asked, reason=reason, at=timezone.now())
    except DatabaseError:
        logger.exception("refusal not written", extra={"verb": verb})
