"""Schools, and the places in them that can be inspected."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.dated import held
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class SchoolQuerySet(ScopedQuerySet["School"]):
    """Schools, and the ways they are asked for."""

    def below(self, unit: Unit) -> Self:
        """Keep the schools under a bureau, as the tree stands today."""
        return self.filter(unit__path__startswith=unit.path)

    def living(self, *, on: date) -> Self:
        """Keep the schools that exist on a day."""
        return self.filter(held(on, since="opened_date", until="closed_date"))

    def matching(self, text: str) -> Self:
        """Keep the schools whose name, code or initials contain `text`; PostgreSQL cannot be asked for a NUL."""
        if "\0" in text:
            return self.none()
        return self.filter(
            Q(name__icontains=text) | Q(code__startswith=text.upper()) | Q(initials__startswith=text.lower())
        )


class School(Scoped):
    """A primary, secondary or vocational school; its own unit hangs under the bureau that supervises it (R2, R113)."""

    class Kind(models.TextChoices):
        """What is taught."""

        PRIMARY = "primary", _("小学")
        JUNIOR = "junior", _("初中")
        NINE_YEAR = "nine_year", _("九年一贯制学校")
        SENIOR = "senior", _("普通高中")
        COMPLETE_SECONDARY = "complete_secondary", _("完全中学")
        VOCATIONAL = "vocational", _("中等职业学校")
        SPECIAL_ED = "special_ed", _("特殊教育学校")

    class Ownership(models.TextChoices):
        """Who runs it."""

        PUBLIC = "public", _("公办")
        PRIVATE = "private", _("民办")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="school")
    code = models.CharField(_("学校代码"), max_length=20, unique=True)
    name = models.CharField(_("学校名称"), max_length=80)
    initials = models.CharField(_("拼音首字母"), max_length=80, blank=True)
    kind = models.CharField(_("学校类型"), max_length=20, choices=Kind)
    ownership = models.CharField(_("办学性质"), max_length=8, choices=Ownership, default=Ownership.PUBLIC)
    division = models.CharField(_("所在行政区划"), max_length=12, help_text="code of the county it lies in")
    is_rural_compulsory = models.BooleanField(_("农村义务教育"), default=False)
    is_boarding = models.BooleanField(_("寄宿制"), default=False)
    serves_meals = models.BooleanField(_("供餐"), default=False)
    keeps_weekends = models.BooleanField(_("周末留宿"), default=False)
    pupils = models.PositiveIntegerField(_("在校生数"), default=0)
    boarders = models.PositiveIntegerField(_("寄宿生数"), default=0)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    phone = models.CharField(_("办公电话"), max_length=30, blank=True)
    opened_date = models.DateField(_("建校日期"))
    closed_date = models.DateField(_("撤并日期"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("学校")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                name="school_closes_after_it_opens",
            ),
        ]
        indexes = [
            models.Index(fields=["division"], name="school_by_division"),
            models.Index(fields=["initials"], name="school_by_initials"),
        ]

    def __str__(self) -> str:
        return self.name


class Trait(models.Model):
    """A dated flag of a school (boarding, meals, rural, weekends kept); one value per flag and day (R3, R4, R105)."""

    class Flag(models.TextChoices):
        """What the row says."""

        BOARDING = "boarding", _("寄宿制")
        MEALS = "meals", _("供餐")
        RURAL = "rural", _("农村义务教育")
        WEEKENDS = "weekends", _("周末留宿")

    school = models.ForeignKey(School, models.PROTECT, related_name="traits")
    flag = models.CharField(_("属性"), max_length=10, choices=Flag)
    value = models.BooleanField(_("值"))
    from_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("学校属性")
        constraints = [
            models.UniqueConstraint(fields=["school", "flag", "from_date"], name="one_trait_value_per_start"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="trait_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.flag}={self.value} {self.from_date}"


class Enrolment(models.Model):
    """Pupils and boarders of a school on 1 October of a year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="enrolments")
    year = models.PositiveSmallIntegerField(_("年份"))
    pupils = models.PositiveIntegerField(_("在校生数"))
    boarders = models.PositiveIntegerField(_("寄宿生数"), default=0)

    class Meta:
        verbose_name = _("在校生统计")
        constraints = [
            models.UniqueConstraint(fields=["school", "year"], name="one_enrolment_per_year"),
            models.CheckConstraint(condition=Q(boarders__lte=F("pupils")), name="boarders_are_pupils"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.year}: {self.pupils}"


class PlaceQuerySet(ScopedQuerySet["Place"]):
    """Places, and the ways they are asked for."""

    def living(self, *, on: date) -> Self:
        """Keep the places that are in use on a day."""
        return self.filter(held(on))


class Place(Scoped):
    """Something that can be inspected: a canteen, a dormitory building, a campus. Kind and school never change."""

    class Kind(models.TextChoices):
        """What the place is."""

        CANTEEN = "canteen", _("食堂")
        DORMITORY = "dormitory", _("宿舍楼")
        CAMPUS = "campus", _("校园")

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"
    place_key: ClassVar[str] = "pk"

    school = models.ForeignKey(School, models.PROTECT, related_name="places")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    from_date = models.DateField(_("启用日期"))
    until_date = models.DateField(_("停用日期"), null=True, blank=True)
    checked_from = models.DateField(_("纳入检查日期"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("场所")
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "name"], name="one_place_name_per_school_and_kind"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="place_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_checked(self, day: date) -> bool:
        """Say whether the place is in use and under checks on a day."""
        return max(self.from_date, self.checked_from) <= day and (self.until_date is None or day <= self.until_date)


class Proposal(Scoped):
    """A change of a school or a place that waits for a second person (edit, close, merge, move, close a place)."""

    unit_path: ClassVar[str] = "school__unit__path"
    unit_key: ClassVar[str] = "school__unit_id"

    class Kind(models.TextChoices):
        """What is asked for."""

        EDIT = "edit", _("变更信息")
        CLOSE = "close", _("撤并（停办）")
        MERGE = "merge", _("并入他校")
        MOVE = "move", _("变更主管单位")
        CLOSE_PLACE = "close_place", _("停用场所")
        REOPEN_PLACE = "reopen_place", _("恢复场所")
        ENROL = "enrol", _("填报在校生数")

    class State(models.TextChoices):
        """Where it stands."""

        REQUESTED = "requested", _("待批")
        AGREED = "agreed", _("已批，到期生效")
        APPROVED = "approved", _("已批")
        REFUSED = "refused", _("驳回")
        WITHDRAWN = "withdrawn", _("撤回")

    school = models.ForeignKey(School, models.PROTECT, related_name="proposals")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="proposals")
    kind = models.CharField(_("事项"), max_length=14, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REQUESTED)
    takes_effect = models.DateField(_("生效日期"))
    changes = models.JSONField(_("变更内容"), default=dict, blank=True)
    target_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField(_("文件依据"), max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="asked_proposals")
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_proposals"
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)
    trouble = models.CharField(_("未能生效的原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["Proposal"].as_manager()

    class Meta:
        verbose_name = _("变更申请")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "approved", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="proposal_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["close", "merge", "move"]) | ~Q(document=""),
                name="end_or_move_of_a_school_names_a_document",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="merge") | Q(successor__isnull=False))
                & (~Q(kind="move") | Q(target_unit__isnull=False))
                & (~Q(kind__in=["close_place", "reopen_place"]) | Q(place__isnull=False)),
                name="proposal_names_what_it_is_about",
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"{self.school.name} {self.get_kind_display()} {self.takes_effect}"


class ImportFile(Scoped):
    """A sheet handed in for import: checked first, applied whole or not at all; the same file changes nothing twice."""

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    class State(models.TextChoices):
        """Where the import stands."""

        UPLOADED = "uploaded", _("已上传")
        CHECKED = "checked", _("待导入")
        REFUSED = "refused", _("有错")
        APPLIED = "applied", _("已导入")
        CANCELLED = "cancelled", _("已取消")

    class Kind(models.TextChoices):
        """What the rows are."""

        SCHOOLS = "schools", _("学校")
        USERS = "users", _("学校人员")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="imports")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UPLOADED)
    file = models.ForeignKey("records.Attachment", models.PROTECT, related_name="+")
    error_file = models.ForeignKey("records.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    uploaded_at = models.DateTimeField(_("上传时间"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="confirmed_imports"
    )
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)

    objects = ScopedQuerySet["ImportFile"].as_manager()

    class Meta:
        verbose_name = _("导入")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "sha256"],
                condition=Q(state__in=["uploaded", "checked", "applied"]) & ~Q(sha256=""),
                name="one_living_import_per_file",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(confirmed_by__isnull=False, applied_at__isnull=False),
                name="import_applied_after_somebody_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.file.title
