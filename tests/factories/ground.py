"""Makers of units, users and posts."""

from __future__ import annotations

import time
from datetime import date
from itertools import count

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client

from logistics_portal.accounts.models import ListedPlace, ListedSchool, Post, Unit, UnitPeriod, User
from logistics_portal.accounts.permissions import Role

LONG_AGO = date(2009, 1, 1)
_numbers = count(1)


def unit(
    code: str, *, parent: Unit | None = None, kind: str = Unit.Kind.COUNTY, name: str = "", **more: object
) -> Unit:
    """Return the unit with this code, made when it is not there yet."""
    found = Unit.objects.filter(code=code).select_related("parent").first()
    if found:
        return found
    path = f"{parent.path if parent else ''}{code}/"
    fields: dict[str, object] = {"name": name or f"机构{code}", "division": code, "from_date": LONG_AGO, **more}
    return with_period(Unit.objects.create(code=code, parent=parent, kind=kind, path=path, **fields))


def with_period(made: Unit) -> Unit:
    """Return the unit, its present standing noted as its whole history."""
    UnitPeriod.objects.create(
        unit=made, from_date=made.from_date, code=made.code, name=made.name, kind=made.kind, parent=made.parent
    )
    return made


def province() -> Unit:
    """Return 吉林省."""
    return unit("220000", kind=Unit.Kind.PROVINCE, name="吉林省")


def city(code: str = "220100", name: str = "长春市") -> Unit:
    """Return a city under the province."""
    return unit(code, parent=province(), kind=Unit.Kind.CITY, name=name)


def county(code: str = "220102", name: str = "南关区") -> Unit:
    """Return a county under the city that its code names."""
    return unit(code, parent=city(f"{code[:4]}00", f"市{code[:4]}"), kind=Unit.Kind.COUNTY, name=name)


def neighbour() -> Unit:
    """Return the county next door, in the same city."""
    return county("220103", "宽城区")


def school_unit(under: Unit | None = None, *, code: str = "", name: str = "") -> Unit:
    """Return a new school's own unit under a bureau."""
    number = next(_numbers)
    return unit(
        code or f"S{number:07d}",
        parent=under or county(),
        kind=Unit.Kind.SCHOOL,
        name=name or f"第{number}学校",
        division=(under or county()).code,
    )


def user(role: str | Role | None = None, at: Unit | None = None, **fields: object) -> User:
    """Return a new user, holding `role` at `at` when one is named; `password=` lets them sign in for real."""
    number = next(_numbers)
    values: dict[str, object] = {"full_name": f"人员{number}", **fields}
    made = User.objects.create_user(username=str(values.pop("username", f"user{number}")), **values)
    if role is not None:
        post(made, role, at or school_unit())
    return made


def post(holder: User, role: str | Role, at: Unit, **fields: object) -> Post:
    """Return a post held from long ago without an end."""
    holder.__dict__.pop("live_posts", None)
    holder.__dict__.pop("reach", None)
    holder.__dict__.pop("roles", None)
    holder.__dict__.pop("charge", None)
    return Post.objects.create(user=holder, role=str(role), unit=at, **{"from_date": LONG_AGO, **fields})


def post_over_schools(holder: User, role: str | Role, at: Unit, schools: list[Unit]) -> Post:
    """Return a post that reaches listed schools only (an inspector's area)."""
    made = post(holder, role, at, reach_kind=Post.ReachKind.SCHOOLS)
    ListedSchool.objects.bulk_create([ListedSchool(post=made, unit=school) for school in schools])
    return made


def post_over_places(holder: User, role: str | Role, at: Unit, place_ids: list[int]) -> Post:
    """Return a post that reaches listed places only (a keeper's building)."""
    made = post(holder, role, at, reach_kind=Post.ReachKind.PLACES)
    ListedPlace.objects.bulk_create([ListedPlace(post=made, place_id=pk) for pk in place_ids])
    return made


def client_of(person: User, *, fresh: bool = True) -> Client:
    """Return a browser in which `person` has signed in; unless `fresh`, the password was given too long ago."""
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    if fresh:
        session = browser.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
        session.save()
    return browser
