"""Codes that hang at a place or on an appliance in it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.scoping import Scoped, ScopedQuerySet
from schools.register.models import Place


class Code(Scoped):
    """A code that names a place, and what it hangs on there; one that was revoked opens nothing and is kept.

    `token` stands in the address that the code shows: anybody may read it, and it gives nobody a right.
    """

    unit_path: ClassVar[str] = "place__school__unit__path"
    unit_key: ClassVar[str] = "place__school__unit_id"
    place_key: ClassVar[str] = "place_id"

    place = models.ForeignKey(Place, models.PROTECT, related_name="codes")
    label = models.CharField(_("张贴处"), max_length=40, blank=True)
    token = models.CharField(max_length=22, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("生成时间"))
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    revoke_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["Code"].as_manager()

    class Meta:
        verbose_name = _("场所二维码")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "label"], condition=Q(revoked_at__isnull=True), name="one_living_code_per_spot"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="revoked_code_says_who",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return where it hangs: the place, and the appliance in it."""
        return f"{self.place.name} · {self.label}" if self.label else self.place.name

    @property
    def number(self) -> str:
        """Return the short number printed below it, by which a lost one is found again in the list."""
        return self.token[-6:].upper()
