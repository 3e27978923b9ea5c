"""What the database itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from logistics_portal.accounts.models import ListedSchool, Unit, UnitPeriod, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.rules import Stand, clash, fits
from logistics_portal.records.guards import all_guards, install, installed_names, uninstall
from logistics_portal.records.models import AuditRow
from logistics_portal.records.services import log
from tests.factories import ground as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def guarded(db: None) -> Iterator[None]:
    install(connection)
    yield
    install(connection)


def test_every_guard_is_there_after_installing_twice() -> None:
    call_command("install_guards", verbosity=0)
    call_command("install_guards", verbosity=0)

    assert {guard.name for guard in all_guards()} == installed_names(connection)


def test_guards_can_be_taken_away_for_a_flush() -> None:
    uninstall(connection)

    assert installed_names(connection) == set()


def test_an_audit_row_is_never_changed() -> None:
    log(by=None, verb="unit.rename", on=make.county())

    with pytest.raises(IntegrityError, match="append_only"), transaction.atomic():
        AuditRow.objects.update(verb="unit.move")


def test_an_audit_row_never_goes() -> None:
    log(by=None, verb="unit.rename", on=make.county())

    with pytest.raises(IntegrityError, match="append_only"), transaction.atomic():
        AuditRow.objects.all().delete()


def test_a_unit_never_goes() -> None:
    unit = make.county()
    unit.periods.all().delete()

    with pytest.raises(IntegrityError, match="never_deleted"), transaction.atomic():
        unit.delete()


UNITS = {
    "province": make.province,
    "county": make.county,
    "school": lambda: make.school_unit(code="S1"),
    "other school": lambda: make.school_unit(make.neighbour(), code="S2"),
}


def test_rule_and_guard_agree_on_which_role_fits_where() -> None:
    units, person = [make_unit() for make_unit in UNITS.values()], make.user()

    differing = [
        (role, unit.kind) for role in Role for unit in units if was_refused(person, role, unit) == fits(role, unit.kind)
    ]

    assert differing == []


def test_rule_and_guard_agree_on_every_pair_of_posts() -> None:
    units = {name: make_unit() for name, make_unit in UNITS.items()}
    stands = [(role, unit) for role in Role for unit in units.values() if fits(role, unit.kind)]
    differing = []

    for number, (role, unit) in enumerate(stands):
        person = make.user()
        make.post(person, role, unit)
        for other_role, other_unit in stands[number:]:
            one, other = Stand(role, unit.path, unit.kind), Stand(other_role, other_unit.path, other_unit.kind)
            if was_refused(person, other_role, other_unit) != (clash(one, other) is not None):
                differing.append((one, other))

    assert differing == []


class Undone(Exception):
    """Raised to take back what was only tried."""


def undo(_made: object) -> None:
    raise Undone


def was_refused(person: User, role: Role, unit: Unit) -> bool:
    try:
        with transaction.atomic():
            undo(make.post(person, role, unit))
    except IntegrityError:
        return True
    except Undone:
        return False


def test_posts_one_after_the_other_do_not_clash() -> None:
    person, school = make.user(), make.school_unit()
    make.post(person, Role.PRINCIPAL, school, until_date=date(2026, 8, 31))

    later = make.post(person, Role.OFFICE_CLERK, make.county(), from_date=date(2026, 9, 1))

    assert later.pk


def test_an_inspector_never_gets_a_school_of_the_own_office() -> None:
    person, school = make.user(Role.OFFICE_CLERK, make.county()), make.school_unit()
    area = make.post(person, Role.INSPECTOR, make.city(), reach_kind="schools")

    with pytest.raises(IntegrityError, match="not_the_office"), transaction.atomic():
        ListedSchool.objects.create(post=area, unit=school)


def test_a_delegation_ends_within_thirty_days() -> None:
    school = make.school_unit()
    own = make.post(make.user(), Role.PRINCIPAL, school)
    start = date(2026, 9, 1)

    short = make.post(
        make.user(), Role.PRINCIPAL, school, stands_in_for=own, from_date=start, until_date=start + timedelta(30)
    )

    assert short.pk
    with pytest.raises(IntegrityError, match="ends_in_time"), transaction.atomic():
        make.post(
            make.user(), Role.PRINCIPAL, school, stands_in_for=own, from_date=start, until_date=start + timedelta(31)
        )


def test_periods_of_a_unit_never_overlap() -> None:
    unit = make.county()
    unit.periods.all().delete()
    fields = {"unit": unit, "code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent}
    UnitPeriod.objects.create(**fields, from_date=date(2009, 1, 1), until_date=date(2019, 12, 31))

    following = UnitPeriod.objects.create(**fields, from_date=date(2020, 1, 1))

    assert following.pk
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        UnitPeriod.objects.create(**fields, from_date=date(2019, 12, 31), until_date=date(2019, 12, 31))
