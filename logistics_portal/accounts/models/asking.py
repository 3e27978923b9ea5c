"""What one person asks for and another decides: a post."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models.people import Post, User
from logistics_portal.accounts.models.units import Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class PostRequest(Scoped):
    """A post that somebody asks for: at a school its bureau grants it, at the province a leader confirms it.

    It gives no right by itself; the post is made when it is granted.
    """

    class State(models.TextChoices):
        """Where the request stands."""

        ASKED = "asked", _("待办理")
        GRANTED = "granted", _("已授予")
        REFUSED = "refused", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="post_requests")
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices())
    username = models.CharField(_("登录名"), max_length=60)
    full_name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    first_date = models.DateField(_("起始日期"))
    last_date = models.DateField(_("终止日期"), null=True, blank=True)
    school_units = models.JSONField(_("指定学校"), default=list, blank=True)
    places = models.JSONField(_("指定场所"), default=list, blank=True)
    reason = models.CharField(_("依据"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_posts")
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="decided_post_requests")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    answer = models.CharField(_("退回理由"), max_length=200, blank=True)
    post = models.OneToOneField(Post, models.PROTECT, null=True, blank=True, related_name="request")

    objects = ScopedQuerySet["PostRequest"].as_manager()

    class Meta:
        verbose_name = _("岗位申请")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="post_request_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="withdrawn", decided_by__isnull=True, decided_at__isnull=False)
                | Q(state__in=["granted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="post_request_decided_by_somebody_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state="granted", post__isnull=False) | (~Q(state="granted") & Q(post__isnull=True)),
                name="post_request_granted_has_its_post",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="post_request_refused_says_why"),
            models.UniqueConstraint(
                fields=["unit", "role", "username"],
                condition=Q(state="asked"),
                name="a_post_is_asked_for_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="post_request_by_state")]

    def __str__(self) -> str:
        return f"{self.full_name} {self.title}"

    @property
    def title(self) -> str:
        """Return the role's name in the reader's language."""
        return str(Role(self.role).label)

    @property
    def is_open(self) -> bool:
        """Say whether it still waits for an answer."""
        return self.state == PostRequest.State.ASKED
