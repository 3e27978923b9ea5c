"""What writes places. Their kind and school never change; the wings keep the files behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said
from schools.register.figures import closes_after
from schools.register.models import Place, School
from schools.register.rules import changes
from schools.register.rules.opening import Opening


@transaction.atomic
def add_place(*, school: School, kind: str, by: User | None, at: datetime, **opening: Unpack[Opening]) -> Place:
    """Add a place to a school; without a date it is in use, and checked, from today on.

    Raises `NotAllowed` when the school is closed or has a place of that kind and name already.
    """
    today = local_date(at)
    name = opening["name"].strip()
    from_date = opening.get("from_date") or today
    if school.closed_date is not None and school.closed_date < from_date:
        raise NotAllowed(gettext("学校已撤并，不能再添加场所。"))
    if Place.objects.filter(school=school, kind=kind, name=name).exists():
        raise NotAllowed(gettext("本校已有名为“%(name)s”的同类场所，请换一个名称。") % {"name": name})
    place = Place.objects.create(
        school=school,
        kind=kind,
        name=name,
        from_date=from_date,
        checked_from=opening.get("checked_from") or max(from_date, today),
    )
    records.log(by=by, verb="place.add", on=place, at=at, after={"kind": kind, "name": name, "from": from_date})
    _tell_bureau(place, by, at)
    return place


def _tell_bureau(place: Place, by: User | None, at: datetime) -> None:
    """Tell the clerks of the first reviewer when somebody of the school added a place."""
    unit = place.school.unit.first_reviewer
    if by is None or not any(post.unit_id == place.school.unit_id for post in by.live_posts):
        return
    held = Post.objects.in_force(on=local_date(at)).filter(unit=unit, role=Role.OFFICE_CLERK)
    clerks = User.objects.filter(pk__in=held.values("user"))
    title = said(
        gettext_noop("%(school)s新增%(kind)s“%(name)s”"),
        {
            "school": place.school.name,
            "kind": Place.Kind(place.kind).label,
            "name": place.name,
        },
    )
    records.notify(to=clerks, key=f"place:{place.pk}", title=title, at=at)


@transaction.atomic
def edit_place(*, place: Place, name: str, checked_from: date, by: User | None, at: datetime) -> Place:
    """Rename a place, or change from when it is checked; never over days already closed."""
    place = _locked(place)
    name = name.strip()
    if Place.objects.filter(school=place.school, kind=place.kind, name=name).exclude(pk=place.pk).exists():
        raise NotAllowed(gettext("本校已有名为“%(name)s”的同类场所，请换一个名称。") % {"name": name})
    if checked_from != place.checked_from:
        changes.not_over_closed_days(min(checked_from, place.checked_from), at, closes_after(at))
    before = {"name": place.name, "checked_from": place.checked_from}
    place.name, place.checked_from = name, checked_from
    place.save(update_fields=["name", "checked_from"])
    after = {"name": name, "checked_from": checked_from}
    records.log(by=by, verb="place.edit", on=place, at=at, before=before, after=after)
    return place


@transaction.atomic
def close_place(*, place: Place, on: date, by: User | None, at: datetime) -> Place:
    """Put a place out of use; `on` is its last day, today at the earliest."""
    place = _locked(place)
    changes.forward_only(on, at)
    if place.until_date is not None and place.until_date <= on:
        raise NotAllowed(gettext("这个场所已经停用。"))
    before = {"until": place.until_date}
    place.until_date = max(on, place.from_date)
    place.save(update_fields=["until_date"])
    records.log(by=by, verb="place.close", on=place, at=at, before=before, after={"until": on})
    return place


@transaction.atomic
def reopen_place(*, place: Place, on: date, by: User | None, at: datetime) -> Place:
    """Put a place back into use; checks are due again from `on`, today at the earliest.

    The days between stay without checks: they lie before the new first day of checks.
    """
    place = _locked(place)
    changes.forward_only(on, at)
    if place.until_date is None:
        raise NotAllowed(gettext("这个场所正在使用。"))
    if place.school.closed_date is not None:
        raise NotAllowed(gettext("学校已撤并，场所不能恢复。"))
    before = {"until": place.until_date, "checked_from": place.checked_from}
    place.until_date, place.checked_from = None, on
    place.save(update_fields=["until_date", "checked_from"])
    records.log(by=by, verb="place.reopen", on=place, at=at, before=before, after={"checked_from": on})
    return place


def _locked(place: Place) -> Place:
    return Place.objects.select_for_update(of=("self",)).select_related("school__unit").get(pk=place.pk)
