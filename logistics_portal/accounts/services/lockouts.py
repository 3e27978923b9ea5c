"""Lock-outs released before their time, by a security administrator, with a reason."""

from __future__ import annotations

from datetime import datetime

from axes.utils import reset
from django.db import transaction

from logistics_portal.accounts.models import AddressRelease, Unit, User
from logistics_portal.records import services as records


@transaction.atomic
def release_name(*, person: User, unit: Unit, by: User, at: datetime) -> int:
    """Let a person try again at once, wherever the name was locked; returns how many locks ended."""
    ended: int = reset(username=person.username)
    records.log(by=by, verb="signin.release", on=person, unit=unit, at=at)
    return ended


@transaction.atomic
def release_address(*, address: str, reason: str, by: User, at: datetime) -> AddressRelease:
    """Let names that never signed in at an address try again there; the failures stay on record."""
    release = AddressRelease.objects.create(address=address, reason=reason[:200], by=by, at=at)
    records.log(by=by, verb="signin.release", on=release, reason=reason, at=at)
    return release
