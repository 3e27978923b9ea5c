"""More time for work in the background: a page's limits would end it half-way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

LIMITS: Final = ("statement_timeout", "idle_in_transaction_session_timeout")
LONG: Final = "30min"


@contextmanager
def patient() -> Iterator[None]:
    """Let a statement, and the thinking between two, take half an hour on PostgreSQL; afterwards a page's limits hold.

    For jobs and commands alone, and outside transactions. SQLite has no such limits.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _run(f"SET {limit} = '{LONG}'" for limit in LIMITS)
    try:
        yield
    finally:
        if connection.is_usable():
            _run(f"RESET {limit}" for limit in LIMITS)


def _run(statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
