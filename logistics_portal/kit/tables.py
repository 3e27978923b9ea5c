"""Lists: one table with filters, order, pages, export and print, so that a list view is a few lines."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar

import django_tables2
from django.contrib import messages
from django.db.models import QuerySet
from django.forms import NullBooleanSelect
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from django_filters.widgets import BooleanWidget

from logistics_portal.kit.exports import EXPORT_LIMIT, ROWS_HEADER, Sheet, download
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.paging import COUNT_LIMIT, PER_PAGE, CappedPaginator, capped_count, count_words

Column = django_tables2.Column
YES_NO = (("", _("全部")), ("true", _("是")), ("false", _("否")))


@cache
def _wanted(render: Callable[..., Any]) -> frozenset[str] | None:
    """Return what a column's way of showing a value asks for by name; nothing when it takes all there is."""
    kinds = inspect.signature(render).parameters.values()
    if any(it.kind is it.VAR_KEYWORD for it in kinds):
        return None
    return frozenset(it.name for it in kinds if it.kind is not it.VAR_POSITIONAL)


class Row(django_tables2.rows.BoundRow):  # type: ignore[misc]
    """A row of a list; what its columns ask for is looked up once and not for every cell."""

    def _call_render(self, bound_column: Any, value: Any = None) -> Any:
        offered = self._optional_cell_arguments(bound_column, value)
        render = bound_column.render
        wanted = _wanted(getattr(render, "__func__", render))
        given = offered if wanted is None else {name: offered[name] for name in offered if name in wanted}
        content = render(**given)
        return bound_column.link(content, **offered) if bound_column.link else content


class NumberColumn(django_tables2.Column):  # type: ignore[misc]
    """A number at the right edge with separators; its unit stands in the head."""

    def render(self, value: Any) -> str:
        """Return the number as text, quicker than localisation."""
        return f"{value:,}"

    def value(self, value: Any) -> Any:
        """Return the number itself for the spreadsheet."""
        return value


class DayColumn(django_tables2.Column):  # type: ignore[misc]
    """A day as 2026-03-05, or an instant as 2026-03-05 14:03 in Shanghai."""

    def render(self, value: date | datetime) -> str:
        """Return the day as text."""
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)

    def value(self, value: Any) -> Any:
        """Return the day itself for the spreadsheet."""
        return value


class BadgeColumn(django_tables2.Column):  # type: ignore[misc]
    """A choice as a badge: `tones` maps its stored value to a tone, the word is the choice's label."""

    def __init__(self, tones: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.tones = tones

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        """Return icon, word and colour of the row's choice."""
        stored = bound_column.accessor.resolve(record)
        return badge_html(self.tones.get(str(stored), "idle"), value)

    def value(self, value: Any) -> str:
        """Return the word for the spreadsheet."""
        return str(value)


class PortalTable(django_tables2.Table):  # type: ignore[misc]
    """The table every list uses.

    A list names its columns, `caption`, what an empty one says, and in `phone` the columns a phone's cards show.
    `order_by` in Meta is the order before anyone sorts; the key always comes last, so pages never overlap.
    """

    caption: ClassVar[Any] = _("清单")
    empty_title: ClassVar[Any] = _("还没有记录")
    empty_text: ClassVar[Any] = ""
    phone: ClassVar[tuple[str, ...]] = ()
    exportable: ClassVar[bool] = True
    file_name: ClassVar[str] = ""

    as_of: datetime | None = None
    count_words: str = ""
    shown: list[Any]

    class Meta:
        template_name = "components/table.html"
        empty_text = ""

    def steady(self) -> None:
        """End the order in the key, so that equal rows never change places between pages."""
        rows = self.data.data
        if isinstance(rows, QuerySet):
            order = rows.query.order_by or ()
            if "pk" not in order and "-pk" not in order:
                self.data.data = rows.order_by(*order, "pk")

    def turn_to(self, number: str) -> None:
        """Show one page; a number that is none gives the first page, one too high the last."""
        seen = capped_count(self.data.data)
        self.count_words = count_words(seen)
        self.paginator = CappedPaginator(self.rows, PER_PAGE, seen=seen)
        self.page = self.paginator.get_page(number)
        shown = iter(self.page.object_list)  # iter: list() would ask for the length again
        self.shown = [Row(row.record, self) for row in shown]

    def sheet(self) -> Sheet:
        """Return every row of this view as a spreadsheet holds it."""
        columns = [column for column in self.columns if not column.column.exclude_from_export]
        return Sheet(str(self.caption), [str(column.header) for column in columns], self._values(columns))

    def _values(self, columns: list[Any]) -> Iterator[list[Any]]:
        rows = self.data.data
        records = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
        row_class = django_tables2.rows.BoundRow
        for record in records:
            row = row_class(record, self)
            yield [_value(row, column) for column in columns]


def _value(row: Any, column: Any) -> Any:
    value = row.get_cell_value(column.name)
    return "" if value == column.default else value


class PortalFilter(FilterSet):  # type: ignore[misc]
    """Filters that live in the address. `first` names the fields shown at once; the rest go under 更多条件.

    `kept` names what else of the address a list is asked with, and a new filter leaves as it is.
    """

    first: ClassVar[tuple[str, ...]] = ()
    kept: ClassVar[tuple[str, ...]] = ()

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Return what the address says beyond the filters, to be sent again with them."""
        return [(name, self.data[name]) for name in self.kept if self.data.get(name)]

    def get_form_class(self) -> Any:
        """Return the form, its yes-or-no fields offering 全部 · 是 · 否."""
        form_class = super().get_form_class()
        for field in form_class.base_fields.values():
            if isinstance(field.widget, (BooleanWidget, NullBooleanSelect)):
                field.widget.choices = YES_NO
        return form_class


def is_active(filterset: FilterSet | None) -> bool:
    """Say whether the address narrows the list."""
    return filterset is not None and any(filterset.data.get(name) for name in filterset.form.fields)


def table_page(
    request: HttpRequest,
    table_class: type[PortalTable],
    queryset: Any,
    *,
    template: str,
    filterset: type[FilterSet] | None = None,
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Answer with a list page: filtered, sorted, one page of it; with `?export=` exactly this view as a file."""
    filters = filterset(request.GET, queryset=queryset, request=request) if filterset else None
    rows = narrowed(filters) if filters is not None else queryset
    table = table_class(rows, order_by=request.GET.getlist("sort") or None)
    table.request = request
    table.steady()

    kind = request.GET.get("export", "")
    if kind in {"xlsx", "csv"} and table.exportable:
        return export(request, table, kind)
    table.turn_to(request.GET.get("page", "1"))
    page = {"table": table, "filterset": filters, "active": is_active(filters)}
    return render(request, template, {**page, **(context or {})})


def narrowed(filters: FilterSet) -> Any:
    """Return the rows that pass; filters that make no sense let none through and say why at the field."""
    return filters.qs if filters.form.is_valid() else filters.queryset.none()


def export(request: HttpRequest, table: PortalTable, kind: str) -> HttpResponseBase:
    """Return the view as a file, or send the reader back where it is too long for one."""
    count = capped_count(table.data.data, EXPORT_LIMIT)
    if count > EXPORT_LIMIT:
        limit = {"limit": f"{EXPORT_LIMIT:,}"}
        messages.warning(request, gettext("一次最多导出 %(limit)s 条，请先用筛选缩小范围。") % limit)
        query = request.GET.copy()
        del query["export"]
        return HttpResponseRedirect(f"?{query.urlencode()}")
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    answer = download(table.sheet(), kind, f"{table.file_name or table.caption}-{stamp}")
    answer[ROWS_HEADER] = str(count)
    return answer


__all__ = [
    "COUNT_LIMIT",
    "BadgeColumn",
    "Column",
    "DayColumn",
    "NumberColumn",
    "PortalFilter",
    "PortalTable",
    "table_page",
]
