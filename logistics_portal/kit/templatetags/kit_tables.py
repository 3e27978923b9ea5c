"""What the table and the filter row ask of their columns and fields."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_filters import FilterSet
from django_tables2.columns import BoundColumn

from logistics_portal.kit.tables import DayColumn, NumberColumn, PortalTable

register = template.Library()


@register.filter
def head_attrs(column: BoundColumn) -> SafeString:
    """Return class and sort state of a column's head."""
    order = column.order_by_alias
    sort = ("descending" if order.is_descending else "ascending") if column.is_ordered else ""
    classes = format_html(' class="{}"', _classes(column)) if _classes(column) else ""
    return format_html("{}{}", classes, format_html(' aria-sort="{}"', sort) if sort else "")


@register.filter
def body(table: PortalTable) -> SafeString:
    """Return the rows of the page shown; what all cells of a column share is worked out once."""
    columns = [(column.name, _cell_attrs(column)) for column in table.columns]
    lines = (((attrs, row.get_cell(name)) for name, attrs in columns) for row in table.shown)
    return format_html_join("", "<tr>{}</tr>", ((format_html_join("", "<td{}>{}</td>", line),) for line in lines))


def _cell_attrs(column: BoundColumn) -> SafeString:
    """Return class and phone label of a cell."""
    classes = _classes(column)
    return format_html(' data-label="{}"{}', column.header, format_html(' class="{}"', classes) if classes else "")


@register.filter
def first_fields(filters: FilterSet) -> Iterator[BoundField]:
    """Yield the fields shown at once: those of `Meta.first`, or the first four."""
    return (filters.form[name] for name in _first(filters))


@register.filter
def more_fields(filters: FilterSet) -> list[BoundField]:
    """Return the fields kept under 更多条件."""
    first = _first(filters)
    return [filters.form[name] for name in filters.form.fields if name not in first]


@register.filter
def more_active(filters: FilterSet) -> bool:
    """Say whether one of the fields under 更多条件 is in use."""
    return any(field.value() or field.errors for field in more_fields(filters))


def _first(filters: FilterSet) -> list[str]:
    chosen = getattr(filters, "first", ())
    return [name for name in filters.form.fields if name in chosen] if chosen else list(filters.form.fields)[:4]


def _classes(column: BoundColumn) -> str:
    table = column._table  # noqa: SLF001 — django-tables2 gives no public way back to the table
    phone = getattr(table, "phone", ())
    hidden = "hide-phone" if phone and column.name not in phone else ""
    kind = {NumberColumn: "num", DayColumn: "nowrap"}.get(type(column.column), "")
    return " ".join(filter(None, [kind, hidden]))
