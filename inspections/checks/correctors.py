"""Who may put right what a school handed in."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext

from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.errors import NotAllowed

CORRECTORS = frozenset({Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL})


def is_corrector(authors: Collection[int], by: User, role: str) -> bool:
    """Say whether a person on that post may correct: who handed in, the vice principal, the principal."""
    return by.pk in authors or role in CORRECTORS


def require_corrector(authors: Collection[int], by: User, post: Post) -> None:
    """Refuse a colleague who neither handed the check in nor heads the school."""
    if not is_corrector(authors, by, post.role):
        raise NotAllowed(gettext("只有填报人本人、分管副校长或校长可以更正。"))
