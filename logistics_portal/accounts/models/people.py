"""Users, and the posts that tie them to units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models.units import Charge, Unit, charge_of
from logistics_portal.accounts.permissions import GRANTS, RISING, Level, Permission, Role, roles_at
from logistics_portal.kit import context
from logistics_portal.kit.dated import held
from logistics_portal.kit.prepared import prepared
from logistics_portal.kit.scoping import Reach, Scoped, ScopedQuerySet

OFFICE_ROLES = [str(Role.OFFICE_CLERK), str(Role.OFFICE_HEAD)]
STAFF = "office_staff"


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
    reopened_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)
    idle_told_at = models.DateTimeField(_("闲置提醒时间"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def last_seen(self) -> datetime | None:
        """Return when the account was last used: signed in, or at work up to an hour ago."""
        return max((moment for moment in (self.seen_at, self.last_login) if moment), default=None)

    @cached_property
    def live_posts(self) -> list[Post]:
        """Return the posts held today, read once per request; what they list is read only where they list something."""
        posts = _posts_held(self.pk, timezone.localdate())
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

    @cached_property
    def charge(self) -> Charge:
        """Return what the bureaus of today's posts answer for, read once per request."""
        return charge_of(post.unit for post in self.live_posts if post.unit.kind != Unit.Kind.SCHOOL)

    def where(self, permission: Permission, to: str) -> Q:
        """Return the condition that `can` holds at the unit `to` leads to: a list is cut after it, never before."""
        found = Q(pk__in=[])
        for post in self.live_posts:
            for level in GRANTS[permission].get(Role(post.role), frozenset()):
                found |= post.where_reached(to) & self._where_stands(post, permission, level, to)
        return found

    def _where_stands(self, post: Post, permission: Permission, level: Level, to: str) -> Q:
        if level is Level.OWN:
            return Q(**{to: post.unit_id})
        if level in {Level.FIRST, Level.NEXT}:
            charge = self.charge.first if level is Level.FIRST else self.charge.next
            units = charge.get(post.unit_id, frozenset())
            if permission in RISING and charge.keys() - {post.unit_id}:
                units |= self.charge.risen(charge, post.unit_id, able_offices(permission, level))
            return Q(**{f"{to}__in": units}) | Q(**{f"{to}__parent__in": units, f"{to}__kind": Unit.Kind.SCHOOL})
        return Q() if level is Level.ABOVE or post.unit.kind == Unit.Kind.PROVINCE else Q(pk__in=[])


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
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="posts_asked_for")
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
                condition=Q(asked_by__isnull=True) | Q(granted_by__isnull=True) | ~Q(asked_by=F("granted_by")),
                name="post_is_not_granted_by_who_asked_for_it",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="post_revoked_by_somebody_at_some_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "until_date"], name="post_by_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.title} · {self.unit.name}"

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

    def where_reached(self, to: str) -> Q:
        """Return the condition that the unit `to` leads to lies within this post's reach."""
        if self.reach_kind == Post.ReachKind.SCHOOLS:
            return Q(**{f"{to}__in": [row.unit_id for row in self.listed_schools.all()]})
        return Q(**{f"{to}__path__startswith": self.unit.path})

    def allows(self, permission: Permission, *, at: Unit) -> bool:
        """Say whether this post grants `permission` at `at`: right role, right level, within reach."""
        levels = GRANTS[permission].get(Role(self.role), frozenset())
        return bool(levels) and self.reaches(at) and any(self._stands_at(permission, level, at) for level in levels)

    def _stands_at(self, permission: Permission, level: Level, at: Unit) -> bool:
        if level is Level.OWN:
            return self.unit_id == at.pk
        if level in {Level.FIRST, Level.NEXT}:
            office = at.first_reviewer if level is Level.FIRST else at.first_reviewer.next_level
            return self.unit_id == office.pk or (permission in RISING and self._rises_from(office, permission, level))
        if level is Level.PROVINCE:
            return self.unit.kind == Unit.Kind.PROVINCE
        return True

    def _rises_from(self, office: Unit, permission: Permission, level: Level) -> bool:
        """Say whether a right comes up to this post: no office from `office` up to here has anybody for it."""
        if not office.path.startswith(self.unit.path):
            return False
        able = able_offices(permission, level)
        while office.pk != self.unit_id:
            if office.pk in able or office.parent is None:
                return False
            office = office.next_level
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


@prepared
def _posts_held(user: int, today: date) -> models.QuerySet[Post]:
    """Return the posts of a user in force on a day, with their units, oldest first; asked on every request."""
    return Post.objects.in_force(on=today).filter(user=user).select_related("unit__parent").order_by("pk")


def able_offices(permission: Permission, level: Level) -> frozenset[int]:
    """Return the units where somebody who can sign in holds a post that a right is given to at this level."""
    kept = context.current().kept
    staff = kept.get(STAFF)
    if not isinstance(staff, list):
        staff = kept[STAFF] = _staff(OFFICE_ROLES, timezone.localdate())
    roles = roles_at(permission, level)
    return frozenset(unit for unit, role in staff if role in roles)


@prepared
def _staff(roles: Sequence[str], today: date) -> models.QuerySet[Post, tuple[int, str]]:
    held_today = Post.objects.in_force(on=today).filter(role__in=roles, user__is_active=True)
    return held_today.values_list("unit_id", "role")
