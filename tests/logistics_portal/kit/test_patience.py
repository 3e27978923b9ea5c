"""Background work has more time than a page, on PostgreSQL; then a page's limits hold again."""

from __future__ import annotations

import pytest
from django.db import connection

from logistics_portal.kit.patience import patient


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_job_may_think_longer_than_a_page_and_the_page_s_limit_returns_even_after_a_fault() -> None:
    page = limit()

    @patient()
    def fails() -> None:
        assert limit() == "30min"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert page == limit() == "1min"


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_embedded_database_knows_no_such_limits() -> None:
    with patient():
        assert connection.is_usable()
