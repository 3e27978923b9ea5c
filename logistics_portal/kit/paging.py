"""Pages of long lists: never more than fifty rows, never a count without end."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext

PER_PAGE = 50
COUNT_LIMIT = 10_000


def capped_count(rows: Any, limit: int = COUNT_LIMIT) -> int:
    """Return how many rows there are, but look at no more than one past `limit`."""
    if not hasattr(rows, "query"):
        return len(rows)
    return int(rows.order_by()[: limit + 1].count())


def count_words(count: int, limit: int = COUNT_LIMIT) -> str:
    """Return the line above a list: 共 37 条, or that there are more than are counted."""
    if count > limit:
        return gettext("超过 %(count)s 条，请用筛选缩小范围") % {"count": f"{limit:,}"}
    return gettext("共 %(count)s 条") % {"count": f"{count:,}"}


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages over at most the first `COUNT_LIMIT` rows; `seen` is the capped count."""

    def __init__(self, rows: Any, per_page: int = PER_PAGE, *, seen: int) -> None:
        super().__init__(rows, min(per_page, PER_PAGE))
        self.seen = seen

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        return min(self.seen, COUNT_LIMIT)


def page_of(rows: Any, number: str | int | None, per_page: int = PER_PAGE) -> Page:  # type: ignore[type-arg]
    """Return one page of a queryset or list; a number that is none gives the first, one too high the last."""
    return CappedPaginator(rows, per_page, seen=capped_count(rows)).get_page(number or 1)
