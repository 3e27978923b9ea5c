"""What a person does at the desk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from logistics_portal.accounts.models import User


@transaction.atomic
def open_all_notices(*, by: User, at: datetime) -> int:
    """Mark every unread notice of a person as read and return how many there were."""
    return by.notices.unread().update(read_at=at)
