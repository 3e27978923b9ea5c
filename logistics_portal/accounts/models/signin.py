"""What is kept about signing in besides the sessions: addresses released from a lock-out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models.people import User


class AddressRelease(models.Model):
    """An address that a security administrator released: failures from before that moment count no more."""

    address = models.GenericIPAddressField(_("地址"))
    at = models.DateTimeField(_("解除时间"))
    by = models.ForeignKey(User, models.PROTECT, related_name="released_addresses")
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        verbose_name = _("地址解锁")
        indexes = [models.Index(fields=["address", "at"], name="address_release_by_address")]

    def __str__(self) -> str:
        return str(self.address)
