"""Which calendars a person may read or write, and who may answer a closure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Level, Permission
from logistics_portal.accounts.selectors import acting_office
from logistics_portal.kit.dates import local_date
from schools.register.figures import closes_after
from schools.register.models import School
from schools.register.rules.changes import first_open_day
from schools.terms.deciders import Turn, turn_of, turns
from schools.terms.models import Closure, Edition
from schools.terms.rules.closures import Decider

LOOKED_BACK = timedelta(days=60)
SHOWN = 20
RIGHTS = {
    Decider.CLERK: Permission.CLOSURE_DECIDE,
    Decider.HEAD: Permission.CLOSURE_DECIDE_LONG,
    Decider.HEAD_ABOVE: Permission.CLOSURE_DECIDE_LATE,
}
CLOSURE_UNITS = ("unit__parent__parent__parent", "declared_by_unit__parent__parent")


def readable(user: User) -> QuerySet[Edition]:
    """Return the calendars below a person's units, and the published ones of the units above that reach them."""
    own = Edition.objects.visible_to(user).values("pk")
    above = Q(unit_id__in=_units_above(user)) & ~Q(state=Edition.State.DRAFT)
    rows = Edition.objects.filter(Q(pk__in=own) | above)
    return rows.select_related("unit__parent__parent__parent", "drafted_by", "published_by")


def _units_above(user: User) -> set[int]:
    found: set[int] = set()
    for post in user.live_posts:
        unit: Unit | None = post.unit
        while unit is not None:
            found.add(unit.pk)
            unit = unit.parent
    return found


def calendar_units(user: User) -> list[Unit]:
    """Return the units whose calendar a person may draft: those of their own posts."""
    units = [post.unit for post in user.live_posts]
    return [unit for unit in dict.fromkeys(units) if user.can(Permission.CALENDAR_EDIT, at=unit)]


def may_discard(user: User, edition: Edition) -> bool:
    """Say whether a person may put a draft away: one who drafts for that unit, or one who would publish it."""
    unit = edition.unit.first_reviewer
    return any(user.can(it, at=unit) for it in (Permission.CALENDAR_EDIT, Permission.CALENDAR_PUBLISH))


def may_answer(user: User, closure: Closure) -> bool:
    """Say whether a person may answer a closure now: the clerk, the head, or the head above, never who asked."""
    return _answers(user, closure, turn_of(closure, timezone.now()))


def _answers(user: User, closure: Closure, turn: Turn) -> bool:
    if closure.requested_by_id == user.pk or turn.who is None:
        return False
    if closure.unit.kind != Unit.Kind.SCHOOL:
        return _heads_declarer(user, closure)
    return user.can(RIGHTS[turn.who], at=closure.unit)


def awaited(closure: Closure, now: datetime) -> str:
    """Return who must answer a closure that is asked for, in words; nothing once the year's data are frozen."""
    who = turn_of(closure, now).who
    if who is None:
        return ""
    if closure.unit.kind != Unit.Kind.SCHOOL:
        return gettext("%(unit)s后勤部门负责人") % {"unit": (closure.declared_by_unit or closure.unit).name}
    level = Level.NEXT if who is Decider.HEAD_ABOVE else Level.FIRST
    unit = acting_office(RIGHTS[who], level, closure.unit)
    words = gettext("%(unit)s后勤部门") if who is Decider.CLERK else gettext("%(unit)s后勤部门负责人")
    return words % {"unit": unit.name}


def counted_together(closure: Closure, now: datetime) -> int:
    """Return how many days a school's closure makes with those near it; nothing where it stands alone."""
    alone = (closure.last_date - closure.first_date).days + 1
    days = turn_of(closure, now).days if closure.unit.kind == Unit.Kind.SCHOOL else alone
    return days if days > alone else 0


def waiting_for(user: User, now: datetime) -> list[Closure]:
    """Return the closures that wait for a person's answer, oldest first; only bureaus answer."""
    rows = Closure.objects.visible_to(user).filter(state=Closure.State.REQUESTED).exclude(requested_by=user)
    living = rows.filter(_may_be_theirs(user, now), first_date__gte=local_date(now) - LOOKED_BACK)
    asked = list(living.select_related(*CLOSURE_UNITS).order_by("requested_at", "pk"))
    held = turns(asked, now) if asked else {}
    return [row for row in asked if _answers(user, row, held[row.pk])][:SHOWN]


def _may_be_theirs(user: User, now: datetime) -> Q:
    """Return what a person may answer as far as the first day tells; which is too long for clerks is seen later."""
    open_day = first_open_day(now, closes_after(now))
    clerks = user.where(Permission.CLOSURE_DECIDE, "unit") & Q(first_date__gte=local_date(now))
    heads = user.where(Permission.CLOSURE_DECIDE_LONG, "unit") & Q(first_date__gte=open_day)
    above = user.where(Permission.CLOSURE_DECIDE_LATE, "unit") & Q(first_date__lt=open_day)
    declared = user.where(Permission.CLOSURE_CONFIRM, "declared_by_unit")
    undeclared = Q(declared_by_unit__isnull=True) & user.where(Permission.CLOSURE_CONFIRM, "unit")
    of_school = Q(unit__kind=Unit.Kind.SCHOOL)
    return of_school & (clerks | heads | above) | ~of_school & (declared | undeclared)


def may_revoke(user: User, closure: Closure) -> bool:
    """Say whether a person may take an approved closure back."""
    if closure.unit.kind != Unit.Kind.SCHOOL:
        return _heads_declarer(user, closure)
    return user.can(Permission.CLOSURE_DECIDE, at=closure.unit)


def _heads_declarer(user: User, closure: Closure) -> bool:
    """Say whether a person heads the office whose clerk declared a closure of the units below."""
    return user.can(Permission.CLOSURE_CONFIRM, at=closure.declared_by_unit or closure.unit)


def school_of(user: User) -> School | None:
    """Return the school a person works at, the first of several."""
    units = [post.unit_id for post in user.live_posts if post.unit.kind == Unit.Kind.SCHOOL]
    return School.objects.visible_to(user).filter(unit__in=units).order_by("pk").first() if units else None


def may_ask(user: User, school: School, today: date) -> bool:
    """Say whether a person may ask for days on which a school does not run, while it runs at all."""
    runs = school.closed_date is None or school.closed_date >= today
    return runs and user.can(Permission.CLOSURE_REQUEST, at=school.unit)


def own_school(user: User) -> School | None:
    """Return the school for which a person may ask for a closure."""
    units = [post.unit_id for post in user.live_posts if user.can(Permission.CLOSURE_REQUEST, at=post.unit)]
    return School.objects.visible_to(user).filter(unit__in=units).select_related("unit").order_by("pk").first()


def province_of(user: User, permission: Permission) -> Unit:
    """Return the province for a person who may use `permission` there, or refuse with 403."""
    for post in user.live_posts:
        if post.unit.kind == Unit.Kind.PROVINCE and user.can(permission, at=post.unit):
            return post.unit
    raise PermissionDenied(permission)
