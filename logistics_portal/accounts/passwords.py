"""What a password is refused for, in the portal's own words where Django's read badly."""

from __future__ import annotations

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext


class UnlikeTheAccount(UserAttributeSimilarityValidator):
    """Refuse a password that is much like the login name."""

    def get_error_message(self) -> str:
        """Return the sentence; Django fills in the name of the column."""
        return gettext("密码与%(verbose_name)s太相似，请另设一个。")
