"""What makes and revokes codes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.codes.models import Code
from schools.register.models import Place

TOKEN_BYTES = 16


def make(*, place: Place, label: str, by: User, at: datetime) -> Code:
    """Make a code for a place or an appliance in it; raises `NotAllowed` where one hangs already or nobody works."""
    if place.until_date is not None and place.until_date < local_date(at):
        raise NotAllowed(gettext("“%(name)s”已停用，不能生成二维码。") % {"name": place.name})
    label = " ".join(label.split())
    try:
        with transaction.atomic():
            code = Code.objects.create(
                place=place, label=label, token=secrets.token_urlsafe(TOKEN_BYTES), made_by=by, made_at=at
            )
            records.log(by=by, verb="code.make", on=code, at=at, after={"place": place.name, "label": label})
    except IntegrityError:
        words = gettext("这个位置已有二维码。原码遗失或损坏，请先作废再重新生成。")
        raise NotAllowed(words) from None
    return code


@transaction.atomic
def make_missing(*, places: Iterable[Place], by: User, at: datetime) -> list[Code]:
    """Make a code for each of some places."""
    return [make(place=place, label="", by=by, at=at) for place in places]


@transaction.atomic
def revoke(*, code: Code, reason: str, by: User, at: datetime) -> Code:
    """Let a code open nothing any more, with a reason; it stays in the list."""
    code = Code.objects.select_for_update(of=("self",)).select_related("place__school__unit").get(pk=code.pk)
    if code.revoked_at is not None:
        raise NotAllowed(gettext("这张二维码已经作废。"))
    code.revoked_by, code.revoked_at, code.revoke_reason = by, at, reason
    code.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    records.log(by=by, verb="code.revoke", on=code, at=at, reason=reason)
    return code
