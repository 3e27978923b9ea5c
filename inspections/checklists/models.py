"""Check-lists and their versions; a published version never changes."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dated import held
from logistics_portal.kit.scoping import Viewer
from schools.register.models import Place


def in_language(chinese: str, english: str) -> str:
    """Return the wording in the reader's language; the Chinese one where there is no other."""
    return chinese if in_chinese() else english or chinese


def in_chinese() -> bool:
    """Say whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


class Checklist(models.Model):
    """A list of questions about one kind of place, known by its code across all versions."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    subject = models.CharField(_("适用场所"), max_length=12, choices=Place.Kind)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("检查表")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name in the reader's language."""
        return in_language(self.name, self.name_en)


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions, and the ways they are asked for."""

    def in_force(self, *, on: date) -> Self:
        """Keep the versions that hold on a day: published or, for past days, retired since."""
        return self.filter(
            held(on, since="valid_from", until="valid_to"),
            state__in=[Version.State.PUBLISHED, Version.State.RETIRED],
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """Keep what a viewer's schools answer and what their bureaus answer for: wordings above and below their posts.

        The province's wordings are everybody's.
        """
        paths = set(viewer.reach.paths)
        units = Unit.objects.filter(Q(pk__in=viewer.reach.school_units) | Q(school__places__in=viewer.reach.places))
        if viewer.reach.school_units or viewer.reach.places:
            paths |= set(units.values_list("path", flat=True))
        above = {path[: place + 1] for path in paths for place, char in enumerate(path) if char == "/"}
        seen = Q(unit__kind=Unit.Kind.PROVINCE) | Q(unit__path__in=above)
        for path in sorted(viewer.reach.paths):
            seen |= Q(unit__path__startswith=path)
        return self.filter(seen)


class Version(models.Model):
    """One wording of a check-list, of the province or of a county or city that added to it, from a day on (R8)."""

    class State(models.TextChoices):
        """Where the version stands."""

        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已停用")
        DISCARDED = "discarded", _("已弃")

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="checklist_versions")
    number = models.PositiveSmallIntegerField(_("版次"))
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="local_versions")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    spec = models.JSONField(help_text="the compiled template: everything needed to show and judge a check")
    spec_hash = models.CharField(max_length=64)
    note = models.CharField(_("改动说明"), max_length=300, blank=True)
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="drafted_versions")
    drafted_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="published_versions"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查表版本")
        constraints = [
            models.UniqueConstraint(fields=["checklist", "unit", "number"], name="one_checklist_version_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"]) | Q(valid_from__isnull=False, published_at__isnull=False),
                name="published_version_says_from_when",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="version_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="version_published_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist.name} v{self.number}"


class Section(models.Model):
    """A part of a version, in order."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="sections")
    code = models.CharField(max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("检查区")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_section_code_per_version")]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One question of a version; its code keeps its meaning across versions."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="items")
    section = models.ForeignKey(Section, models.PROTECT, related_name="items")
    code = models.CharField(_("代码"), max_length=12)
    position = models.PositiveSmallIntegerField(help_text="place of its character in the answers")
    text = models.CharField(_("内容"), max_length=160)
    text_en = models.CharField(max_length=320)
    severity = models.CharField(_("级别"), max_length=8)
    category = models.CharField(_("环节"), max_length=20)

    class Meta:
        verbose_name = _("检查项")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="one_item_code_per_version"),
            models.UniqueConstraint(fields=["version", "position"], name="one_item_position_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class SheetVersion(models.Model):
    """A 100-point supervision sheet as published (used by visits)."""

    code = models.CharField(_("代码"), max_length=40)
    number = models.PositiveSmallIntegerField(_("版次"))
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=160)
    spec = models.JSONField()
    spec_hash = models.CharField(max_length=64)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督导评分表")
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="one_sheet_version_per_number")]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"
