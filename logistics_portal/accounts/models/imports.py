"""Sheets of school users handed in, and who answers for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models.people import User
from logistics_portal.accounts.models.units import Unit
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class PeopleImport(Scoped):
    """A sheet of school users with the clerk who answers for it: checked, agreed to, carried out whole or put aside.

    Without that clerk's own yes nothing of it is written (rights §2, post.grant at a school).
    """

    class State(models.TextChoices):
        """Where the import stands."""

        CHECKED = "checked", _("待导入")
        REFUSED = "refused", _("有错")
        APPLIED = "applied", _("已导入")
        CANCELLED = "cancelled", _("已取消")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    file = models.OneToOneField("records.Attachment", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people_imports")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.CHECKED)
    rows = models.PositiveIntegerField(_("数据行"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="lists_handed_over")
    by = models.ForeignKey(User, models.PROTECT, related_name="people_imports")
    uploaded_at = models.DateTimeField(_("上传时间"))
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="agreed_people_imports")
    agreed_at = models.DateTimeField(_("核对同意时间"), null=True, blank=True)
    answer = models.CharField(_("退回理由"), max_length=200, blank=True)
    needs_second = models.BooleanField(_("须第二人确认"), default=False)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="confirmed_people_imports"
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = ScopedQuerySet["PeopleImport"].as_manager()

    class Meta:
        verbose_name = _("人员导入")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("by")),
                name="people_import_second_is_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied", needs_second=True) | Q(confirmed_by__isnull=False),
                name="people_import_large_is_confirmed",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("by")), name="people_import_list_comes_from_another_person"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False, agreed_by=F("asked_by")),
                name="people_import_agreed_to_by_who_gave_the_list",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(state="cancelled"), name="people_import_sent_back_is_put_aside"
            ),
            models.CheckConstraint(
                condition=Q(state="checked", closed_at__isnull=True)
                | (~Q(state="checked") & Q(closed_at__isnull=False)),
                name="people_import_closed_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name} {local_date(self.uploaded_at)}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be agreed to, carried out or put aside."""
        return self.state == PeopleImport.State.CHECKED

    @property
    def is_sent_back(self) -> bool:
        """Say whether who gave the list put it aside with a reason; who handed it in may bring a better one."""
        return bool(self.answer)

    @property
    def stands(self) -> str:
        """Return where the import stands, as people say it."""
        return gettext("已退回") if self.is_sent_back else str(self.State(self.state).label)

    @property
    def is_agreed(self) -> bool:
        """Say whether who gave the list has looked at it and said yes."""
        return self.agreed_at is not None
