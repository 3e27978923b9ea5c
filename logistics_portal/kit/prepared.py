"""Questions to the database whose SQL is built once per process and asked often, each time with other values.

To build the SQL of a question takes Django several times as long as to ask it. `prepared` turns a function that
returns a queryset into one that returns its rows: on the first call the function is given placeholders, its SQL and
the way from columns to objects are kept, and every further call only binds values and reads rows (ADR 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import update_wrapper
from inspect import signature
from typing import Any, Final, Generic, ParamSpec, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    QuerySet,
    ValuesListIterable,
    get_related_populators,
)

P = ParamSpec("P")
Row = TypeVar("Row")
Model = TypeVar("Model", bound=models.Model)
Values = Sequence[Any]
Read = Callable[[Values], Any]

BIGGEST: Final = 2**63 - 1  # no column holds a larger whole number
LONGEST: Final = 50  # a list of more values is asked afresh, so that what is kept stays small
PLAIN: Final = (int, str, bool, type(None))  # the database takes these as they are
KEPT: Final = "prepared_questions"  # on each connection, gone with it
FIELDS: Final[Mapping[type, models.Field[Any, Any]]] = {
    bool: models.BooleanField(),
    int: models.BigIntegerField(),
    str: models.TextField(),
    date: models.DateField(),
    datetime: models.DateTimeField(),
    UUID: models.UUIDField(),
}


@dataclass(frozen=True)
class Mark:
    """The place of one value in a question: which argument stands there, and which of its values if it is a list."""

    name: str
    kind: type
    nth: int | None = None

    def bound(self, values: Mapping[str, Any], using: BaseDatabaseWrapper) -> Any:
        """Return the value that stands here this time, as the database wants it."""
        value = values[self.name] if self.nth is None else values[self.name][self.nth]
        if self.kind is int and not -BIGGEST <= value <= BIGGEST:
            raise EmptyResultSet
        return FIELDS[self.kind].get_db_prep_value(value, using, prepared=False)


class Given(Expression):
    """An argument of a question while its SQL is built: one value, or `number` values in brackets."""

    def __init__(self, name: str, kind: type, number: int | None = None) -> None:
        super().__init__(output_field=FIELDS[kind])
        self.name, self.kind, self.number = name, kind, number

    def as_sql(self, _compiler: object, _connection: object) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL, with marks for what is to be put there."""
        if self.number is None:
            return "%s", (Mark(self.name, self.kind),)
        if not self.number:
            raise EmptyResultSet
        marks = tuple(Mark(self.name, self.kind, nth) for nth in range(self.number))
        return f"({', '.join(['%s'] * self.number)})", marks


class Question:
    """One question as SQL, with the way back from its columns to objects or tuples."""

    def __init__(self, rows: QuerySet[Any, Any], using: BaseDatabaseWrapper) -> None:
        compiler = rows.query.get_compiler(connection=using)
        self.sql, self.params = compiler.as_sql()
        self.width = compiler.col_count
        columns = [column for column, _sql, _alias in compiler.select]
        self.converters = [
            (place, functions, column) for place, (functions, column) in compiler.get_converters(columns).items()
        ]
        self.read = _reader(rows, compiler)

    def ask(self, values: Mapping[str, Any], using: BaseDatabaseWrapper) -> list[Any]:
        """Return the rows for these values."""
        bound: list[Any] = [it.bound(values, using) if isinstance(it, Mark) else it for it in self.params]
        with using.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        return [self.read(self._converted(row, using)) for row in found]

    def _converted(self, row: Values, using: BaseDatabaseWrapper) -> Values:
        whole = list(row[: self.width])
        for place, functions, column in self.converters:
            for function in functions:
                whole[place] = function(whole[place], column, using)
        return whole


def _reader(rows: QuerySet[Any, Any], compiler: Any) -> Read:
    """Return how a row becomes what the queryset yields; only models and plain columns are known."""
    kind: Any = rows._iterable_class  # noqa: SLF001
    plain = not rows._prefetch_related_lookups and not rows.query.annotation_select  # type: ignore[attr-defined]  # noqa: SLF001
    known: list[Any] = [ModelIterable, ValuesListIterable, FlatValuesListIterable]
    if not plain or kind not in known:
        raise TypeError("a prepared question yields models or plain columns, without annotations and prefetches")
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    return _model_reader(compiler)


def _model_reader(compiler: Any) -> Read:
    info, alias = compiler.klass_info, compiler.connection.alias
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[first:last]]
    related = get_related_populators(info, compiler.select, alias)  # type: ignore[call-arg]

    def read(row: Values) -> Any:
        found = info["model"].from_db(alias, names, row[first:last])
        for populator in related:
            populator.populate(row, found)
        return found

    return read


class Prepared(Generic[P, Row]):
    """A question that is kept once it was asked; `afresh` builds it anew, for comparison."""

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        self.build = build
        self.names = list(signature(build).parameters)
        self.kinds: dict[str, tuple[type, bool]] = {}
        update_wrapper(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """Return the rows for these values."""
        values: dict[str, Any] = {**dict(zip(self.names, args, strict=False)), **kwargs}
        shape = tuple(len(values[name]) for name, (_kind, listed) in self._kinds().items() if listed)
        if any(number > LONGEST for number in shape):
            return self.afresh(*args, **kwargs)
        using, key = connections[DEFAULT_DB_ALIAS], (self, *shape)
        kept: dict[object, Question | None] = using.__dict__.setdefault(KEPT, {})
        if key not in kept:
            kept[key] = self._question(values, using)
        question = kept[key]
        try:
            return question.ask(values, using) if question else []
        except EmptyResultSet:
            return []

    def afresh(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """Return the rows as Django itself asks for them."""
        return list(self.build(*args, **kwargs))

    def _question(self, values: Mapping[str, Any], using: BaseDatabaseWrapper) -> Question | None:
        """Return the question with a mark for every value; nothing when no row can ever answer it."""
        marks: dict[str, Any] = {
            name: Given(name, kind, len(values[name]) if listed else None)
            for name, (kind, listed) in self._kinds().items()
        }
        try:
            return Question(self.build(**marks), using)  # type: ignore[call-arg]
        except EmptyResultSet:
            return None

    def _kinds(self) -> dict[str, tuple[type, bool]]:
        """Return of each argument what kind of value it is, and whether it is a list of such."""
        if not self.kinds:
            hints = get_type_hints(self.build)
            self.kinds = {name: _kind(hints[name]) for name in self.names}
        return self.kinds


def _kind(hint: Any) -> tuple[type, bool]:
    origin = get_origin(hint)
    listed = isinstance(origin, type) and issubclass(origin, Iterable)
    kind = get_args(hint)[0] if listed else hint
    if kind not in FIELDS:
        raise TypeError(f"no question is prepared with a value of {hint}")
    return kind, listed


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Prepared[P, Row]:
    """Let a function that returns a queryset return its rows, its SQL built once.

    Every argument is an int, str, bool, date, datetime, UUID or a sequence of one of these, never `None`, and is used
    as a value to compare with; a whole number that no column can hold finds no row. Whatever else the function reads
    is read once, so it may read nothing that changes.
    """
    return Prepared(build)


class Insertion:
    """How rows of one table are written: its columns, and the SQL for as many rows as asked for."""

    def __init__(self, table: type[models.Model], using: BaseDatabaseWrapper) -> None:
        options = table._meta  # noqa: SLF001 - Django's documented way to a model's columns
        quote: Callable[[Any], str] = using.ops.quote_name
        self.fields = [field for field in options.local_concrete_fields if not field.primary_key]
        self.plain = [field.get_internal_type() != "JSONField" for field in self.fields]
        self.row = f"({', '.join(['%s'] * len(self.fields))})"
        columns = ", ".join(quote(field.column) for field in self.fields)
        self.head = f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES "  # noqa: S608 - names of the table's own
        self.tail = f" RETURNING {quote(options.pk.column)}"

    def write(self, rows: Sequence[models.Model], using: BaseDatabaseWrapper) -> None:
        """Write rows in one statement and note the key each was given."""
        values: list[Any] = []
        for row in rows:
            for field, plain in zip(self.fields, self.plain, strict=True):
                value = field.pre_save(row, True)
                values.append(value if plain and type(value) in PLAIN else field.get_db_prep_save(value, using))
        with using.cursor() as cursor:
            cursor.execute(self.head + ", ".join([self.row] * len(rows)) + self.tail, values)
            keys = cursor.fetchall()
        for row, (key,) in zip(rows, keys, strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, using.alias  # noqa: SLF001 - as a saved row stands


def insert(table: type[Model], rows: Iterable[Model]) -> list[Model]:
    """Write new rows of one table in one statement, with what their columns hold, and return them with their keys.

    For tables with a key of their own and without parents. Raises `IntegrityError` as Django does; nothing is
    written then.
    """
    written = list(rows)
    if written:
        using = connections[DEFAULT_DB_ALIAS]
        kept: dict[object, Insertion] = using.__dict__.setdefault(KEPT, {})
        if table not in kept:
            kept[table] = Insertion(table, using)
        kept[table].write(written, using)
    return written
