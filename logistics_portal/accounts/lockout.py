"""Who may try to sign in: five failures lock a name at an address, twenty names lock strangers out at that address.

Decided (threats T43, T44): 5 failures in 15 minutes lock that name at that address for 15 minutes. When 20 different
names that never signed in there have failed from one address within an hour, only names that did sign in there within
30 days may still try: a whole school behind one address keeps working, a list of guessed names gets nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from logistics_portal.accounts import selectors
from logistics_portal.accounts.models import AddressRelease, Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said

WINDOW: Final = timedelta(hours=1)
KNOWN_FOR: Final = timedelta(days=30)
NAME_LOCKED_FOR: Final = timedelta(minutes=15)
LOCKED: Final = 429
MOST: Final = 500


class Doorkeeper(AxesDatabaseHandler):  # type: ignore[misc]
    """Locks a name at an address, and an address against names it has never seen."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        """Say whether this attempt is turned away unread."""
        if super().is_locked(request, credentials):
            return True
        name, address = name_of(request, credentials), request.axes_ip_address
        request.sprayed = turned_away(name, address, request.axes_attempt_time)
        return bool(request.sprayed)

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: Any = None, **more: object
    ) -> None:
        """Keep the failure; the one that fills an address, also anew after a release, is told to the province."""
        address: str = (request.axes_ip_address if request is not None else None) or ""
        at: datetime = request.axes_attempt_time if request is not None else timezone.now()
        told = not address or is_full(address, at)
        super().user_login_failed(sender, credentials, request, **more)
        if not told and is_full(address, at):
            _tell_full(address, at)


def name_of(_request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the name somebody tries, as accounts spell it: large and small letters are one name."""
    return str((credentials or {}).get(settings.AXES_USERNAME_FORM_FIELD) or "").strip().casefold()


def turned_away(name: str, address: str | None, at: datetime) -> bool:
    """Say whether an address is full of failed names and has never seen this one."""
    if not address or not is_full(address, at):
        return False
    return not _known_at(address, at).filter(username=name).exists()


def is_full(address: str, at: datetime) -> bool:
    """Say whether so many strange names failed from an address within the hour, since it was last released."""
    if strange_names(address, at).count() < settings.SPRAY_NAMES:
        return False
    released = _released(address, at)
    return released is None or strange_names(address, at, since=released).count() >= settings.SPRAY_NAMES


def _released(address: str, at: datetime) -> datetime | None:
    """Return when an address was last released within the hour, or nothing."""
    rows = AddressRelease.objects.filter(address=address, at__gt=at - WINDOW)
    last: datetime | None = rows.aggregate(last=Max("at"))["last"]
    return last


def strange_names(address: str | None, at: datetime, *, since: datetime | None = None) -> QuerySet[Any]:
    """Return the names that failed from an address within the hour and have not signed in there for 30 days."""
    failed = AccessFailureLog.objects.filter(ip_address=address, attempt_time__gt=since or at - WINDOW)
    known = _known_at(address, at).values("username")
    names: QuerySet[Any] = failed.exclude(username__in=known).order_by().values("username").distinct()
    return names


def _known_at(address: str | None, at: datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = AccessLog.objects.filter(ip_address=address, attempt_time__gt=at - KNOWN_FOR)
    return rows.order_by()


def _tell_full(address: str, at: datetime) -> None:
    """Note that an address is full and tell the province; a second wave after a release is told of by its own key."""
    released = _released(address, at)
    wave = f"{at:%Y%m%d%H}" + (f"/{released:%H%M%S%f}" if released else "")
    records.refused(by=None, verb="signin.spray", on=None, reason=address, at=at)
    province = Unit.objects.filter(kind=Unit.Kind.PROVINCE).first()
    if province is not None:
        records.notify(
            to=selectors.people_in_post([Role.SECURITY_ADMIN], province, local_date(at)),
            key=f"signin.spray/{address}/{wave}",
            title=said(gettext_noop("同一地址试了许多登录名：%(address)s"), {"address": address}),
            text=said(
                gettext_noop("一小时内有 %(count)d 个没在那里登录过的名字输错，已对陌生名字暂停登录。"),
                {"count": settings.SPRAY_NAMES},
            ),
            url=reverse("accounts:lockouts"),
            at=at,
        )


def locked_names(at: datetime) -> list[dict[str, Any]]:
    """Return which names are locked now, and at which address, the latest first."""
    attempts = AccessAttempt.objects.filter(attempt_time__gt=at - NAME_LOCKED_FOR).order_by()
    rows = attempts.values("username", "ip_address").annotate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    return list(rows.filter(failures__gte=settings.AXES_FAILURE_LIMIT).order_by("-last", "username")[:MOST])


def full_addresses(at: datetime) -> list[str]:
    """Return the addresses at which strange names are turned away now."""
    failed = AccessFailureLog.objects.filter(attempt_time__gt=at - WINDOW, ip_address__isnull=False).order_by()
    many = failed.values("ip_address").annotate(names=Count("username", distinct=True))
    found = many.filter(names__gte=settings.SPRAY_NAMES).values_list("ip_address", flat=True).order_by("ip_address")
    return [address for address in found if is_full(address, at)]


def used_by(address: str, usernames: QuerySet[Any], at: datetime) -> bool:
    """Say whether one of these people signed in from an address within 30 days."""
    return _known_at(address, at).filter(username__in=usernames).exists()


def tell(request: HttpRequest, _response: HttpResponse | None, _credentials: object = None) -> HttpResponse:
    """Answer a turned-away attempt with a sentence that says how long and what to do."""
    context = {"failure_limit": settings.AXES_FAILURE_LIMIT, "sprayed": getattr(request, "sprayed", False)}
    return render(request, "account/locked.html", context, status=LOCKED)
