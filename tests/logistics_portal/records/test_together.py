"""What holds when the trail cannot be written, and when many act at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from logistics_portal.accounts.drafts import Grant
from logistics_portal.accounts.models import Post
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import posts
from logistics_portal.records.models import AuditRow
from logistics_portal.records.services import take_number
from tests.factories import ground as make

NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_act_whose_audit_row_cannot_be_written_does_not_happen() -> None:
    person, security = make.user(), make.user(Role.SECURITY_ADMIN, make.county())
    grant = Grant(Role.PRINCIPAL, make.school_unit(), date(2026, 9, 1), asked_by=make.user())

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_auditrow RENAME TO gone")
    with pytest.raises(DatabaseError), transaction.atomic():
        posts.grant_post(holder=person, grant=grant, by=security, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO records_auditrow")

    assert not Post.objects.filter(user=person).exists()
    assert not AuditRow.objects.exists()


def _take(_turn: int) -> list[int]:
    try:
        return [take_number("incident/2026") for _number in range(10)]
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_all_different_and_without_a_gap() -> None:
    with ThreadPoolExecutor(4) as many:
        taken = [number for numbers in many.map(_take, range(4)) for number in numbers]

    assert sorted(taken) == list(range(1, 41))
