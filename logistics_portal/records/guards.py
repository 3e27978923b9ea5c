"""Triggers that hold what no constraint can, on SQLite and PostgreSQL alike; one command installs them all.

Each app may have a `guards.py` with a tuple `GUARDS`; it is found by name, like `admin.py` in other projects.
"""

# ruff: noqa: S608 - the words put into these statements are names of columns from code, never input

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class Guard:
    """A trigger on a table that refuses a write; the refusal is an IntegrityError that carries the guard's name.

    `sqlite` and `postgres` are whole statements; their triggers are named `name` or `name__event`.
    """

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgres: tuple[str, ...]
    events: tuple[str, ...]


def refuse(name: str, table: str, *, on: Iterable[str], when: str = "", sqlite: str = "", postgres: str = "") -> Guard:
    """Return the guard that refuses the events `on` (INSERT, UPDATE, DELETE) of a table's rows while `when` holds.

    `when` is SQL over OLD and NEW that both databases read; `sqlite` and `postgres` replace it where they differ.
    """
    events = tuple(on)
    return Guard(
        name,
        table,
        tuple(_sqlite_trigger(name, table, event, sqlite or when) for event in events),
        _postgres_trigger(name, table, events, postgres or when),
        events,
    )


def append_only(table: str) -> Guard:
    """Return the guard of a table whose rows are never changed and never go."""
    return refuse(f"{table}_is_append_only", table, on=("UPDATE", "DELETE"))


def never_deleted(table: str) -> Guard:
    """Return the guard of a table whose rows never go."""
    return refuse(f"{table}_is_never_deleted", table, on=("DELETE",))


def _sqlite_trigger(name: str, table: str, event: str, when: str) -> str:
    condition = f"WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {name}__{event.lower()} AFTER {event} ON {table} FOR EACH ROW {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _postgres_trigger(name: str, table: str, events: tuple[str, ...], when: str) -> tuple[str, ...]:
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF {when or 'true'} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN NULL; END $guard$"
    )
    trigger = f"CREATE TRIGGER {name} AFTER {' OR '.join(events)} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return function, trigger


def all_guards() -> Iterator[Guard]:
    """Yield the guards of every app."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "guards"):
            yield from import_module(f"{config.name}.guards").GUARDS


def install(connection: BaseDatabaseWrapper) -> list[str]:
    """Install every guard whose table is there, replacing older ones, and return their names."""
    uninstall(connection)
    installed = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in all_guards():
            if guard.table not in tables:
                continue
            for statement in guard.postgres if connection.vendor == "postgresql" else guard.sqlite:
                cursor.execute(statement)
            installed.append(guard.name)
    return installed


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away (before a test's flush)."""
    with connection.cursor() as cursor:
        for guard in all_guards():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {guard.name}() CASCADE")
                continue
            for event in guard.events:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}__{event.lower()}")


def installed_names(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the guards that the database holds now."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(row[0]).split("__")[0] for row in cursor.fetchall()}


_END = "'9999-12-31'"
VALUE_CHANGES = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in ("code", "value", "unit", "valid_from"))
VALUES_OVERLAP = (
    "EXISTS (SELECT 1 FROM records_parameter other WHERE other.id <> NEW.id AND other.code = NEW.code "
    f"AND NEW.valid_from <= COALESCE(other.valid_to, {_END}) AND other.valid_from <= COALESCE(NEW.valid_to, {_END}))"
)
NOT_CONFIRMED = (
    "NEW.change_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_parameterchange asked "
    "WHERE asked.id = NEW.change_id AND asked.state = 'confirmed' AND asked.code = NEW.code "
    "AND asked.value = NEW.value AND asked.valid_from = NEW.valid_from)"
)
ASKED_CHANGES = "OLD.state <> 'proposed' OR " + " OR ".join(
    f"OLD.{column} <> NEW.{column}"
    for column in ("code", "value", "valid_from", "reason", "proposed_by_id", "proposed_at")
)

GUARDS = (
    append_only("records_auditrow"),
    never_deleted("records_parameter"),
    refuse("parameter_value_never_changes", "records_parameter", on=("UPDATE",), when=VALUE_CHANGES),
    refuse("parameter_values_never_overlap", "records_parameter", on=("INSERT", "UPDATE"), when=VALUES_OVERLAP),
    refuse("parameter_change_was_confirmed", "records_parameter", on=("INSERT", "UPDATE"), when=NOT_CONFIRMED),
    never_deleted("records_parameterchange"),
    refuse("decided_parameter_change_stands", "records_parameterchange", on=("UPDATE",), when=ASKED_CHANGES),
)
