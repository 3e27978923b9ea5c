"""What the records tell: figures of the rules in force, and the trail of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext

from logistics_portal.kit import context
from logistics_portal.kit.dates import ONE_DAY, midnight
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.prepared import prepared
from logistics_portal.records.models import Attachment, AuditRow, Parameter
from logistics_portal.records.rules import Book, Held

TRAIL_ROWS = 200
BOOK = "figures"


def book() -> Book:
    """Return every value of every figure, read at most once in a request or a block under `figures_read_once`."""
    kept = context.current().kept
    held = kept.get(BOOK)
    if not isinstance(held, Book):
        held = kept[BOOK] = Book((code, Held(value, first, last)) for code, value, first, last in _figures())
    return held


@prepared
def _figures() -> QuerySet[Parameter, tuple[str, str, date, date | None]]:
    return Parameter.objects.values_list("code", "value", "valid_from", "valid_to")


@contextmanager
def figures_read_once() -> Iterator[None]:
    """Read the figures at most once until the block ends."""
    with context.one_act():
        yield


def forget_figures() -> None:
    """Read the figures anew when they are asked for next: they have just been changed."""
    context.current().kept.pop(BOOK, None)


def parameters(on: date) -> dict[str, str]:
    """Return every figure in force on a day, by code, as it was written."""
    return book().all_on(on)


def parameter(code: str, on: date) -> str:
    """Return one figure in force on a day as it was written, or refuse when nobody has set it."""
    value = book().value(code, on)
    if value is None:
        raise NotAllowed(
            gettext("参数“%(code)s”在 %(day)s 没有值，请省级评价管理员先设置。") % {"code": code, "day": on}
        )
    return value


def photos_on(unit: Model, day: date) -> int:
    """Return how many photos of a unit came in on a day, whatever they show."""
    span = (midnight(day), midnight(day + ONE_DAY))
    rows = Attachment.objects.filter(
        unit=unit.pk, kind=Attachment.Kind.PHOTO, added_at__gte=span[0], added_at__lt=span[1]
    )
    return rows.count()


def trail(on: Model) -> QuerySet[AuditRow]:
    """Return what was done to a record and what was refused, newest first."""
    return trail_of(on._meta.label_lower, on.pk)  # noqa: SLF001 - Django's documented way to a model's name


def trail_of(table: str, pk: int) -> QuerySet[AuditRow]:
    """Return the acts on the record `pk` of `table`, newest first, at most a page of two hundred."""
    return _trail(table, [pk])


def trail_together(records: Iterable[Model]) -> QuerySet[AuditRow]:
    """Return the acts on a record and on others that belong to it, whatever their tables, newest first."""
    at = Q(pk__in=[])
    for row in records:
        at |= Q(on_table=row._meta.label_lower, on_id=row.pk)  # noqa: SLF001 - Django's documented way to a model's name
    return _page(AuditRow.objects.filter(at))


def trail_among(on: Model, pks: Sequence[int]) -> QuerySet[AuditRow]:
    """Return the acts on several records of the same table as `on`: the revisions of one thing."""
    return _trail(on._meta.label_lower, pks)  # noqa: SLF001 - Django's documented way to a model's name


def _trail(table: str, pks: Sequence[int]) -> QuerySet[AuditRow]:
    return _page(AuditRow.objects.filter(on_table=table, on_id__in=pks))


def _page(rows: QuerySet[AuditRow]) -> QuerySet[AuditRow]:
    return rows.select_related("by", "post__unit", "unit").order_by("-at", "-pk")[:TRAIL_ROWS]
