"""Units of the org tree, users, and the posts that tie them together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.permissions import GRANTS, Level, Permission, Role
from logistics_portal.kit.dated import held
from logistics_portal.kit.scoping import Reach, Scoped, ScopedQuerySet


class UnitQuerySet(ScopedQuerySet["Unit"]):
    """Units, and the ways they are asked for."""

    def below(self, unit: Unit) -> Self:
        """Keep `unit` and everything under it."""
        return self.filter(path__startswith=unit.path)

    def bureaus(self) -> Self:
        """Keep the units that have an education office of their own."""
        return self.filter(kind__in=Unit.BUREAUS, switched_on=True)

    def living(self, *, on: date) -> Self:
        """Keep the units that exist on a day."""
        return self.filter(held(on))


class Unit(Scoped):
    """A bureau or a school: one node of the org tree, as it stands today; `UnitPeriod` holds its history."""

    class Kind(models.TextChoices):
        """What the unit is."""

        PROVINCE = "province", _("省")
        CITY = "city", _("市（州）")
        SPECIAL_COMMITTEE = "special_committee", _("管委会")
        FUNCTIONAL_ZONE = "functional_zone", _("功能区")
        ZONE_AREA = "zone_area", _("管委会片区")
        COUNTY = "county", _("县（市、区）")
        SCHOOL = "school", _("学校")

    BUREAUS: ClassVar[tuple[str, ...]] = ("province", "city", "special_committee", "functional_zone", "county")

    unit_path: ClassVar[str] = "path"
    unit_key: ClassVar[str] = "pk"

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(_("路径"), max_length=120, unique=True, help_text="220000/220100/220102/")
    division = models.CharField(_("行政区划代码"), max_length=12, blank=True, help_text="where it lies on the map")
    switched_on = models.BooleanField(_("启用"), default=True)
    from_date = models.DateField(_("设立日期"))
    until_date = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="unit_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(path__endswith="/"), name="unit_path_ends_with_a_slash"),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="unit_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def first_reviewer(self) -> Unit:
        """Return F, the bureau that plays the county's part here (初审单位); the province answers for itself."""
        unit = self
        while unit.parent is not None and (unit.kind not in Unit.BUREAUS or not unit.switched_on):
            unit = unit.parent
        return unit

    @property
    def next_level(self) -> Unit:
        """Return the bureau one above this one in the reporting line; the province is above itself."""
        return self.parent.first_reviewer if self.parent is not None else self


class UnitPeriod(models.Model):
    """How a unit stood over some days: name, code, kind and reporting line. Periods of a unit never overlap."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="periods")
    from_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20, choices=Unit.Kind)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="child_periods")
    reason = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("机构沿革")
        constraints = [
            models.UniqueConstraint(fields=["unit", "from_date"], name="one_unit_period_per_start"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="unit_period_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_date}"


class UnitChange(Scoped):
    """A change to the org tree that one person asks for and another confirms; it takes effect when confirmed."""

    class Kind(models.TextChoices):
        """What is to change."""

        CREATE = "create", _("设立")
        RENAME = "rename", _("更名")
        RECODE = "recode", _("变更代码")
        MOVE = "move", _("调整隶属")
        CLOSE = "close", _("撤销")
        SWITCH_ON = "switch_on", _("启用")

    class State(models.TextChoices):
        """Where the change stands."""

        ASKED = "asked", _("待确认")
        DONE = "done", _("已生效")
        REFUSED = "refused", _("已退回")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    kind = models.CharField(_("变更"), max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes", help_text="for a new unit its parent")
    facts = models.JSONField(default=dict, blank=True)
    on_date = models.DateField(_("生效日期"))
    reason = models.CharField(_("依据"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("User", models.PROTECT, related_name="asked_unit_changes")
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey("User", models.PROTECT, null=True, blank=True, related_name="decided_unit_changes")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)

    objects = ScopedQuerySet["UnitChange"].as_manager()

    class Meta:
        verbose_name = _("机构变更")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="unit_change_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state__in=["done", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="unit_change_decided_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit_id} {self.on_date}"


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Return a new user; without a password nobody can sign in as them yet."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in; what they may do follows from their posts alone."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    full_name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now)
    locked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    seen_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.full_name or self.username

    @cached_property
    def live_posts(self) -> list[Post]:
        """Return the posts held today, read once per request; what they list is read only where they list something."""
        own = Post.objects.in_force(on=timezone.localdate()).filter(user=self)
        posts = list(own.select_related("unit__parent").order_by("pk"))
        listing = [post for post in posts if post.reach_kind != Post.ReachKind.UNIT]
        models.prefetch_related_objects(listing, "listed_schools", "listed_places")
        return posts

    @cached_property
    def reach(self) -> Reach:
        """Return what today's posts reach: subtrees, listed schools, listed places."""
        paths: set[str] = set()
        schools: set[int] = set()
        places: set[int] = set()
        for post in self.live_posts:
            if post.reach_kind == Post.ReachKind.UNIT:
                paths.add(post.unit.path)
            elif post.reach_kind == Post.ReachKind.SCHOOLS:
                schools.update(row.unit_id for row in post.listed_schools.all())
            else:
                places.update(row.place_id for row in post.listed_places.all())
        return Reach(frozenset(paths), frozenset(schools), frozenset(places))

    @cached_property
    def roles(self) -> frozenset[str]:
        """Return the roles held today."""
        return frozenset(post.role for post in self.live_posts)

    @property
    def main_post(self) -> Post | None:
        """Return the post shown beside the name: the highest unit first."""
        return min(self.live_posts, key=lambda post: (post.unit.path.count("/"), post.pk), default=None)

    def post_for(self, permission: Permission, *, at: Unit) -> Post | None:
        """Return the post under which this user may use `permission` at `at`, or nothing."""
        return next((post for post in self.live_posts if post.allows(permission, at=at)), None)

    def can(self, permission: Permission, *, at: Unit) -> bool:
        """Say whether a post held today grants `permission` at `at`."""
        return self.post_for(permission, at=at) is not None


class PostQuerySet(ScopedQuerySet["Post"]):
    """Posts, and the ways they are asked for."""

    def in_force(self, *, on: date) -> Self:
        """Keep the posts held on a day and not revoked."""
        return self.filter(held(on), revoked_at__isnull=True)


class Post(Scoped):
    """A role held by a user at a unit over some days, with its reach. Revoked posts stay readable."""

    class ReachKind(models.TextChoices):
        """How far the post reaches."""

        UNIT = "unit", _("本单位及下属")
        SCHOOLS = "schools", _("指定学校")
        PLACES = "places", _("指定场所")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices())
    reach_kind = models.CharField(_("范围"), max_length=8, choices=ReachKind, default=ReachKind.UNIT)
    from_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="granted_posts")
    granted_at = models.DateTimeField(_("授予时间"), default=timezone.now)
    stands_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="delegations")
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="revoked_posts")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("岗位")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="post_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                name="nobody_grants_a_post_to_themselves",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="post_revoked_by_somebody_at_some_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "until_date"], name="post_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} @ {self.unit_id}"

    @property
    def title(self) -> str:
        """Return the role's name in the reader's language."""
        return str(Role(self.role).label)

    @property
    def can_be_delegated(self) -> bool:
        """Say whether its holder may let somebody stand in."""
        running = self.revoked_at is None and self.stands_in_for_id is None
        return running and Role(self.role) in GRANTS[Permission.POST_DELEGATE]

    def reaches(self, unit: Unit) -> bool:
        """Say whether `unit` lies within this post's reach."""
        if self.reach_kind == Post.ReachKind.SCHOOLS:
            return any(row.unit_id == unit.pk for row in self.listed_schools.all())
        return unit.path.startswith(self.unit.path)

    def allows(self, permission: Permission, *, at: Unit) -> bool:
        """Say whether this post grants `permission` at `at`: right role, right level, within reach."""
        levels = GRANTS[permission].get(Role(self.role), frozenset())
        return bool(levels) and self.reaches(at) and any(self._stands_at(level, at) for level in levels)

    def _stands_at(self, level: Level, at: Unit) -> bool:
        if level is Level.OWN:
            return self.unit_id == at.pk
        if level is Level.FIRST:
            return self.unit_id == at.first_reviewer.pk
        if level is Level.NEXT:
            return self.unit_id == at.first_reviewer.next_level.pk
        if level is Level.PROVINCE:
            return self.unit.kind == Unit.Kind.PROVINCE
        return True


class ListedSchool(models.Model):
    """A school that a post reaches (an inspector's area); the school is named by its unit."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="listed_schools")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "unit"], name="a_school_is_listed_once_per_post")]

    def __str__(self) -> str:
        return f"{self.post_id} → {self.unit_id}"


class ListedPlace(models.Model):
    """A place that a post reaches (a keeper's building, an officer's canteen)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="listed_places")
    place = models.ForeignKey("schools.Place", models.PROTECT, related_name="+")
    if TYPE_CHECKING:
        place_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "place"], name="a_place_is_listed_once_per_post")]

    def __str__(self) -> str:
        return f"{self.post_id} → {self.place_id}"
