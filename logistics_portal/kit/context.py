"""What is known of the request being answered: its number, where it came from, who asks and on which post."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase


@dataclass
class Act:
    """One request, or one run of a job, as the audit trail tells it; `kept` is what was read for all of it."""

    request_id: str = ""
    address: str = ""
    request: HttpRequest | None = None
    post_id: int | None = None
    unit_id: int | None = None
    aim: Model | None = None
    aim_label: str = ""
    refusals: list[str] = field(default_factory=list)
    refusal_kept: bool = False
    kept: dict[str, object] = field(default_factory=dict)


_now: ContextVar[Act | None] = ContextVar("act", default=None)


def current() -> Act:
    """Return what is known of the request being answered; outside a request nothing is known."""
    return _now.get() or Act()


@contextmanager
def one_act() -> Iterator[Act]:
    """Join the request or run of work that is going on, or begin one; what is read for all of it is read once."""
    held = _now.get()
    if held is not None:
        yield held
        return
    with acting(Act()) as begun:
        yield begun


def act_on_post(post_id: int, unit_id: int) -> None:
    """Remember the post, and its unit, under which the rest of this request acts."""
    act = _now.get()
    if act is not None:
        act.post_id, act.unit_id = post_id, unit_id


def aim_at(row: Model, label: str = "") -> None:
    """Remember what the request wants to act on, so that a refusal of it can name it; `label` says it closer."""
    act = _now.get()
    if act is not None:
        act.aim, act.aim_label = row, label


@contextmanager
def acting(act: Act) -> Iterator[Act]:
    """Let `act` stand for what is being done until the block ends."""
    token = _now.set(act)
    try:
        yield act
    finally:
        _now.reset(token)


def client_address(request: HttpRequest) -> str:
    """Return where the request came from; the proxy's word counts only when a proxy was configured."""
    if settings.BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def remember_request(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give every request a number, kept in its audit rows and told in the answer's `X-Request-ID`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        act = Act(request_id=secrets.token_hex(8), address=client_address(request), request=request)
        with acting(act):
            response = get_response(request)
        response["X-Request-ID"] = act.request_id
        return response

    return middleware
