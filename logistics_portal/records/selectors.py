"""What the records tell: figures of the rules in force, and the trail of a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from logistics_portal.kit.dates import ONE_DAY, midnight
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Attachment, AuditRow, Parameter

TRAIL_ROWS = 200


def parameters(on: date) -> dict[str, str]:
    """Return every figure in force on a day, by code, as it was written."""
    rows = Parameter.objects.in_force(on=on).order_by("valid_from").values_list("code", "value")
    return dict(rows)


def parameter(code: str, on: date) -> str:
    """Return one figure in force on a day as it was written, or refuse when nobody has set it."""
    value = (
        Parameter.objects.in_force(on=on)
        .filter(code=code)
        .order_by("-valid_from")
        .values_list("value", flat=True)
        .first()
    )
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


def trail_among(on: Model, pks: Sequence[int]) -> QuerySet[AuditRow]:
    """Return the acts on several records of the same table as `on`: the revisions of one thing."""
    return _trail(on._meta.label_lower, pks)  # noqa: SLF001 - Django's documented way to a model's name


def _trail(table: str, pks: Sequence[int]) -> QuerySet[AuditRow]:
    rows = AuditRow.objects.filter(on_table=table, on_id__in=pks).select_related("by", "post__unit", "unit")
    return rows.order_by("-at", "-pk")[:TRAIL_ROWS]
