"""Accounts nobody uses: told of a week before, then switched off; their posts stay for who is let in again.

Source: rights §5 (unused 90 days → off). Undone by the security administrator, who restores the account.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts import deciding, figures, selectors
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.services.people import end_sessions
from logistics_portal.kit.dates import local_date
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said

NAMES_TOLD = 10


@transaction.atomic
def tell_idle(*, at: datetime) -> int:
    """Tell who answers for them which accounts will be switched off; returns how many accounts were told of."""
    told_before, _off = figures.unused_since(at)
    untold = Q(idle_told_at__isnull=True) | Q(idle_told_at__lt=told_before)
    people = list(selectors.unused_people(told_before).filter(untold).order_by("username", "pk"))
    groups: dict[tuple[int, bool], list[User]] = {}
    for person in people:
        if person.main_post is not None:
            unit = person.main_post.unit
            groups.setdefault((unit.first_reviewer.pk, unit.kind == Unit.Kind.SCHOOL), []).append(person)
    for found in groups.values():
        _tell(found, at)
    User.objects.filter(pk__in=[person.pk for person in people]).update(idle_told_at=at)
    return len(people)


def _tell(people: list[User], at: datetime) -> None:
    """Tell of some people of one bureau, or of its schools, in one line."""
    post, on = people[0].main_post, local_date(at)
    if post is None:
        return
    facts = {"count": len(people), "days": figures.figure(figures.UNUSED_TOLD_DAYS, on)}
    records.notify(
        to=deciding.account_keepers(post.unit, on).exclude(pk__in=[person.pk for person in people]),
        key=f"account.idle/{post.unit.first_reviewer.pk}/{post.unit.kind == Unit.Kind.SCHOOL:d}/{on}",
        title=said(gettext_noop("%(count)d 个账号长期未用，%(days)d 天后停用"), facts),
        text=gettext("、").join(person.full_name for person in people[:NAMES_TOLD]),
        url=reverse("accounts:people") + "?state=idle",
        at=at,
    )


def switch_off_idle(*, at: datetime) -> int:
    """Switch off the accounts unused for ninety days that were told of a week ago; returns how many."""
    told, off = figures.unused_since(at)
    told_long_ago = at - (told - off)
    due = selectors.unused_people(off).filter(idle_told_at__gte=off, idle_told_at__lte=told_long_ago)
    return sum(_switch_off(pk, off, at) for pk in list(due.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _switch_off(pk: int, off: datetime, at: datetime) -> int:
    person = selectors.unused_people(off).select_for_update().filter(pk=pk).first()
    if person is None:
        return 0
    person.is_active, person.locked_at = False, at
    person.save(update_fields=["is_active", "locked_at"])
    end_sessions(person)
    unit = person.main_post.unit if person.main_post else None
    days = figures.figure(figures.UNUSED_DAYS, local_date(at))
    records.log(
        by=None,
        verb="account.idle",
        on=person,
        unit=unit,
        reason=gettext("%(days)d 天未使用，自动停用；岗位保留。") % {"days": days},
        at=at,
    )
    return 1
